"""What the API answers."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from todos.models import Todo
from todos.serializers import ListQuery, TodoSerializer


class TodoViewSet(ModelViewSet):
    """The to-dos."""

    queryset = Todo.objects.all()
    serializer_class = TodoSerializer
    # what does not look like an id of ours is no path of ours
    lookup_value_regex = "[1-9][0-9]{0,17}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a request without a body, which would be read as an empty object."""
        super().initial(request, *args, **kwargs)
        if request.method in {"POST", "PUT", "PATCH"} and request.stream is None:
            raise ParseError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """Answer one page of the to-dos that match."""
        query = ListQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = Todo.objects.matching(done=asked["done"], q=asked["q"])
        page = found.page(sort=asked["sort"], limit=asked["limit"], offset=asked["offset"])
        return Response(
            {
                "items": TodoSerializer(page, many=True).data,
                "total": found.count(),
                "limit": asked["limit"],
                "offset": asked["offset"],
            }
        )

    def get_success_headers(self, data: dict[str, Any]) -> dict[str, str]:
        """Say where a new to-do is."""
        return {"Location": reverse("todo-detail", args=[data["id"]])}

    def perform_destroy(self, instance: Todo) -> None:
        """Delete it in one statement, which tells whether it was this request that did."""
        deleted, _ = Todo.objects.filter(pk=instance.pk).delete()
        if not deleted:
            raise Http404
