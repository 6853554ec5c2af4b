"""The texts that a suite holds, what each is there for, and which of them nobody but its author should know.

Most texts of a hidden suite are no secrets: paths, names of fields and documented examples are in the statement by
right. So a text counts as secret only if it could hardly stand in two places by chance: an attack, or a marker that
nobody can guess.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from grader.authoring.suites import SuiteFile, SuiteSource, dotted

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a text for what an f-string fills in."""

MIN_PAYLOAD_CHARS = 6
MIN_TOKEN_CHARS = 16
_HOLE_CHARS = 80
_LOOKED_AT_CHARS = 2_000

_MESSAGE_ARGUMENT = {"expect": 1, "fail": 0, "that": 0}
"""Which argument of these functions of `grader_checks` a learner may read."""

_PAYLOAD = re.compile(
    r"""
      '\s*\)*\s*(?:or|and)\b.*(?:=|<|>|\blike\b|\btrue\b|--)    # SQL: a condition after a quote
    | '\s*\)*\s*(?:;|--|\#|\|\||/\*|union\b)                     # a quote that ends a text, and what follows it
    | \bunion\b(?:\s|/\*.*?\*/)+(?:all\b\s*)?(?:select|values)\b
    | \b(?:or|and)\s+(\d)\s*=\s*\1
    | ;\s*(?:drop|delete|truncate|update|insert|alter)\b
    | \S/\*\*/
    | \(\s*select\b.*\bfrom\b.*\)
    | <\s*(?:script|svg|iframe|img)\b | \bon(?:error|load)\s*= | javascript:    # HTML
    | (?:\.\./){2} | %2e%2e | %00                                # paths
    | \{\{.*\}\} | \$\{.*\} | \#\{.*\}                           # templates
    | \$\([^)]+\) | [;|&`]\s*(?:id|cat|ls|curl|wget|sleep)\b     # shells
    | <!(?:DOCTYPE|ENTITY)\b | \b(?:file|gopher|dict|expect)://  # XML, requests by the server
    | 169\.254\.169\.254
    | __proto__ | \$where\b                                      # JavaScript
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_TOKEN = re.compile(rf"[A-Za-z0-9+=_.-]{{{MIN_TOKEN_CHARS},}}")


class Role(StrEnum):
    """What a text of a suite is there for."""

    DATA = "data"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class SuiteText:
    """One text; `names` are the variables that an f-string fills in."""

    text: str
    path: str
    line: int
    role: Role
    names: tuple[str, ...] = ()

    @property
    def is_payload(self) -> bool:
        """Whether it is an attack."""
        text = self.text[:_LOOKED_AT_CHARS]
        if len(text.replace(HOLE, "").strip()) < MIN_PAYLOAD_CHARS:
            return False
        return _PAYLOAD.search(text.replace(HOLE, "x")) is not None

    @property
    def is_token(self) -> bool:
        """Whether it is one long word of letters and digits without a pattern, such as a planted marker."""
        if not _TOKEN.fullmatch(self.text):
            return False
        letters, digits = sum(map(str.isalpha, self.text)), sum(map(str.isdigit, self.text))
        steps = sum(ord(after) - ord(before) in (0, 1) for before, after in pairwise(self.text))
        return letters >= 3 and digits >= 3 and steps * 2 < len(self.text)  # no alphabet, no row of one letter

    @property
    def is_secret(self) -> bool:
        """Whether it can be recognized wherever it stands, and should be known to nobody but the author."""
        return self.is_payload or self.is_token

    def occurs_in(self, text: str) -> re.Match[str] | None:
        """Return where `text` holds this one, with anything in the places that an f-string fills in."""
        parts = [re.escape(part) for part in self.text.strip(HOLE).split(HOLE)]
        return re.search(rf"[^\n]{{0,{_HOLE_CHARS}}}?".join(parts), text, re.IGNORECASE)


def texts_of(suite: SuiteSource) -> tuple[SuiteText, ...]:
    """Return all texts of a suite but comments, and of docstrings only the titles of checks, in no particular order."""
    return tuple(text for file in suite.files if file.tree is not None for text in _texts_in(file, file.tree))


def _texts_in(file: SuiteFile, tree: ast.Module) -> Iterator[SuiteText]:
    shown_names = {name.id for node in ast.walk(tree) for name in _messages(node) if isinstance(name, ast.Name)}
    todo: list[tuple[ast.AST, Role]] = [(tree, Role.DATA)]
    while todo:
        node, role = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            title = (ast.get_docstring(node) or "").split("\n")[0]
            yield SuiteText(title, file.path, node.body[0].lineno, Role.SHOWN)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str | bytes):
                value = node.value if isinstance(node.value, str) else node.value.decode("utf-8", "replace")
                yield SuiteText(value, file.path, node.lineno, role)
        elif isinstance(node, ast.JoinedStr):
            yield _template(node, file, role)
            filled = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            todo += [(value, role) for value in filled]
        else:
            todo += _children(node, role, shown_names)


def _template(node: ast.JoinedStr, file: SuiteFile, role: Role) -> SuiteText:
    parts = [str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values]
    names = [dotted(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
    return SuiteText("".join(parts), file.path, node.lineno, role, tuple(filter(None, names)))


def _children(node: ast.AST, role: Role, shown_names: set[str]) -> Iterator[tuple[ast.AST, Role]]:
    shown = {id(message) for message in _messages(node)}
    docstring = _docstring(node)
    is_mark = isinstance(node, ast.Call) and dotted(node.func).endswith("mark.check")
    is_message = isinstance(node, ast.Assign) and any(dotted(target) in shown_names for target in node.targets)
    for child in ast.iter_child_nodes(node):
        if child is docstring:
            continue
        if id(child) in shown or is_mark or is_message:
            yield child, Role.SHOWN
        else:
            yield child, role


def _messages(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the arguments of a call that a learner may read."""
    if not isinstance(node, ast.Call):
        return
    place = _MESSAGE_ARGUMENT.get(dotted(node.func).rpartition(".")[2])
    if place is not None and isinstance(node.func, ast.Name) and len(node.args) > place:
        yield node.args[place]
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "message")


def _docstring(node: ast.AST) -> ast.stmt | None:
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return None
    first: ast.Expr = body[0]
    return first if isinstance(first.value, ast.Constant) and isinstance(first.value.value, str) else None
