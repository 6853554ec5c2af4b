"""Checks that an app passes which refuses everything, or is dead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Fault, Severity, rule
from grader.authoring.suites import dotted

_SHOWS_THAT_IT_WORKS = frozenset({"attempt", "accepts", "rejects", "query", "execute", "restart"})
"""Calls that succeed only if something that is right is accepted; those of `grader_checks` and its fixtures."""


class Evidence(Enum):
    """What a statement of a check asks of the app."""

    WORKS = "works"
    REFUSES = "refuses"


@rule("no-witness", Severity.WARNING, "a hidden check expects refusals, and never that something right is accepted")
def no_witness(challenge: LintedChallenge) -> Iterator[Fault]:
    """Collect what the check and the helpers that it names expect."""
    known: dict[int, set[Evidence]] = {}
    for check in challenge.hidden.checks:
        found: set[Evidence] = set()
        for _, node in challenge.hidden.reached(check):
            if id(node) not in known:
                known[id(node)] = set(evidence_in(node))
            found |= known[id(node)]
        if found == {Evidence.REFUSES}:
            what = f"{check.function.name} only expects refusals: an app that refuses everything passes it"
            yield Fault(check.file.path, check.line, what, "a request that is accepted, before and after")


def evidence_in(root: ast.AST) -> Iterator[Evidence]:
    """Yield what the calls and assertions in a part of a suite expect."""
    for node in ast.walk(root):
        if isinstance(node, ast.Assert):
            yield from _of_condition(node.test)
        elif isinstance(node, ast.Call):
            called = dotted(node.func).rpartition(".")[2] or getattr(node.func, "attr", "")
            if called in _SHOWS_THAT_IT_WORKS:
                yield Evidence.WORKS
            elif called == "expect" and isinstance(node.func, ast.Name):
                yield from _of_condition(node.args[0]) if node.args else ()
            else:
                yield from (evidence for argument in node.args for evidence in _of_status(argument))


def _of_status(node: ast.AST) -> Iterator[Evidence]:
    """Yield what a status, or one of several, says: of two that may come, the one that accepts counts."""
    values = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    numbers = [value.value for value in values if isinstance(value, ast.Constant) and type(value.value) is int]
    if any(200 <= number < 400 for number in numbers):
        yield Evidence.WORKS
    elif any(400 <= number < 600 for number in numbers):
        yield Evidence.REFUSES


def _of_condition(node: ast.AST) -> Iterator[Evidence]:
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _of_simple_condition(value)
    else:
        yield from _of_simple_condition(node)


def _of_simple_condition(node: ast.AST) -> Iterator[Evidence]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Evidence.REFUSES
    elif isinstance(node, ast.Compare):
        statuses = [evidence for side in (node.left, *node.comparators) for evidence in _of_status(side)]
        if any(isinstance(op, ast.NotEq | ast.NotIn | ast.IsNot) for op in node.ops):
            yield Evidence.REFUSES
        elif any(isinstance(op, ast.Lt | ast.LtE) for op in node.ops) and _names_status(node):
            yield Evidence.REFUSES  # `status < 500` is true of every refusal
        elif statuses:
            yield from statuses
        elif not _names_status(node):
            yield Evidence.WORKS
    elif not isinstance(node, ast.Constant):
        yield Evidence.WORKS


def _names_status(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Attribute) and inner.attr == "status" for inner in ast.walk(node))
