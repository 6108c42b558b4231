"""The table of origins."""

from django.core.exceptions import ValidationError
from django.db import models

from wsgicors.origins import MAX_ORIGIN
from wsgicors.sources import member_problem


def validate_pattern(text: str) -> None:
    """Refuse what the core does not take for a pattern, and say what to write instead.

    Raises:
        ValidationError: with the problem's code, sentence and remedy.
    """
    problem = member_problem(text)
    if problem is not None:
        told = problem.renamed({"allow_origins": "the table of origins"})
        raise ValidationError(f"{told.message} {told.remedy}", code=told.code)


class AllowedOrigin(models.Model):
    """A row: an origin that may read, or the subdomains of a domain."""

    pattern: "models.CharField[str, str]" = models.CharField(
        max_length=MAX_ORIGIN + len("*.") + len(":*"),
        unique=True,
        validators=[validate_pattern],
        help_text="https://www.example.com, https://*.example.com or http://localhost:*",
    )
    note: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True, help_text="Whose it is, and why.")
    created: "models.DateTimeField[object, object]" = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        """The name that people meet, and the order in which the admin shows the rows."""

        verbose_name = "allowed origin"
        ordering = ("pattern",)

    def __str__(self) -> str:
        return self.pattern
