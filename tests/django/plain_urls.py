"""Routes whose views have no policy of their own."""

from django.urls import path

from tests.django import views

urlpatterns = [path("", views.plain), path("async/", views.plain_async)]
