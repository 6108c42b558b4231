"""One policy in each of the layers, for servers to run. Logging is not configured, and nothing is in debug mode."""

import json
import os
from typing import TypedDict

VARIABLE = "ALLOWED"


class Allowed(TypedDict):
    """What is allowed, as JSON in the environment's `VARIABLE`."""

    origins: list[str]
    methods: list[str]
    headers: list[str]


def allowed() -> Allowed:
    """Return what is allowed."""
    value: Allowed = json.loads(os.environ[VARIABLE])
    return value
