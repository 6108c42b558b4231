"""This library's part in what is measured: the policy that everything of ours is given."""

import re
from collections.abc import Iterable

from wsgicors import Policy


def policy(origins: Iterable[str | re.Pattern[str]]) -> Policy:
    """Return what the peers are given too, in their own settings."""
    return Policy(allow_origins=origins, allow_methods=["PUT", "DELETE"], allow_headers=["content-type"], max_age=600)
