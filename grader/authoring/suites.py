"""Reads a suite without running it: its files as syntax trees, and the checks that they declare.

An author's code is never imported here. What can only be known by running it, such as points that are computed, is
`UNREADABLE`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path

from grader.ignore import in_junk
from grader.models import Suite

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
KEYWORDS = frozenset({"points", "group", "hint", "cwe", "feedback"})
"""What `@pytest.mark.check` takes."""


class Unreadable(Enum):
    """The type of `UNREADABLE`."""

    UNREADABLE = "cannot be known without running the suite"


UNREADABLE = Unreadable.UNREADABLE


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """One Python file of a suite; `tree` is None when it is not Python, and `problem` and `problem_line` say why."""

    path: str
    text: str
    tree: ast.Module | None
    problem: str = ""
    problem_line: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """One `pytest.mark.NAME` of a check: what it was given, by position and by keyword."""

    name: str
    line: int
    positional: tuple[ast.expr, ...] = ()
    keywords: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredCheck:
    """One test function, as a check; `declared` holds the keywords of its `check` mark, None if it has no mark."""

    id: str
    title: str
    file: SuiteFile
    function: FunctionNode
    marks: tuple[Mark, ...]

    @property
    def line(self) -> int:
        """Where the function begins."""
        return self.function.lineno

    @property
    def mark(self) -> Mark | None:
        """The nearest `check` mark, which is the one that counts."""
        return next((mark for mark in self.marks if mark.name == "check"), None)

    def value(self, keyword: str) -> object:
        """Return what the mark says for a keyword: a value, `UNREADABLE`, or None if it does not name it."""
        mark = self.mark
        if mark is None:
            return None
        return mark.keywords.get(keyword, UNREADABLE if "**" in mark.keywords else None)

    @property
    def parameters(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield each value of each parameter of `parametrize` that is written out, with the parameter's name."""
        for mark in self.marks:
            if mark.name != "parametrize" or len(mark.positional) < 2:
                continue
            given, rows = mark.positional[:2]
            names = literal(given, {})
            names = names.split(",") if isinstance(names, str) else names
            if isinstance(names, list | tuple):
                yield from cells([str(name).strip() for name in names], rows)

    @property
    def body(self) -> str:
        """The function's source below its title, without indentation and blank lines."""
        body = self.function.body[1:] if _docstring(self.function) is not None else self.function.body
        if not body:
            return ""
        lines = self.file.text.splitlines()[body[0].lineno - 1 : body[-1].end_lineno]
        return "\n".join(line.strip() for line in lines if line.strip())


@dataclass(frozen=True)
class SuiteSource:
    """One suite as it is written."""

    suite: Suite
    files: tuple[SuiteFile, ...]

    @cached_property
    def checks(self) -> tuple[DeclaredCheck, ...]:
        """Every test function, in the order of files and lines, those of one name included."""
        return tuple(check for file in self.files if _is_collected(file) for check in _checks_of(file))

    @cached_property
    def definitions(self) -> Mapping[str, tuple[tuple[SuiteFile, ast.AST], ...]]:
        """What the suite defines, by name: functions, methods, classes, and values at the top of a file."""
        found: dict[str, list[tuple[SuiteFile, ast.AST]]] = {}
        for file in self.files:
            for name, node in _definitions_of(file):
                found.setdefault(name, []).append((file, node))
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def _used(self) -> Mapping[int, frozenset[str]]:
        """The names of definitions that each definition uses, by the identity of its node."""
        places = [place for places in self.definitions.values() for place in places]
        return {id(node): frozenset(self.definitions.keys() & _names_in(node)) for _, node in places}

    def reached(self, check: DeclaredCheck) -> tuple[tuple[SuiteFile, ast.AST], ...]:
        """Return the check's function and everything of the suite that it names, directly or by way of others.

        Names are followed, not values, so this may be too much, and is too little only where names are computed.
        """
        found: list[tuple[SuiteFile, ast.AST]] = [(check.file, check.function)]
        seen = {id(check.function)}
        for _, node in found:  # grows while it is read
            for name in sorted(self._used[id(node)]):
                for place in self.definitions[name]:
                    if id(place[1]) not in seen:
                        seen.add(id(place[1]))
                        found.append(place)
        return tuple(found)


