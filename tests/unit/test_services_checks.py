"""The parts of the database's and the security fixtures that need no database: plans, statements, reasons, attacks."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy.exc
from grader_checks.database import Database
from grader_checks.expectations import CheckFailed, NoAnswer
from grader_checks.plans import Plan
from grader_checks.refusals import NotAnswering, Refused, as_failure, is_because, names, words
from grader_checks.security import attempt, canary
from grader_checks.statements import Statements, difference
from psycopg import errors


def scan(kind: str, table: str, rows: int, **more: Any) -> dict[str, Any]:
    """Return a node of a plan that reads a table."""
    return {"Node Type": kind, "Relation Name": table, "Actual Rows": rows, "Actual Loops": 1, **more}


def join(*children: dict[str, Any]) -> dict[str, Any]:
    """Return a node above others."""
    return {"Node Type": "Nested Loop", "Actual Rows": 1, "Actual Loops": 1, "Plans": list(children)}


BITMAP = scan("Bitmap Heap Scan", "loans", 5) | {
    "Rows Removed by Index Recheck": 2,
    "Plans": [{"Node Type": "Bitmap Index Scan", "Index Name": "loans_due", "Actual Rows": 7, "Actual Loops": 1}],
}


def test_plan_counts_kept_and_dropped_rows_of_each_loop() -> None:
    """A filter that drops rows has read them, and an inner scan reads again for each outer row."""
    inner = scan("Seq Scan", "loans", 2, **{"Rows Removed by Filter": 98, "Actual Loops": 10})
    plan = Plan(join(scan("Seq Scan", "books", 10), inner))
    assert plan.rows_read() == 1010


def test_plan_counts_what_is_read_under_another_name() -> None:
    """A view may stand in a table's place, or a table be split: no name of a learner's leaves rows out."""
    decoy = scan("Index Only Scan", "loans", 1, **{"Index Name": "decoy"})
    plan = Plan(join(decoy, scan("Seq Scan", "kept", 40, **{"Rows Removed by Filter": 960})))
    assert (plan.rows_read(), plan.uses_index()) == (1001, False)


@pytest.mark.parametrize("kind", ["Function Scan", "ProjectSet"])
def test_plan_counts_what_functions_return(kind: str) -> None:
    """What a function read is not in a plan, but what comes out of it is, and no index of the plan finds it."""
    function = {"Node Type": kind, "Actual Rows": 300, "Rows Removed by Filter": 700, "Actual Loops": 1}
    plan = Plan(join(function))
    assert (plan.rows_read(), plan.uses_index()) == (1000, False)


@pytest.mark.parametrize(
    ("reads", "uses"),
    [
        ([scan("Index Scan", "loans", 1, **{"Index Name": "i"})], True),
        ([scan("Index Only Scan", "loans", 1, **{"Index Name": "i"})], True),
        ([BITMAP], True),
        ([scan("Seq Scan", "loans", 1)], False),
        ([scan("Index Scan", "loans", 1, **{"Index Name": "i"}), scan("Seq Scan", "loans", 1)], False),
        ([], False),
    ],
)
def test_plan_uses_an_index_when_every_read_does(reads: list[dict[str, Any]], uses: bool) -> None:  # noqa: FBT001
    """One sequential read is enough to say no; where nothing is read, nothing is used."""
    assert Plan(join(*reads)).uses_index() is uses


def test_plan_names_its_nodes_and_indexes() -> None:
    """Outermost first; the index of a bitmap stands in the node below."""
    plan = Plan(join(BITMAP))
    assert plan.node_types == ("Nested Loop", "Bitmap Heap Scan", "Bitmap Index Scan")
    assert plan.index_names == ("loans_due",)
    assert plan.rows_read() == 7


def snapshot(**calls: int) -> list[dict[str, Any]]:
    """Return what PostgreSQL counted: text -> calls."""
    return [{"id": hash(text), "top": True, "text": text, "calls": count} for text, count in calls.items()]


def test_statements_are_the_difference_of_two_snapshots() -> None:
    """Each as often as it ran; one that ran before only is not among them."""
    before = snapshot(**{"SELECT a": 3, "SELECT b": 2})
    after = snapshot(**{"SELECT a": 5, "SELECT b": 2, "INSERT c": 1})
    seen = Statements()
    seen.texts = difference(before, after)
    assert sorted(seen.texts) == ["INSERT c", "SELECT a", "SELECT a"]
    assert seen.count == 3


@pytest.mark.parametrize("dropped", [0, 1])
def test_statements_that_were_not_kept_cannot_be_counted(dropped: int) -> None:
    """An app that floods the counters, with settings that do not count, has those of its queries dropped."""
    answers = {Statements.SNAPSHOT: snapshot(**{"SELECT a": 1}), Statements.DROPPED: [{"dealloc": 7}]}

    class Canned(Database):
        def query(self, sql: str, **_: Any) -> list[dict[str, Any]]:
            return list(answers[sql])

    def count() -> int:
        with Canned("postgresql://").statements() as seen:
            answers[Statements.DROPPED] = [{"dealloc": 7 + dropped}]
        return seen.count

    if dropped:
        with pytest.raises(CheckFailed, match="too many different statements"):
            count()
    else:
        assert count() == 0


@pytest.mark.parametrize(
    "text",
    [
        *("BEGIN", "begin isolation level serializable", "COMMIT", "ROLLBACK", "SAVEPOINT a", "SET search_path = $1"),
        *("SHOW x", "DISCARD ALL", "DEALLOCATE ALL", "SELECT $1", "select 1;", "select pg_catalog.version()", "", " ;"),
    ],
)
def test_what_drivers_and_pools_send_is_not_counted(text: str) -> None:
    """Transaction control, settings and pings are nobody's queries."""
    assert difference([], snapshot(**{text: 4})) == ()


