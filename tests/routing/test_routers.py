"""The short form of the law of rules by path."""

import pytest

from tests.routing.routers import ROUTERS, run


@pytest.mark.parametrize("router", ROUTERS)
def test_the_policy_is_that_of_the_route_that_the_router_takes(router: str) -> None:
    assert run(router, 400) > 20, "few of the paths were served"
