"""The table in Django's admin."""

from typing import TYPE_CHECKING

from django.contrib import admin

from django_wsgicors.origins.models import AllowedOrigin

if TYPE_CHECKING:
    Base = admin.ModelAdmin[AllowedOrigin]
else:
    Base = admin.ModelAdmin


@admin.register(AllowedOrigin)
class AllowedOriginAdmin(Base):
    """Rows by their pattern."""

    list_display = ("pattern", "note", "created")
    search_fields = ("pattern", "note")
    readonly_fields = ("created",)
