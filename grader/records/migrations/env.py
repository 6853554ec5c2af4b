"""What Alembic runs: the migrations that are missing, on the connection and in the transaction of `database.py`."""

from __future__ import annotations

from alembic import context

from grader.records.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
