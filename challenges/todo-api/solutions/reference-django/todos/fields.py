"""Fields that take a value as it is, where those of Django REST framework would convert it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.core.validators import ProhibitNullCharactersValidator
from rest_framework import serializers


class Text(serializers.CharField):
    """A string; not a number. Every character is one, the null character too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = [
            validator for validator in self.validators if not isinstance(validator, ProhibitNullCharactersValidator)
        ]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false; nothing that resembles them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Day(serializers.DateField):
    """A date that exists, written YYYY-MM-DD."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Digits(serializers.IntegerField):
    """An integer, however large, without sign or white space."""

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch("[0-9]+", data):
            self.fail("invalid")
        return int(data)
