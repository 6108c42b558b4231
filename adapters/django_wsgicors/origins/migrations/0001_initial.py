"""The table of origins."""

from collections.abc import Sequence
from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import django_wsgicors.origins.models


class Migration(migrations.Migration):
    """Create it."""

    initial: ClassVar[bool | None] = True
    dependencies: ClassVar[Sequence[tuple[str, str]]] = []
    operations: ClassVar[Sequence[Operation]] = [
        migrations.CreateModel(
            name="AllowedOrigin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pattern",
                    models.CharField(
                        help_text="https://www.example.com, https://*.example.com or http://localhost:*",
                        max_length=330,
                        unique=True,
                        validators=[django_wsgicors.origins.models.validate_pattern],
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="Whose it is, and why.", max_length=200)),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name": "allowed origin", "ordering": ("pattern",)},
        ),
    ]
