"""Says which version answers, for the contract test."""

import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import path


def hello(_request: HttpRequest) -> JsonResponse:
    """Answer the version."""
    return JsonResponse({"version": django.get_version()})


urlpatterns = [path("", hello)]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
execute_from_command_line(sys.argv)