def read_suite(folder: Path, suite: Suite) -> SuiteSource:
    """Return the suite of the challenge in `folder`; what cannot be read or parsed is told by its `SuiteFile`."""
    root = folder / "checks" / suite.value
    paths = sorted(path for path in root.rglob("*.py") if path.is_file() and not in_junk(path.relative_to(root)))
    return SuiteSource(suite, tuple(_read_file(path, path.relative_to(folder).as_posix()) for path in paths))


def cells(names: Sequence[str], rows: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield what each of several names is set to, one after the other, by rows that are written out."""
    for row in _items(rows):
        values = row.args if isinstance(row, ast.Call) else [row] if len(names) == 1 else _items(row)
        yield from zip(names, values, strict=False)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, "" for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def literal(node: ast.AST, names: Mapping[str, object]) -> object:
    """Return the value of an expression of literals, or of one of `names`; otherwise `UNREADABLE`."""
    if isinstance(node, ast.Name):
        return names.get(node.id, UNREADABLE)
    try:
        value: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNREADABLE
    return value


def _read_file(path: Path, name: str) -> SuiteFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        return SuiteFile(name, "", None, f"cannot be read: {error.strerror}")
    text = content.decode("utf-8", "replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape sequence is ruff's business
            return SuiteFile(name, text, ast.parse(content, filename=name))
    except SyntaxError as error:
        return SuiteFile(name, text, None, f"is not Python: {error.msg}", error.lineno or 0)
    except (ValueError, MemoryError, RecursionError) as error:
        return SuiteFile(name, text, None, f"is not Python that can be read: {error}")


def _is_collected(file: SuiteFile) -> bool:
    name = file.path.rsplit("/", 1)[-1]
    return name.startswith("test_") or name.endswith("_test.py")


def _checks_of(file: SuiteFile) -> Iterator[DeclaredCheck]:
    if file.tree is None:
        return
    names = _values_of(file.tree)
    aliases = _mark_aliases(file.tree)
    whole = tuple(_marks(_pytestmark(file.tree.body), names, aliases))
    # what encloses a function marks it too; the nearest mark counts
    todo: list[tuple[Iterable[ast.stmt], tuple[Mark, ...]]] = [(file.tree.body, whole)]
    for body, outer in todo:
        for node in body:
            if isinstance(node, FunctionNode) and node.name.startswith("test"):
                marks = (*_marks(reversed(node.decorator_list), names, aliases), *outer)
                id_ = node.name.removeprefix("test_").replace("_", "-")
                title = (_docstring(node) or "").strip().split("\n")[0].strip()
                yield DeclaredCheck(id_, title, file, node, marks)
            elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                inner = [*reversed(node.decorator_list), *_pytestmark(node.body)]
                todo.append((node.body, (*_marks(inner, names, aliases), *outer)))


def _marks(nodes: Iterable[ast.expr], names: Mapping[str, object], aliases: Mapping[str, str]) -> Iterator[Mark]:
    for node in nodes:
        call = node if isinstance(node, ast.Call) else None
        name = dotted(call.func if call else node)
        before, _, last = aliases.get(name, name).rpartition(".")
        if before.split(".")[-1] != "mark":
            continue
        keywords = {item.arg or "**": literal(item.value, names) for item in call.keywords} if call else {}
        yield Mark(last, node.lineno, tuple(call.args) if call else (), keywords)


def _pytestmark(body: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    for node in body:
        if isinstance(node, ast.Assign) and any(dotted(target) == "pytestmark" for target in node.targets):
            yield from node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]


def _mark_aliases(tree: ast.Module) -> dict[str, str]:
    """Return the names that a file gives to marks: `check = pytest.mark.check`."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and ".mark." in f".{dotted(node.value)}":
            found |= {dotted(target): dotted(node.value) for target in node.targets}
    return found


def _values_of(tree: ast.Module) -> dict[str, object]:
    """Return the literals that are assigned at the top of a file; a name that is assigned twice has none."""
    found: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = UNREADABLE if target.id in found else literal(node.value, {})
    return found


def _definitions_of(file: SuiteFile) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(file.tree) if file.tree is not None else ():
        if isinstance(node, FunctionNode | ast.ClassDef):
            yield node.name, node
    for node in file.tree.body if file.tree is not None else ():
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id, node


def _names_in(node: ast.AST) -> set[str]:
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Attribute):
            found.add(inner.attr)
        elif isinstance(inner, ast.arg):
            found.add(inner.arg)  # a fixture
    return found


def _items(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else []


def _docstring(node: FunctionNode) -> str | None:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value.value
    return None
