"""A route whose view asks the table of origins."""

from django.urls import path

from django_wsgicors import cors
from django_wsgicors.origins.source import allowed_origins
from tests.django import views

urlpatterns = [path("own/", cors(allow_origins=allowed_origins, allow_methods=["PUT"])(views.plain))]
