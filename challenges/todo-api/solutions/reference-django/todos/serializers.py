"""What requests may hold and what answers do."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers

from todos.fields import Day, Digits, Flag, Text
from todos.models import ORDERS, Todo


class TodoSerializer(serializers.ModelSerializer):
    """A to-do; what it does not know is left out."""

    title = Text(max_length=200)
    notes = Text(max_length=2000, allow_blank=True, trim_whitespace=False, default="")
    done = Flag(default=False)
    due = Day(allow_null=True, default=None)

    class Meta:
        model = Todo
        fields = ["id", "title", "notes", "done", "due"]

    def update(self, instance: Todo, validated_data: dict[str, Any]) -> Todo:
        """Set only these columns, so that a parallel request that sets others is not undone."""
        changed = Todo.objects.filter(pk=instance.pk)
        if validated_data and not changed.update(**validated_data):
            raise Http404
        instance.refresh_from_db()
        return instance


class ListQuery(serializers.Serializer):
    """The parameters of a list."""

    done = serializers.ChoiceField(["true", "false"], default=None)
    q = Text(allow_blank=True, trim_whitespace=False, default="")
    sort = serializers.ChoiceField(list(ORDERS), default="id")
    limit = Digits(min_value=1, max_value=100, default=20)
    offset = Digits(min_value=0, default=0)

    def validate_done(self, value: str | None) -> bool | None:
        """Return the truth that the word stands for."""
        return None if value is None else value == "true"
