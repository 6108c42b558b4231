"""The subjects: every app, bare and wrapped, as batches of every kind of request."""

from __future__ import annotations  # wsgicors can be the other package of that name

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from benchmarks import frameworks, work
from benchmarks.frameworks import Makers
from benchmarks.measure import Twins

BARE: Final = "bare"
"""The app without a wrapper: what it seems to add is noise."""

YARDSTICK: Final = "yardstick"
CORE: Final = "core"
NAMESAKE: Final = "wsgicors 0.7"

VARY: Final = ", Vary"
SCALE: Final = "scale, "
TENANT: Final = "https://a.tenant-0.example.com"

FRAMEWORKS: Final[Mapping[str, Callable[[str, list[str]], Makers]]] = {
    "Flask": frameworks.flask,
    "Django": frameworks.django,
    "Django, async": frameworks.django_async,
    "ASGI": frameworks.starlette,
}


def twins(suite: str, name: str, origins: int) -> dict[str, Twins]:
    """Return a subject's batches by kind of request, for a suite and a number of origins."""
    family = suite.removeprefix(SCALE) if suite.startswith(SCALE) else "exact"
    if suite in FRAMEWORKS:
        bare, wrapped = FRAMEWORKS[suite](name, work.exact(origins))
    else:
        app = _app(suite)
        around = _wrapped(name, app, family, origins)
        bare, wrapped = (lambda requests: work.batch(app, requests)), (lambda requests: work.batch(around, requests))
    kinds = work.requests(work.ALLOWED if family == "exact" else TENANT)
    return {kind: Twins(bare(requests()), wrapped(requests())) for kind, requests in kinds.items()}


def _app(suite: str) -> work.App:
    """Return the suite's app, with its number of headers."""
    found = re.fullmatch(rf"WSGI, (\d+) headers({VARY})?", suite)
    return work.app(int(found[1]), vary=found[2] is not None) if found is not None else work.app()


def _wrapped(name: str, app: work.App, family: str, origins: int) -> work.App:
    if name == BARE:
        return app
    if name == YARDSTICK:
        return work.yardstick(app)
    if name == NAMESAKE:
        return _namesake(app, work.exact(origins))
    from benchmarks.ours import policy
    from wsgicors import CORS

    return CORS(app, policy(members(family, origins)))


def members(family: str, count: int) -> Sequence[str | re.Pattern[str]]:
    """Return `count` members of allowed origins; `TENANT`, or else `benchmarks.work.ALLOWED`, matches the last."""
    if family == "wildcards":
        return work.wildcards(count)
    if family == "regexes":
        numbers = reversed(range(count))
        return [re.compile(rf"https://[a-z]+\.tenant-{number}\.example\.com") for number in numbers]
    return work.exact(count)


def _namesake(app: work.App, origins: list[str]) -> work.App:
    """Return the unrelated package of the same name, in a process that sees it instead of this library."""
    import wsgicors

    wrap: Any = wsgicors.CORS  # not the class that the type checker knows
    made: work.App = wrap(
        app, origin=" ".join(origins), methods="GET, PUT, DELETE", headers="content-type", maxage="600"
    )
    return made
