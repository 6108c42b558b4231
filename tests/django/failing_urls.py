"""A route whose converter fails."""

from django.urls import path, register_converter

from tests.django import views


class Failing:
    regex = "x"

    def to_python(self, value: str) -> str:
        raise RuntimeError("a converter that fails")

    def to_url(self, value: str) -> str:
        raise NotImplementedError


register_converter(Failing, "failing")

urlpatterns = [path("<failing:x>/", views.function)]
