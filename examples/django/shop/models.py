"""The items for sale."""

from django.db import models


class Item(models.Model):
    """An item, and how many there are."""

    name = models.CharField(max_length=100, unique=True)
    price = models.PositiveIntegerField(help_text="In cents.")
    stock = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.name
