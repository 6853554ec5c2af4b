"""The tables, as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the time zone, so it is put back when a row is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment with its time zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# One row for all attempts with the same files.
submissions = Table(
    "submissions",
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("archive", LargeBinary, nullable=False, comment="tar, gzip"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recorded_at", Moment, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("learner", Text, nullable=False),
    Column("challenge", String(64), nullable=False),
    Column("challenge_version", String(32), nullable=False),
    Column("challenge_digest", String(80), nullable=False),
    Column("suite", String(16), nullable=False),
    Column("submission_digest", String(80), ForeignKey("submissions.digest"), nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("score", Integer, nullable=False),
    Column("max_score", Integer, nullable=False),
    Column("regrade_of", Integer, ForeignKey("attempts.id"), nullable=True),
    Column("document", Text, nullable=False, comment="both editions, as grader/stored.py writes them"),
    Index("ix_attempts_challenge_learner", "challenge", "learner"),
    # an id that was shown to somebody never means another attempt
    sqlite_autoincrement=True,
)
