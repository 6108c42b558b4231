"""The table of origins."""

from typing import ClassVar

from django.db import migrations, models

import django_wsgicors.origins.models


class Migration(migrations.Migration):
    """Create it."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
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
