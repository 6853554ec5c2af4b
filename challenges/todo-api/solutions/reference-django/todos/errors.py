"""One shape for all errors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

PROBLEMS = {
    status.HTTP_400_BAD_REQUEST: ("malformed", "The body must be a JSON object in UTF-8."),
    status.HTTP_404_NOT_FOUND: ("not_found", "There is no such to-do, or no such path."),
    status.HTTP_405_METHOD_NOT_ALLOWED: ("method_not_allowed", "This path does not know this method."),
    status.HTTP_406_NOT_ACCEPTABLE: ("not_acceptable", "Answers are application/json."),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: ("unsupported_media_type", "The content type must be application/json."),
    status.HTTP_422_UNPROCESSABLE_ENTITY: ("invalid", "Some values were not accepted."),
    status.HTTP_500_INTERNAL_SERVER_ERROR: ("internal", "Something went wrong on our side."),
}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raises into an answer; None lets Django log it and answer 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    details = {}
    if isinstance(error, ValidationError):
        response.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
        details = {"fields": {name: " ".join(texts) for name, texts in error.detail.items()}}
    response.data = _body(response.status_code, **details)
    return response


def not_found(_request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django's names
    """Answer for a path that there is not."""
    return JsonResponse(_body(status.HTTP_404_NOT_FOUND), status=status.HTTP_404_NOT_FOUND)


def internal(_request: HttpRequest) -> JsonResponse:
    """Answer for a mistake of ours."""
    return JsonResponse(_body(status.HTTP_500_INTERNAL_SERVER_ERROR), status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def _body(status_code: int, **details: Any) -> dict[str, Any]:
    code, message = PROBLEMS[status_code]
    return {"error": {"code": code, "message": message, **details}}
