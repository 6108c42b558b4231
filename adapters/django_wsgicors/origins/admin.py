"""The table in Django's admin."""

from typing import TYPE_CHECKING

from django.contrib import admin

from django_wsgicors.origins.models import AllowedOrigin

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[AllowedOrigin]
else:
    _Base = admin.ModelAdmin


@admin.register(AllowedOrigin)
class _AllowedOriginAdmin(_Base):
    """Rows by their pattern."""

    list_display = ("pattern", "note", "created")
    search_fields = ("pattern", "note")
    readonly_fields = ("created",)
