"""This library's part of the benchmarks: the policy for all its subjects."""

import re
from collections.abc import Iterable

from wsgicors import Policy


def policy(origins: Iterable[str | re.Pattern[str]]) -> Policy:
    """Return the policy, which the peers have in their own settings."""
    return Policy(allow_origins=origins, allow_methods=["PUT", "DELETE"], allow_headers=["content-type"], max_age=600)
