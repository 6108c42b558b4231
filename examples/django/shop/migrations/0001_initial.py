"""The table of items."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Create it."""

    initial = True
    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("price", models.PositiveIntegerField(help_text="In cents.")),
                ("stock", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
