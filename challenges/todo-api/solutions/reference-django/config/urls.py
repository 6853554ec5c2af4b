"""The paths of the API, and its answers where there is none."""

from django.urls import include, path

urlpatterns = [path("", include("todos.urls"))]

handler404 = "todos.errors.not_found"
handler500 = "todos.errors.internal"
