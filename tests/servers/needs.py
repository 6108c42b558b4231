"""What a test needs from the machine: if it is missing, the test is skipped, except in CI."""

import os
from pathlib import Path
from typing import Final

import pytest

NODE_MODULES: Final = Path("/opt/wsgicors-tests/node_modules")
"""The packages that .ci/install gets from npm."""


def need(missing: str | None) -> None:
    """Skip the running test, or fail it if CI=true, if something is missing."""
    if missing is None:
        return
    reason = f"not installed: {missing} (Debian's packages: .ci/install; Python's: pip install --group test)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
