"""A to-do list API: a first request that works. The rest is yours; Django REST framework is there, too."""

import json

from django.http import HttpResponse, JsonResponse
from django.urls import path

todos = {}  # gone when the process is: the statement asks for more


def collection(request):
    """Create a to-do, or list them."""
    if request.method != "POST":
        return HttpResponse(status=501)
    body = json.loads(request.body)
    todo = {"id": len(todos) + 1, "title": body["title"], "notes": "", "done": False, "due": None}
    todos[todo["id"]] = todo
    return JsonResponse(todo, status=201)


def item(request, todo_id):
    """Read, change or delete a to-do."""
    return HttpResponse(status=501)


urlpatterns = [path("todos", collection), path("todos/<int:todo_id>", item)]
