"""Mutants: which mistakes are made, how they look, and which of them are chosen."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from grader.authoring.proofs.mutants import Mutant, mutants_of

EVERY = 1000
PROGRAM = '''\
"""A module's docstring with 1 < 2 and SELECT a FROM b WHERE c AND d."""

from __future__ import annotations


def limit(text: str, most: int = 100) -> int | None:
    """Return the limit."""
    if not text:
        raise ValueError("empty")  # a comment stays
    number = int(text)
    return number if 1 <= number <= most else None


if __name__ == "__main__":
    print(limit("5"))
'''


def files(code: str, name: str = "app.py") -> dict[str, bytes]:
    """Return a solution of one file."""
    return {name: dedent(code).encode()}


def changes(code: str, operator: str) -> set[str]:
    """Return the lines that the mutants of this operator have in place of the ones in `code`."""
    mutants = mutants_of(files(code), EVERY)
    added = [line[1:].strip() for mutant in mutants if mutant.operator == operator for line in _added(mutant)]
    return set(added)


def _added(mutant: Mutant) -> list[str]:
    return [line for line in mutant.diff.split("\n") if line.startswith("+") and not line.startswith("+++")]


@pytest.mark.parametrize(
    ("operator", "code", "expected"),
    [
        ("comparison", "x = a < b", {"x = a <= b"}),
        ("comparison", "x = a >= b", {"x = a > b"}),
        ("comparison", "x = 1 <= a < b", {"x = 1 < a < b", "x = 1 <= a <= b"}),
        ("comparison", "x = a == b", {"x = a != b"}),
        ("comparison", "x = a is  not b", {"x = a is b"}),
        ("comparison", "x = a not in b", {"x = a in b"}),
        ("comparison", "x = (a) in (b)", {"x = (a) not in (b)"}),
        ("connective", "x = a and b and c", {"x = a or b and c", "x = a and b or c"}),
        ("connective", "x = a or b", {"x = a and b"}),
        ("condition", "y = 1 if a else b", {"y = 1 if not (a) else b"}),
        ("condition", "y = [a for a in b if a.c]", {"y = [a for a in b if not (a.c)]"}),
        ("condition", "while a > 1:\n    b()", {"while not (a > 1):"}),
        ("constant", "x = f(True)", {"x = f(False)"}),
        ("number", "x = 7", {"x = 8", "x = 6"}),
        ("number", "x = 0", {"x = 1"}),
        ("status", "abort(404)", {"abort(400)"}),
        ("status", "abort(400)", {"abort(404)"}),
        ("status", "x = 1000", set()),
        ("guard", "def f():\n    if a:\n        abort(404)\n    return 1", {"pass"}),
        ("guard", "def f():\n    raise ValueError", {"pass"}),
        ("guard", "if a:\n    b = 1", set()),
        ("call", "def f():\n    save(x)\n    return 1", {"pass"}),
        ("call", "app.register(x)", set()),
        ("result", "def f():\n    return [a for a in b]", {"return []"}),
        ("result", "def f():\n    return {'a': 1}", {"return {}"}),
        ("result", "def f():\n    return 'a'", {'return ""'}),
        ("result", "def f():\n    return g(x)", {"return None"}),
        ("result", "def f():\n    return None", set()),
        ("sql", "q = 'SELECT a FROM b WHERE c AND d < 1'", {
            "q = 'SELECT a FROM b WHERE c OR d < 1'",
            "q = 'SELECT a FROM b WHERE c AND d <= 1'",
        }),
        ("sql", "q = f'SELECT a FROM {b} ORDER BY c DESC'", {"q = f'SELECT a FROM {b} ORDER BY c'"}),
        ("sql", "q = 'SELECT a FROM b WHERE c IS NULL FOR UPDATE'", {
            "q = 'SELECT a FROM b WHERE c IS NOT NULL FOR UPDATE'",
            "q = 'SELECT a FROM b WHERE c IS NULL'",
        }),
        ("sql", "q = 'this AND that'", set()),
    ],
)  # fmt: skip
def test_mistakes(operator: str, code: str, expected: set[str]) -> None:
    """Each operator makes the mistakes that it is named for, and no other."""
    assert changes(code, operator) == expected


def test_everything_else_stays_as_it_was_written() -> None:
    """A mutant differs in one place; comments, quotes and blank lines stay, and Python can read it."""
    mutants = mutants_of(files(PROGRAM), EVERY)
    assert len(mutants) > 8
    before = PROGRAM.splitlines()
    for mutant in mutants:
        after = mutant.content.splitlines()
        assert ast.dump(ast.parse(mutant.content)) != ast.dump(ast.parse(PROGRAM))
        same = sum(line in after for line in before)
        assert len(before) - same <= 2, mutant.diff
        assert before[mutant.line - 1] not in after[mutant.line - 1 : mutant.line], mutant.diff


def test_no_mistake_is_made_where_no_suite_could_see_it() -> None:
    """Docstrings, annotations and what runs only without a server have none."""
    mutants = mutants_of(files(PROGRAM), EVERY)
    assert {mutant.line for mutant in mutants} == {6, 8, 9, 11}
    assert not any("int | str" in mutant.content for mutant in mutants)


def test_mistakes_sit_where_they_belong_after_characters_of_several_bytes() -> None:
    """Python counts bytes in a line, and its text has umlauts, emoji and form feeds."""
    assert changes("x = 'äöü🙂\x0c' if a < b else 'é' + c(1 < d)", "comparison") == {
        "x = 'äöü🙂\x0c' if a <= b else 'é' + c(1 < d)",
        "x = 'äöü🙂\x0c' if a < b else 'é' + c(1 <= d)",
    }


def test_no_two_mutants_are_the_same_program() -> None:
    """Where two operators make one mistake, it counts once."""
    mutants = mutants_of(files(PROGRAM), EVERY)
    assert len({mutant.content for mutant in mutants}) == len(mutants)


def test_the_same_are_chosen_each_time() -> None:
    """An author who adds a check sees the same survivors again, or sees them killed."""
    program = files(PROGRAM)
    assert mutants_of(program, 5) == mutants_of(program, 5)
    assert set(mutants_of(program, 5)) < set(mutants_of(program, EVERY))
    assert mutants_of(program, 0) == ()


def test_the_chosen_ones_are_spread_over_files_operators_and_lines() -> None:
    """Neither a long file nor an operator that fits everywhere takes all the places."""
    numbers = files("\n".join(f"x{number} = {number}" for number in range(1, 100)), "numbers.py")
    chosen = mutants_of(numbers | files("x = a < b\ny = c and d\n", "inner/rules.py"), 6)
    assert {(mutant.file, mutant.operator) for mutant in chosen} == {
        ("numbers.py", "number"),
        ("inner/rules.py", "comparison"),
        ("inner/rules.py", "connective"),
    }
    lines = [mutant.line for mutant in chosen if mutant.file == "numbers.py"]
    assert max(lines) - min(lines) > 20


def test_files_that_are_no_python_have_no_mutants() -> None:
    """What does not parse, is not UTF-8 or is another language is passed over."""
    broken, latin = files("def (", "broken.py"), {"latin.py": "x = 'é' < 1".encode("latin-1")}
    assert mutants_of(broken | latin | files("SELECT 1;", "schema.sql"), EVERY) == ()
