"""Routes of which some cannot be loaded."""

from django.urls import include, path

from tests.django import views

urlpatterns = [path("broken/", include(3)), path("", views.plain)]
