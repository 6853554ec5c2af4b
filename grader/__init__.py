"""A grader of back-end challenges: runs a submission in containers and checks it with a hidden pytest suite."""

__version__ = "0.1.0"
