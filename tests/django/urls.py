"""A route for each view."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from tests.django import views

router = SimpleRouter()
router.register("actions", views.OneAction, basename="actions")

urlpatterns = [
    path("", views.plain),
    path("async/", views.plain_async),
    path("own-headers/", views.own_headers),
    path("fails/", views.fails),
    path("streams/", views.streams),
    path("streams-async/", views.streams_async),
    path("file/", views.sends_file),
    path("function/", views.function),
    path("function-async/", views.function_async),
    path("behind-login/", views.behind_login),
    path("class/", views.Class.as_view()),
    path("class-async/", views.ClassAsync.as_view()),
    path("one-method/", views.OneMethod.as_view()),
    path("api/", views.Api.as_view()),
    path("api-function/", views.api_function),
    path("set/", views.Set.as_view({"get": "list", "put": "update"})),
    path("sets/", include(router.urls)),
    path("forbids/", views.forbids),
    path("exempt/", views.exempt),
    path("admin/", admin.site.urls),
]
urlpatterns += i18n_patterns(path("language/", views.function))
