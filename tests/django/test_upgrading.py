"""The names of `django_wsgicors` that 1.0.0 documented are still there."""

import pytest

from tests.test_upgrading import STAYING, found


@pytest.mark.parametrize("name", [name for name in STAYING if name.startswith("django_wsgicors.")])
def test_a_name_stays(name: str) -> None:
    found(name)
