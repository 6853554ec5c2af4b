"""Audit: submissions that cheat, graded against a challenge, and whether each of them was contained.

The cheats are data in `grader/authoring/attacks/<class>/<id>/`; adding one is adding a folder there.
"""
