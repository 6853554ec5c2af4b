"""A stub that knows nothing of the challenge: it answers everything with 200 and an empty object."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def answer(_request: HttpRequest) -> JsonResponse:
    """It answers everything with 200 and an empty object."""
    return JsonResponse({})


urlpatterns = [re_path("", answer)]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
execute_from_command_line(sys.argv)
