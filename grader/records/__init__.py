"""Attempts in a database: what was graded, with what, how it ended, and the submission itself, to grade it again.

SQLite in the user's data directory, or whatever `GRADER_DATABASE_URL` names. An attempt is added once and never
changed; grading it again adds another that refers to it. What is kept, and for how long: docs/records.md.
"""
