"""Adds attempts to the database and finds them again."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from grader.errors import UsageError
from grader.models import Attempt, Submission, Suite, Verdict
from grader.records.database import Database, RecordsError, database_url
from grader.records.schema import attempts, submissions
from grader.stored import UnreadableAttempt, from_stored, to_stored
from grader.submission import from_tar, to_tar

_COLUMNS = [column for column in attempts.columns if column.name != "document"]
_MAX_ID = 2**31 - 1


class Origin(StrEnum):
    """Which command made an attempt; only those of `submit` count against a limit."""

    GRADE = "grade"
    SUBMIT = "submit"
    REGRADE = "regrade"


@dataclass(frozen=True, slots=True)
class Record:
    """What the database tells of one attempt without reading it whole."""

    id: int
    recorded_at: datetime
    origin: Origin
    learner: str
    challenge: str
    challenge_version: str
    challenge_digest: str
    suite: Suite
    submission_digest: str
    verdict: Verdict
    score: int
    max_score: int
    regrade_of: int | None = None


class Records:
    """All attempts of one database."""

    def __init__(self, database: Database) -> None:
        """Keep them in `database`, which the caller closes."""
        self._database = database

    def add(
        self,
        attempt: Attempt,
        submission: Submission,
        origin: Origin,
        *,
        learner: str = "",
        regrade_of: int | None = None,
    ) -> Record:
        """Keep an attempt and the submission that it graded, both or none, and return what is known of it now.

        The same files are kept once, however often they are graded.
        """
        document, archive = to_stored(attempt), gzip.compress(to_tar(submission), mtime=0)
        grade = attempt.grade
        values = {
            "recorded_at": datetime.now(UTC),
            "origin": origin.value,
            "learner": learner,
            "challenge": grade.provenance.challenge,
            "challenge_version": grade.provenance.challenge_version,
            "challenge_digest": grade.provenance.challenge_digest,
            "suite": grade.provenance.suite.value,
            "submission_digest": submission.digest,
            "verdict": grade.verdict.value,
            "score": grade.score,
            "max_score": grade.max_score,
            "regrade_of": regrade_of,
        }
        with self._database.writing() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(
                insert(submissions).values(digest=submission.digest, archive=archive).on_conflict_do_nothing()
            )
            made = connection.execute(attempts.insert(), {**values, "document": document})
            (id_,) = made.inserted_primary_key or (0,)
            (row,) = connection.execute(select(*_COLUMNS).where(attempts.c.id == id_))
        return _record(row)

    def find(self, id_: int) -> Record:
        """Return what is known of the attempt with this id; raises `UsageError` when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(*_COLUMNS).where(attempts.c.id == min(id_, _MAX_ID))).first()
        if row is None or id_ > _MAX_ID:
            raise UsageError(f"there is no attempt {id_} in {self._database.place}", hint="grader attempts")
        return _record(row)

    def attempt(self, id_: int) -> Attempt:
        """Return the attempt whole; raises `UsageError` when there is none, `RecordsError` when it is damaged."""
        self.find(id_)
        with self._database.reading() as connection:
            document = connection.scalar(select(attempts.c.document).where(attempts.c.id == id_))
        try:
            return from_stored(document or "")
        except UnreadableAttempt as error:
            raise RecordsError(f"attempt {id_} in {self._database.place}: {error}", hint=error.hint) from error

    def submission(self, record: Record) -> Submission:
        """Return the files that an attempt graded; raises `RecordsError` when they are damaged."""
        with self._database.reading() as connection:
            archive = connection.scalar(
                select(submissions.c.archive).where(submissions.c.digest == record.submission_digest)
            )
        try:
            submission = from_tar(gzip.decompress(archive or b""))
        except (OSError, EOFError, ValueError) as error:
            raise RecordsError(f"the submission of attempt {record.id} is damaged: {error}") from error
        if submission.digest != record.submission_digest:
            raise RecordsError(f"the submission of attempt {record.id} is damaged: its digest is another one")
        return submission

    def recent(self, challenge: str | None = None, *, last: int | None = None) -> list[Record]:
        """Return the newest `last` attempts, or all, of one challenge or of all; the newest come first."""
        query = select(*_COLUMNS).order_by(attempts.c.id.desc()).limit(last)
        return self._select(query if challenge is None else query.where(attempts.c.challenge == challenge))

    def history(self, challenge: str, learner: str) -> list[Record]:
        """Return what somebody has submitted to a challenge, and what was regraded of it; the newest come first."""
        found = self._select(
            select(*_COLUMNS)
            .where(attempts.c.challenge == challenge)
            .where(attempts.c.learner == learner)
            .order_by(attempts.c.id.desc())
        )
        return [record for record, original in _originals(found) if original.origin is Origin.SUBMIT]

    def standing(self, challenge: str) -> list[Record]:
        """Return what each attempt at a challenge's hidden suite is now, the oldest first."""
        return _as_they_are_now(
            self._select(
                select(*_COLUMNS)
                .where(attempts.c.challenge == challenge)
                .where(attempts.c.suite == Suite.HIDDEN.value)
                .order_by(attempts.c.id)
            )
        )

    def _select(self, query: Select[Any]) -> list[Record]:
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]


@contextmanager
def open_records() -> Iterator[Records]:
    """Yield the records in the database that the environment names; raises `RecordsError` or `UsageError`."""
    database = Database(database_url())
    try:
        yield Records(database)
    finally:
        database.close()


def best_of(records: Sequence[Record]) -> Record | None:
    """Return the best of these attempts, the earliest of equals; None if there is none.

    One that was graded again counts as what it is now.
    """
    return max(
        _as_they_are_now(records),
        key=lambda record: (record.verdict is Verdict.PASSED, share(record), -record.id),
        default=None,
    )


def share(record: Record) -> float:
    """Return which part of all points an attempt earned, from 0 to 1."""
    return record.score / record.max_score if record.max_score else 0.0


def _as_they_are_now(records: Iterable[Record]) -> list[Record]:
    """Return the newest regrading of each attempt, or itself if it has none, in order of id."""
    newest = {original.id: record for record, original in sorted(_originals(records), key=lambda pair: pair[0].id)}
    return sorted(newest.values(), key=lambda record: record.id)


def _originals(records: Iterable[Record]) -> list[tuple[Record, Record]]:
    """Return each record with the attempt that it regrades, however often that was done: itself if it regrades none."""
    records = list(records)
    found: dict[int | None, Record] = {}
    for record in sorted(records, key=lambda record: record.id):  # a regrading is younger than what it regrades
        found[record.id] = found.get(record.regrade_of, record)
    return [(record, found[record.id]) for record in records]


def _record(row: Row[Any]) -> Record:
    values = row._asdict()
    return Record(
        **values
        | {
            "origin": Origin(values["origin"]),
            "suite": Suite(values["suite"]),
            "verdict": Verdict(values["verdict"]),
        }
    )
