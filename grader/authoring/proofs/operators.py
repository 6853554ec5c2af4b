"""The mistakes that a mutant can have: each operator is a function from one node of a program to edits of its text.

They are mistakes that people make: a comparison that is off by one, a condition the wrong way round, a guard that was
forgotten, another status code. Parts of a program that a suite cannot see, such as annotations and docstrings, have
none.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {  # what it looks like, and what it becomes
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
TURNED = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
SQL = re.compile(r"\b(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WHERE|ORDER\s+BY|RETURNING)\b")
SQL_MISTAKES = (  # in capitals, as people write SQL in a program: prose has these words too
    (re.compile(r"(?<=\s)AND(?=\s)"), "OR"),
    (re.compile(r"(?<=\s)OR(?=\s)"), "AND"),
    (re.compile(r"\bIS NULL\b"), "IS NOT NULL"),
    (re.compile(r"\bIS NOT NULL\b"), "IS NULL"),
    (re.compile(r"\s+DESC\b"), ""),
    (re.compile(r"\s+FOR (?:NO KEY )?UPDATE\b"), ""),
    (re.compile(r"\bLEFT JOIN\b"), "JOIN"),
    (re.compile(r"(?<=\s)<(?=\s)"), "<="),
    (re.compile(r"(?<=\s)<=(?=\s)"), "<"),
    (re.compile(r"(?<=\s)>(?=\s)"), ">="),
    (re.compile(r"(?<=\s)>=(?=\s)"), ">"),
)
STATUSES = range(100, 600)


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters `start` to `end` of a source become `text`."""

    start: int
    end: int
    text: str
    operator: str
    line: int

    def applied_to(self, source: str) -> str:
        """Return the source with this mistake in it."""
        return source[: self.start] + self.text + source[self.end :]


class Source:
    """The text of a program, and where its nodes are in it."""

    def __init__(self, text: str) -> None:
        """Keep the text; ast counts bytes in a line, strings count characters."""
        self.text = text
        # only what Python takes for the end of a line: splitlines() knows more of them
        self._lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
        self._starts = [0, *accumulate(map(len, self._lines))]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return the first character of `node`, and the first one behind it."""
        return self._offset(node.lineno, node.col_offset), self._offset(
            node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        )

    def edit(self, operator: str, start: int, end: int, text: str) -> Edit:
        """Return the edit, with the line that it is in."""
        return Edit(start, end, text, operator, bisect_right(self._starts, start))

    def instead(self, operator: str, node: ast.expr | ast.stmt, text: str) -> Edit:
        """Return the edit that puts `text` in the place of `node`."""
        return self.edit(operator, *self.span(node), text)

    def _offset(self, line: int, column: int) -> int:
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())


def edits_of(tree: ast.Module, text: str) -> Iterator[Edit]:
    """Yield every mistake that the operators know in the program `tree`, whose source is `text`."""
    source = Source(text)
    for node in _visible(tree):
        for operator in OPERATORS:
            yield from operator(node, source)


def _visible(node: ast.AST) -> Iterator[ast.AST]:
    """Yield `node` and what is in it, without what no request ever reaches or no suite could tell."""
    yield node
    if isinstance(node, ast.JoinedStr):
        return  # before Python 3.12 what is in an f-string does not know its place
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child) and not _is_main_block(child):
                yield from _visible(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_main_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _comparison(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, ast.Compare):
        return
    for (left, right), operator in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
        begin, end = source.span(left)[1], source.span(right)[0]
        pattern, other = COMPARISONS[type(operator)]
        if found := re.search(pattern, source.text[begin:end]):
            yield source.edit("comparison", begin + found.start(), begin + found.end(), other)


def _connective(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, ast.BoolOp):
        return
    word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in pairwise(node.values):
        begin, end = source.span(left)[1], source.span(right)[0]
        if found := re.search(rf"\b{word}\b", source.text[begin:end]):
            yield source.edit("connective", begin + found.start(), begin + found.end(), other)


def _condition(node: ast.AST, source: Source) -> Iterator[Edit]:
    tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp) else []
    tests += node.ifs if isinstance(node, ast.comprehension) else []
    for test in tests:
        if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
            continue
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], TURNED):
            continue  # the mistake of its comparison is the same
        begin, end = source.span(test)
        yield source.edit("condition", begin, end, f"not ({source.text[begin:end]})")


def _constant(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield source.instead("constant", node, str(not node.value))
    elif isinstance(node.value, int):
        yield source.instead("number", node, str(node.value + 1))
        if node.value > 0:
            yield source.instead("number", node, str(node.value - 1))
        if node.value in STATUSES:
            base = node.value // 100 * 100
            yield source.instead("status", node, str(base + 4 if node.value == base else base))


def _removal(node: ast.AST, source: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Raise) or (isinstance(node, ast.If) and not node.orelse and _leaves(node.body[-1])):
        yield source.instead("guard", node, "pass")
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.With | ast.AsyncWith | ast.Try | ast.For):
        # within a function; what a module calls while it loads is what makes it an app
        for inner in node.body:
            if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call | ast.Await):
                yield source.instead("call", inner, "pass")


def _leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func).rpartition(".")[2] == "abort"
    return isinstance(statement, ast.Raise | ast.Return | ast.Continue | ast.Break)


def _result(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, ast.Return) or node.value is None:
        return
    match node.value:
        case ast.List() | ast.ListComp():
            yield source.instead("result", node.value, "[]")
        case ast.Dict() | ast.DictComp():
            yield source.instead("result", node.value, "{}")
        case ast.JoinedStr() | ast.Constant(value=str()):
            yield source.instead("result", node.value, '""')
        case ast.Constant():
            return
        case _:
            yield source.instead("result", node.value, "None")


def _sql(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not (isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))):
        return
    begin, end = source.span(node)
    text = source.text[begin:end]
    if not SQL.search(text):
        return
    for pattern, other in SQL_MISTAKES:
        for found in pattern.finditer(text):
            yield source.edit("sql", begin + found.start(), begin + found.end(), other)


OPERATORS: tuple[Callable[[ast.AST, Source], Iterator[Edit]], ...] = (
    _comparison,
    _connective,
    _condition,
    _constant,
    _removal,
    _result,
    _sql,
)
