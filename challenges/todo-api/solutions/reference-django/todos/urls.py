"""The paths of to-dos."""

from rest_framework.routers import SimpleRouter

from todos.views import TodoViewSet

router = SimpleRouter(trailing_slash=False)
router.register("todos", TodoViewSet)

urlpatterns = router.urls
