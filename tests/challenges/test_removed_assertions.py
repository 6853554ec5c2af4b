"""A hidden suite that loses assertions does not stay unnoticed: the wrong solutions that they caught give it away."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.authoring.proofs.trials import Rule
from grader.authoring.validate import Options, validate
from grader.catalogue import find_challenge
from grader.challenge import load_challenge
from grader.engine.engine import Engine
from grader.solutions import load_solutions

TODO_API = find_challenge("todo-api")
SUITE = TODO_API.folder / "checks" / "hidden"
# What its modules assert with, besides `reply.expect(...)`: of grader_checks, of support.py, of their own.
ASSERTIONS = {"expect", "fail", "refused", "unchanged", "_names", "_is_json", "_finds"}


def checks_in(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the group and the function of each check of a module."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            (mark,) = (each for each in node.decorator_list if isinstance(each, ast.Call))
            (group,) = (keyword.value for keyword in mark.keywords if keyword.arg == "group")
            assert isinstance(group, ast.Constant)
            yield str(group.value), node


GROUPS = sorted({group for path in SUITE.glob("test_*.py") for group, _ in checks_in(ast.parse(path.read_text()))})


class _Remover(ast.NodeTransformer):
    """Takes the assertions out of a function; requests and the rest stay."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ASSERTIONS:
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == "expect" else node


def without_assertions(folder: Path, group: str) -> set[str]:
    """Remove the assertions of a group of checks from the suite in `folder`; return the ids of these checks."""
    changed = set()
    for path in folder.glob("test_*.py"):
        module = ast.parse(path.read_text())
        for of, function in checks_in(module):
            if of == group:
                _Remover().visit(function)
                changed.add(function.name.removeprefix("test_").replace("_", "-"))
        path.write_text(ast.unparse(module))
    return changed


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Yield one session with Docker for all of these."""
    with Engine() as engine:
        yield engine
    assert engine.leftovers == ()


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_lost_its_assertions_is_named(engine: Engine, group: str, tmp_path: Path) -> None:
    """Its checks pass a wrong solution that they were there for, and the validation says which and whom."""
    folder = Path(shutil.copytree(TODO_API.folder, tmp_path / TODO_API.slug))
    emptied = without_assertions(folder / "checks" / "hidden", group)
    challenge = load_challenge(folder)
    wrong = next(
        solution
        for solution in load_solutions(challenge)
        if solution.expected and emptied & set(solution.expected.fails)
    )
    assert wrong.expected is not None
    validation = validate(challenge.slug, challenge, engine, Options(only=[wrong.name]))
    assert not validation.publishable
    (finding,) = validation.findings
    assert (finding.rule, finding.about) == (Rule.WRONG, wrong.name)
    lost = emptied & set(wrong.expected.fails)
    assert set(finding.checks) == lost
    for check in lost:
        assert f"expected it to fail {check}, but it passes" in finding.message
