"""Routes, some of which cannot be loaded."""

from django.urls import include, path

from tests.django import views

urlpatterns = [path("broken/", include(3)), path("", views.plain)]
