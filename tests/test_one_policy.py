"""The same policy gives the same responses through WSGI, Flask, Django and ASGI, on the whole small world.

Every policy and every page of it is tried here; ``python -m tests.one_policy`` tries each policy with every page.
"""

import asyncio
import logging
from collections.abc import Generator

import pytest

from tests.one_policy import differences, pages
from tests.test_small_scope import IN_PARTS, policies

pytestmark = pytest.mark.usefixtures("no_database")


@pytest.fixture(scope="module")
def runner() -> Generator[asyncio.Runner]:
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    with asyncio.Runner() as running:
        yield running
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.mark.parametrize("origins", IN_PARTS)
def test_the_same_policy_gives_the_same_answers_everywhere(origins: str, runner: asyncio.Runner) -> None:
    asked, found = differences(origins, runner, step=len(policies(origins)))  # each page is tried with one policy
    assert not found, "\n".join(found[:3])
    assert asked >= len(pages(origins))
