"""Names that a suite takes from the grader and that the grader does not have."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterator
from functools import cache

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Fault, Severity, rule
from grader.authoring.suites import DeclaredCheck, FunctionNode, SuiteSource, dotted, literal
from grader.paths import sandbox_dir

_LIBRARY = "grader_checks"
# Those of pytest that the tester loads (https://docs.pytest.org/en/stable/reference/fixtures.html).
_OF_PYTEST = frozenset(
    (
        *("capfd", "capfdbinary", "caplog", "capsys", "capsysbinary", "monkeypatch", "pytestconfig"),
        *("record_property", "record_testsuite_property", "recwarn", "request", "subtests"),
        *("tmp_path", "tmp_path_factory"),
    )
)


@rule("unknown-import", Severity.ERROR, f"a suite imports from `{_LIBRARY}` what it does not have")
def unknown_import(challenge: LintedChallenge) -> Iterator[Fault]:
    """Compare with what the library exports."""
    for suite in challenge.suites:
        for file in suite.files:
            for node in ast.walk(file.tree) if file.tree is not None else ():
                if isinstance(node, ast.ImportFrom) and node.module == _LIBRARY and not node.level:
                    for name in node.names:
                        if name.name not in exports():
                            what = f"{_LIBRARY} has no {name.name}"
                            yield Fault(file.path, node.lineno, what, _near(name.name, exports()))


@rule("unknown-fixture", Severity.ERROR, "a check asks for a fixture that neither the grader nor the suite has")
def unknown_fixture(challenge: LintedChallenge) -> Iterator[Fault]:
    """Look only where everything could be read: a fixture may come from any file of the suite."""
    for suite in challenge.suites:
        if all(file.tree is not None for file in suite.files):
            known = {*fixtures(), *_OF_PYTEST, *_defined_in(suite)}
            for check in suite.checks:
                for name in _asked_for(check):
                    if name not in known:
                        what = f"{check.function.name} asks for {name}, which is no fixture"
                        yield Fault(check.file.path, check.line, what, _near(name, known))


@cache
def exports() -> frozenset[str]:
    """Return what `from grader_checks import` finds."""
    for node in _parsed("__init__").body:
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "__all__":
            names = literal(node.value, {})
            if isinstance(names, list):
                return frozenset(map(str, names))
    raise AssertionError(f"{_LIBRARY} has no __all__")


@cache
def fixtures() -> frozenset[str]:
    """Return the names of the grader's own fixtures."""
    return frozenset(_fixtures_in(_parsed("fixtures")))


def _parsed(module: str) -> ast.Module:
    return ast.parse((sandbox_dir() / "tester" / _LIBRARY / f"{module}.py").read_bytes())


def _defined_in(suite: SuiteSource) -> Iterator[str]:
    for file in suite.files:
        if file.tree is not None:
            yield from _fixtures_in(file.tree)


def _fixtures_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        for decorator in node.decorator_list if isinstance(node, FunctionNode) else ():
            call = decorator if isinstance(decorator, ast.Call) else None
            if dotted(call.func if call else decorator).rpartition(".")[2] == "fixture":
                given = [literal(item.value, {}) for item in call.keywords if item.arg == "name"] if call else []
                yield str(given[0]) if given else getattr(node, "name", "")


def _asked_for(check: DeclaredCheck) -> Iterator[str]:
    """Yield the names of the parameters that pytest must fill in, where `parametrize` does not."""
    set_by_mark: set[str] = set()
    for mark in check.marks:
        if mark.name == "parametrize":
            names = literal(mark.positional[0], {}) if mark.positional else mark.keywords.get("argnames")
            if not isinstance(names, str | list | tuple):
                return  # computed: nobody can know which they are
            set_by_mark |= {str(name).strip() for name in (names.split(",") if isinstance(names, str) else names)}
    parameters = check.function.args
    wanted = [*parameters.posonlyargs, *parameters.args]
    required = wanted[: len(wanted) - len(parameters.defaults)]
    required += [
        each for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if not default
    ]
    yield from (each.arg for each in required if each.arg not in {"self", *set_by_mark})


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return near[0] if near else f"one of {', '.join(sorted(set(known) - _OF_PYTEST))}"
