"""Attempts, and the submissions that they graded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "submissions",
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("archive", sa.LargeBinary, nullable=False, comment="tar, gzip"),
        sa.PrimaryKeyConstraint("digest", name="pk_submissions"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("learner", sa.Text, nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False),
        sa.Column("challenge_version", sa.String(32), nullable=False),
        sa.Column("challenge_digest", sa.String(80), nullable=False),
        sa.Column("suite", sa.String(16), nullable=False),
        sa.Column("submission_digest", sa.String(80), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("max_score", sa.Integer, nullable=False),
        sa.Column("regrade_of", sa.Integer, nullable=True),
        sa.Column("document", sa.Text, nullable=False, comment="both editions, as grader/stored.py writes them"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.ForeignKeyConstraint(["submission_digest"], ["submissions.digest"], name="fk_attempts_submission_digest"),
        sa.ForeignKeyConstraint(["regrade_of"], ["attempts.id"], name="fk_attempts_regrade_of"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_challenge_learner", "attempts", ["challenge", "learner"])
