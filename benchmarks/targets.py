"""The targets, each with the figure that meets or misses it."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from benchmarks.subjects import VARY
from benchmarks.suites import ANSWERED, BUILDING, IMPORT, LEFT, WSGI, Row
from benchmarks.throughput import ALLOWED, BAREST, NO_ORIGIN, share_of

VARIED: Final = WSGI + VARY

Figures = Mapping[str, float]


class Target(NamedTuple):
    """One target and its figure.

    Attributes:
        what: The description.
        figure: The measured figure; None if it was not measured.
        limit: The most or, with `at_least`, the least that it may be.
        unit: The unit of both numbers.
        at_least: Whether more is better.
        interval: The range in which the figure can lie, if known.
    """

    what: str
    figure: float | None
    limit: float
    unit: str
    at_least: bool = False
    interval: tuple[float, float] | None = None

    @property
    def met(self) -> bool:
        """Whether the target is met; false if it was not measured."""
        if self.figure is None or self.is_noise:
            return False
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    @property
    def is_noise(self) -> bool:
        """Whether it is impossible: a cost below zero, or a wrapped app that serves more than the bare one."""
        return self.figure is not None and (self.figure > 1.05 if self.at_least else self.figure < 0)

    @property
    def outcome(self) -> str:
        """The outcome in words.

        >>> Target("core, refused", 4.4, 4, "×").outcome, Target("core, refused", 3.9, 4, "×").outcome
        ('**missed** by 10 %', 'met')
        """
        if self.figure is None:
            return "not measured"
        if self.is_noise:
            return "lost in noise"
        if self.met:
            return "met"
        return f"**missed** by {abs(self.figure / self.limit - 1) * 100:.0f} %"


def targets(rows: Iterable[Row], figures: Figures) -> tuple[list[Target], list[Target]]:
    """Return every target, with the figures of one run; and harder cases, held to the same limits."""
    by = {(row["suite"], row["subject"], row["kind"], row["origins"]): row for row in rows}

    def of_unit(what: str, suite: str, subject: str, kind: str, origins: int, limit: float) -> Target:
        row = by.get((suite, subject, kind, origins))
        if row is None:
            return Target(what, None, limit, "×")
        return Target(what, row["ratio"], limit, "×", interval=(row["low"], row["high"]))

    def growth(family: str, kind: str, many: int) -> float | None:
        one, more = (by.get((f"scale, {family}", "core", kind, count)) for count in (1, many))
        return more["ratio"] / one["ratio"] if one is not None and more is not None else None

    asked: list[Target] = []
    harder: list[Target] = []
    for suite, words, held in ((WSGI, "", asked), (VARIED, ", an app that sets Vary itself", harder)):
        for kind, limit in LIMITS.items():
            held.append(of_unit(f"core, {kind}{words}: of the yardstick", suite, "core", kind, 1, limit))
    for family, many in (("exact", 1_000_000), ("wildcards", 10_000)):
        for kind in LIMITS:
            what = f"core, {kind}: {many:,} {family} against 1"
            asked.append(Target(what, growth(family, kind, many), 1.4 if kind == "never seen" else 1.2, "×"))
    for suite, subject, peer, limits, kinds in ADAPTERS:
        for origins, limit in limits.items():
            # Without an Origin no list is searched, whatever its length.
            for kind in ANSWERED if origins == 1 else ANSWERED[1:]:
                what = f"{suite}, {kind}, {origins:,} {'origins' if origins > 1 else 'origin'}: of {peer}"
                held = asked if kind in kinds[origins] else harder
                held.append(of_unit(what, suite, subject, kind, origins, limit))
    asked += [Target(what, figures.get(name), limit, unit) for name, what, limit, unit in FIGURES]
    for request in (ALLOWED, NO_ORIGIN, BAREST):
        what = f"gunicorn and wrk, {request}: of the bare app's requests a second"
        held = asked if request != BAREST else harder
        held.append(Target(what, figures.get(share_of(request)), SHARE, "", at_least=True))
    return asked, harder


LIMITS: Final[Mapping[str, float]] = {
    "no Origin": 2.5,
    "allowed": 2.5,
    "refused": 4,
    "never seen": 6,
    "preflight": 4,
    "refused preflight": 4,
}
"""The limits, in multiples of what the yardstick adds."""

ASKED: Final[Mapping[int, tuple[str, ...]]] = {1: ("allowed",), 1000: ("allowed", "never seen")}
"""The requests of the adapters' targets, by the number of origins."""

ASKED_OF_ASGI: Final[Mapping[int, tuple[str, ...]]] = {1: ("allowed",), 1000: ("allowed",)}
"""Starlette's middleware does not tell refused requests from others: it neither logs nor counts them."""

ADAPTERS: Final = (
    ("Flask", "flask_wsgicors", "flask-cors", {1: 1 / 18, 1000: 1 / 110}, ASKED),
    ("Django", "django_wsgicors", "django-cors-headers", {1: 1 / 8, 1000: 1 / 400}, ASKED),
    ("Django, async", "django_wsgicors", "django-cors-headers", {1: 1 / 8, 1000: 1 / 400}, ASKED),
    ("ASGI", "wsgicors.asgi", "Starlette", {1: 1 / 4, 1000: 1 / 4}, ASKED_OF_ASGI),
)

BYTES: Final = "bytes an origin, 1,000,000"

FIGURES: Final = (
    (BUILDING, "building 1,000,000 exact origins", 4, "s"),
    (BYTES, "memory of 1,000,000 exact origins, an origin", 250, "bytes"),
    (LEFT, "memory left behind by hostile traffic, a request", 0.1, "bytes"),
    (IMPORT, "`import wsgicors` above an empty interpreter", 30, "ms"),
)

SHARE: Final = 0.97
"""Of the bare app's requests a second."""
