"""To-dos in the database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F

ORDERS = {"id": ["id"], "-id": ["-id"], "due": [F("due").asc(nulls_last=True), "id"]}
LARGEST_INTEGER = 2**63 - 1  # of SQLite; no to-do is beyond it


class TodoQuerySet(models.QuerySet["Todo"]):
    """What a list may ask for."""

    def matching(self, *, done: bool | None, q: str) -> TodoQuerySet:
        """Return those that match; SQLite folds A to Z only, which is what we promise."""
        found = self.filter(title__icontains=q)
        return found if done is None else found.filter(done=done)

    def page(self, *, sort: str, limit: int, offset: int) -> TodoQuerySet:
        """Return so many in this order, after the first `offset`."""
        start = min(offset, LARGEST_INTEGER - limit)
        return self.order_by(*ORDERS[sort])[start : start + limit]


class Todo(models.Model):
    """Something to be done. Django's ids of SQLite are never given out again."""

    title = models.CharField(max_length=200)
    notes = models.CharField(max_length=2000, blank=True, default="")
    done = models.BooleanField(default=False)
    due = models.DateField(null=True, default=None)

    objects: Any = TodoQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title
