"""A route whose view queries the table of origins."""

from django.urls import path

from django_wsgicors import cors
from django_wsgicors.origins.source import TableOrigins
from tests.django import views

# Without its own memory, which would hide a failed query.
table = TableOrigins(serve_stale=0, retry=0)
urlpatterns = [path("own/", cors(allow_origins=table, allow_methods=["PUT"])(views.plain))]
