"""The routes of another host."""

from django.urls import path

from tests.django import views

urlpatterns = [path("only-here/", views.function)]
