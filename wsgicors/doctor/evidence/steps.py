"""Of the steps that a browser took: which failed one to report, and which header it looked at."""

from collections.abc import Mapping, Sequence
from typing import Final

from wsgicors.browser import Check, Failure, Step

LOOKED_AT: Final[Mapping[Check, str]] = {
    Check.ALLOW_ORIGIN: "Access-Control-Allow-Origin",
    Check.ALLOW_CREDENTIALS: "Access-Control-Allow-Credentials",
    Check.ALLOW_METHODS: "Access-Control-Allow-Methods",
    Check.ALLOW_HEADERS: "Access-Control-Allow-Headers",
}
"""The header whose value tells more of a failed check: what `Facts.value` is."""


def telling(failures: Sequence[Step]) -> Step | None:
    """Of two failures of one preflight, the redirect explains the missing header, and else the first counts."""
    redirected = (step for step in failures if step.failure is Failure.PREFLIGHT_REDIRECTED)
    return next(redirected, failures[0] if failures else None)
