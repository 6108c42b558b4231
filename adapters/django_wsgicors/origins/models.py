"""The table of origins."""

from django.core.exceptions import ValidationError
from django.db import models

from django_wsgicors._project import project
from wsgicors import Policy, PolicyError, Problem
from wsgicors.origins import MAX_ORIGIN
from wsgicors.sources import member_problem


def validate_pattern(text: str) -> None:
    """Refuse a text that is not a valid pattern, and say what to write instead.

    Raises:
        ValidationError: with the problem's code, sentence and remedy.
    """
    problem = member_problem(text) or _problem_with_credentials(text)
    if problem is not None:
        told = problem.renamed({"allow_origins": "the table of origins", "allow_credentials": "CORS_ALLOW_CREDENTIALS"})
        raise ValidationError(f"{told.message} {told.remedy}", code=told.code)


def _problem_with_credentials(text: str) -> Problem | None:
    """Return the problem of an origin in the table if the settings allow its pages to send cookies."""
    policies = [policy for _, policies, _ in project().listed() for policy in policies]
    sourced = [
        policy for policy in policies if policy.allow_credentials and not isinstance(policy.allow_origins, tuple)
    ]
    for policy in sourced[:1]:
        try:
            Policy(allow_origins=[text], allow_credentials=True, dangerously_allow=policy.dangerously_allow)
        except PolicyError as error:
            return error.problems[0]
    return None


class AllowedOrigin(models.Model):
    """A row: an allowed origin, or the subdomains of a domain."""

    pattern: "models.CharField[str, str]" = models.CharField(
        max_length=MAX_ORIGIN + len("*.") + len(":*"),
        unique=True,
        validators=[validate_pattern],
        help_text="https://www.example.com, https://*.example.com or http://localhost:*",
    )
    note: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True, help_text="Whose it is, and why.")
    created: "models.DateTimeField[object, object]" = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        """The name and order of rows in the admin."""

        verbose_name = "allowed origin"
        ordering: tuple[str, ...] = ("pattern",)

    def __str__(self) -> str:
        return self.pattern
