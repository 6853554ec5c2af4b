"""Grades the submissions of a class: several at a time, resumable, each attempt kept on disk as soon as it is made.

`run.py` has the effects; `statistics.py` is pure; what a folder of results holds: docs/grading-many.md.
"""