@pytest.mark.parametrize(
    "text", ["SELECT $1 FROM books", "SELECT 1 + 1", "settle($1)", "UPDATE a SET b = $1", "FETCH 1 FROM c"]
)
def test_queries_are_counted(text: str) -> None:
    """What only looks like one of those is counted."""
    assert difference([], snapshot(**{text: 1})) == (text,)


@pytest.mark.parametrize(
    ("state", "because", "holds"),
    [
        ("23505", "unique", True),
        ("23505", ("check", "unique"), True),
        ("23505", "check", False),
        ("23505", "23", True),
        ("23505", "23505", True),
        ("22P02", "invalid", True),
        ("22001", "invalid", True),
        ("23P01", "exclusion", True),
        ("23001", ("foreign_key", "restrict"), True),
        ("42501", "privilege", True),
        ("P0001", "check", False),
    ],
)
def test_reasons_are_codes_and_classes(state: str, because: str | tuple[str, ...], holds: bool) -> None:  # noqa: FBT001
    """A name stands for its code; two characters for a whole class."""
    assert is_because(state, because) is holds


def test_reasons_are_words_for_the_learner() -> None:
    """Names where there are any, codes else."""
    assert names(("foreign_key", "restrict", "428C9")) == (
        "foreign key or restrict or a generated value that may not be given"
    )
    assert words("53100") == "the database is out of space, memory or connections"
    assert words("XX000") == "SQLSTATE XX000"


def wrapped(error: psycopg.Error) -> sqlalchemy.exc.DBAPIError:
    """Return the error as SQLAlchemy raises it."""
    return sqlalchemy.exc.DBAPIError("SELECT secret", {"secret": 1}, error)


@pytest.mark.parametrize("wrap", [lambda error: error, wrapped], ids=["psycopg", "SQLAlchemy"])
def test_errors_of_the_database_are_failed_checks(wrap: Callable[[psycopg.Error], BaseException]) -> None:
    """A refusal names its reason and quotes neither the statement nor a value."""
    failure = as_failure(wrap(errors.UniqueViolation("Key (secret)=(1) already exists")))
    assert isinstance(failure, Refused)
    assert (failure.state, failure.nested) == ("23505", False)
    assert str(failure) == "the database refused a statement of this check (unique)"
    away = as_failure(wrap(psycopg.OperationalError("connection refused")))
    assert isinstance(away, NotAnswering)
    assert isinstance(away, NoAnswer)
    assert as_failure(wrap(psycopg.DataError("year 10000 is out of range"))) is not None


@pytest.mark.parametrize(
    "error",
    [
        errors.SyntaxError("at or near"),
        psycopg.ProgrammingError("cannot adapt"),
        sqlalchemy.exc.ArgumentError("?"),
        wrapped(psycopg.ProgrammingError("cannot adapt")),
        ValueError("x"),
    ],
)
def test_mistakes_of_the_suite_stay_what_they_are(error: Exception) -> None:
    """They are errored checks, which cost the author a look and not the learner a point."""
    assert as_failure(error) is None


class Play:
    """The four steps of an attack, as a list of what was called."""

    def __init__(self, **fails: Exception | bool | str) -> None:
        self.fails = fails
        self.calls: list[str] = []

    def step(self, name: str) -> Callable[[], object]:
        def run() -> object:
            self.calls.append(name)
            outcome = self.fails.get(f"{name}{self.calls.count(name)}", False)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return run

    def attempt(self) -> None:
        attempt(benign=self.step("benign"), exploit=self.step("exploit"), harm=self.step("harm"))


def test_attack_stands_between_two_witnesses() -> None:
    """Use, attack, look for the harm, use again."""
    play = Play()
    play.attempt()
    assert play.calls == ["benign", "exploit", "harm", "benign"]


@pytest.mark.parametrize(
    ("fails", "message"),
    [
        ({"benign1": CheckFailed("x")}, "before the attack: x"),
        ({"exploit1": NoAnswer("x")}, "under attack: x"),
        ({"harm1": True}, "the attack did what it was meant to do"),
        ({"harm1": "the price of another's order changed"}, "the price of another's order changed"),
        ({"benign2": CheckFailed("x")}, "after the attack: x"),
    ],
)
def test_attack_that_harms_or_breaks_the_app_fails_the_check(fails: dict[str, Any], message: str) -> None:
    """A dead app is not a secure one."""
    with pytest.raises(CheckFailed) as caught:
        Play(**fails).attempt()
    assert str(caught.value) == message
    cause = next(iter(fails.values()))
    assert not isinstance(cause, Exception) or type(caught.value) is type(cause)


def test_mistake_in_an_attack_is_the_suites() -> None:
    """An exception that is no failed check goes on as it is."""
    with pytest.raises(KeyError):
        Play(exploit1=KeyError("x")).attempt()


def test_canaries_are_fresh_and_can_be_repeated() -> None:
    """Two of one run differ; the same seed gives the same."""
    one, again = random.Random(1), random.Random(1)
    first = canary(one)
    assert first == canary(again) != canary(one)
    assert first.isalnum()
