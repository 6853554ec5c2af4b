"""Makes mutants: copies of a correct solution with one small mistake each, which its hidden suite should catch.

A mistake replaces a few characters of one file, so that the rest, comments included, stays as its author wrote it and
the diff shows nothing else. `grader/authoring/proofs/operators.py` says which mistakes there are.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from grader.authoring.proofs.operators import Edit, edits_of
from grader.unified import unified

DIFF_CONTEXT = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: the file (relative, POSIX), the line, the operator that made it, and what the file then holds."""

    file: str
    line: int
    operator: str
    content: str
    diff: str


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    source: str
    tree: ast.Module


def mutants_of(files: Mapping[str, bytes], count: int) -> tuple[Mutant, ...]:
    """Return `count` mutants of the Python files among these, or all if there are fewer, by file and line.

    They are the same each time: spread over operators and files by turns, and within one of these over its lines.
    Files that do not parse have none.
    """
    kinds: defaultdict[tuple[str, str], list[tuple[_File, Edit]]] = defaultdict(list)
    for file in _programs(files):
        for edit in sorted(edits_of(file.tree, file.source)):
            kinds[edit.operator, file.name].append((file, edit))
    found = islice(_mutants(_by_turns([_far_apart(kinds[kind]) for kind in sorted(kinds)])), count)
    return tuple(sorted(found, key=lambda mutant: (mutant.file, mutant.line, mutant.operator, mutant.diff)))


def _programs(files: Mapping[str, bytes]) -> Iterator[_File]:
    for path in sorted(path for path in files if path.endswith(".py")):
        try:
            source = files[path].decode("utf-8")
            yield _File(path, source, _parse(source))
        except (SyntaxError, ValueError):  # ValueError: not UTF-8, or a null byte
            continue


def _mutants(edits: Iterator[tuple[_File, Edit]]) -> Iterator[Mutant]:
    """Yield a mutant for each edit that makes another program than all before, and one that Python can read."""
    seen: set[tuple[str, str]] = set()
    for file, edit in edits:
        content = edit.applied_to(file.source)
        if (file.name, content) not in seen and _differs(content, file.tree):
            seen.add((file.name, content))
            diff = unified(file.name, file.source.encode(), content.encode(), DIFF_CONTEXT).decode()
            yield Mutant(file.name, edit.line, edit.operator, content, diff)


def _differs(content: str, before: ast.Module) -> bool:
    try:
        return ast.dump(_parse(content)) != ast.dump(before)
    except SyntaxError:
        return False


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python thinks of a mistake that is one on purpose
        return ast.parse(source)


def _by_turns(queues: Sequence[Sequence[T]]) -> Iterator[T]:
    for turn in range(max(map(len, queues), default=0)):
        yield from (queue[turn] for queue in queues if turn < len(queue))


def _far_apart(items: Sequence[T]) -> list[T]:
    """Return the middle one, then the middles of the halves, and so on: any number of the first are spread evenly."""
    found, spans = [], [(0, len(items))]
    for low, high in spans:  # grows while it is read
        if low < high:
            middle = (low + high) // 2
            found.append(items[middle])
            spans += [(low, middle), (middle + 1, high)]
    return found
