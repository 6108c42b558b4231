"""Measure how often the doctor is right on later recordings: ``python -m tests.doctor.corpus.later``.

Each cause was written down before the doctor read anything: a flow's before a browser met it (`flows`), a server's
before it was probed (`servers`), a thread's from the thread's end (``threads.json``). Every fifth is set aside: the
code was corrected where the others showed a mistake, and not before it had read these.

A console omits facts that decide between causes. Such a text counts as told if the true cause is among the suspects
and the engine is known to omit the deciding fact (`tests.browsers.departures.UNTOLD`, and `UNTOLD` here for causes
that its recordings do not have). ``--wrong`` lists the rest, ``--probe`` starts the servers and probes them.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.browsers.departures import Guess, guesses_of
from tests.doctor.corpus import panels, texts
from tests.doctor.corpus.__main__ import SAME, causes_of, later_threads, rate, short
from tests.doctor.corpus.flows import flows
from wsgicors.doctor import why
from wsgicors.doctor.why import Diagnosis

UNTOLD: Final = {
    Guess("canvas-tainted", "forbidden-method"): "what an insecure operation was",
    Guess("canvas-tainted", "worker-origin"): "what an insecure operation was",
    Guess("cors-absent", "header-misspelt"): "which headers there are",
    Guess("origin-not-allowed", "cors-absent"): "in Chromium with a status, which headers there are",
    Guess("origin-not-allowed", "header-misspelt"): "which headers there are",
    Guess("origin-not-allowed", "outside-static"): "in WebKit, the URL of a style sheet or a video",
    Guess("preflight-redirect", "preflight-redirect-language"): "where the redirect leads",
}
"""Wrong guesses, each with the fact that no console shows."""

CONSOLE: Final = "why, a console"

HARD: Final = "why, a hard public thread"
"""The third search: at most two threads with the same wording and cause, with texts of frameworks and headers."""

FAIR: Final = {
    "fair": "why, a fair sample",
    "second fair": "why, a second fair sample",
    "third fair": "why, a third fair sample",
    "fourth fair": "why, a fourth fair sample",
    "fifth fair": "why, a fifth fair sample",
    "sixth fair": "why, a sixth fair sample",
    "seventh fair": "why, a seventh fair sample",
    "eighth fair": "why, an eighth fair sample",
    "ninth fair": "why, a ninth fair sample",
    "tenth fair": "why, a tenth fair sample",
    "eleventh fair": "why, an eleventh fair sample",
    "twelfth fair": "why, a twelfth fair sample",
}
"""Threads in the order in which simple queries returned them, with nothing left out but what is known or has no end."""

EVERY: Final = 5
"""One recording in this many is set aside."""


class Read(NamedTuple):
    """One recording: its kind, subject, true cause, named causes, and whether the deciding fact is absent."""

    kind: str
    of: str
    true: str
    named: tuple[str, ...]
    untold: bool = False

    @property
    def is_first(self) -> bool:
        """Whether the true cause is named first."""
        return self.named[:1] == (self.true,)

    @property
    def is_told(self) -> bool:
        """Whether the true cause is named first, or is a suspect and the deciding fact is absent."""
        return self.is_first or self.untold


_NUMBERS: Final = {flow.id: number for number, flow in enumerate(flows())}
_FLOWS: Final = {flow.id: flow for flow in flows()}


def is_aside(flow: str) -> bool:
    """Whether the recordings of a flow are set aside."""
    return _NUMBERS[flow] % EVERY == EVERY - 1


def consoles(*, aside: bool) -> Iterator[Read]:
    """Yield each request that a text describes."""
    for text in texts.every():
        if is_aside(text.of.partition(" ")[0]) == aside:
            yield from _read(text)


def _read(text: texts.Text) -> Iterator[Read]:
    guesses = guesses_of(text.engine) | UNTOLD.keys()
    named = _named(why(text.text)) if len(text.causes) > 1 else [causes_of(why(text.text))]
    for true in text.causes:
        own = next((causes for causes in named if causes[:1] == (true,)), None)
        own = own or next((causes for causes in named if true in causes and Guess(causes[0], true) in guesses), None)
        own = own or (named[0] if named else ())
        if own in named:
            named.remove(own)
        untold = any(Guess(first, true) in guesses for first in own[:1]) and true in own
        yield Read(CONSOLE, f"{text.engine} {text.of}", true, own, untold)


def _named(found: Diagnosis) -> list[tuple[str, ...]]:
    return [tuple(suspect.cause.id for suspect in finding.suspects) for finding in found.findings]


def hars(*, aside: bool) -> Iterator[Read]:
    """Yield each HAR."""
    for one in texts.met():
        flow = _FLOWS[one["flow"]]
        if is_aside(flow.id) == aside and panels.is_recorded(one, flow):
            named = causes_of(why(har=panels.har(one, flow)))
            yield Read("why, a HAR", f"{one['engine']} {flow.id}", flow.cause, named)


def threads(*, aside: bool) -> Iterator[Read]:
    """Yield each public thread; one counts as told if a short report names its cause, or one of its causes."""
    later = {"later": "why, a public thread", "hard": HARD, **FAIR}
    batches = {"aside": "why, a public thread"} if aside else later
    for batch, kind in batches.items():
        for one in later_threads(batch):
            named = short(why("\n".join(one["message"])))
            causes = (one["cause"], *one.get("also", ()))
            true = next((cause for cause in named if cause in causes), one["cause"])
            yield Read(kind, one["thread"], true, named, true in named)


def probes(*, aside: bool) -> Iterator[Read]:
    """Start each server, and yield what a probe of it finds."""
    from tests.doctor.corpus.asked import asked

    for number, (of, true, named) in enumerate(asked()):
        same = (true, named[:1]) in {(one, (other,)) for one, other in SAME}
        if (number % EVERY == EVERY - 1) == aside:
            yield Read("probe", of, true, named, same)


def measured(*, aside: bool, probing: bool = False) -> list[Read]:
    """Return all recordings."""
    kinds = (consoles, hars, threads, *([probes] if probing else []))
    return [one for kind in kinds for one in kind(aside=aside)]


def rates(found: list[Read], suffix: str = "") -> dict[str, str]:
    """Return the figures by kind."""
    sums = Counter(one.kind for one in found)
    told = Counter(one.kind for one in found if one.is_told)
    first = Counter(one.kind for one in found if one.is_first)
    figures: dict[str, str] = {}
    for kind, number in sums.items():
        figures[f"{kind}{suffix}"] = rate(told[kind], number)
        if first[kind] != told[kind]:
            figures[f"{kind}{suffix}, first"] = rate(first[kind], number)
    return figures


def first_at_best(found: list[Read]) -> int:
    """Return how many true causes could be first, where all that have the same suspects are told in one order."""
    ends: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for one in found:
        ends[one.named][one.true] += 1
    return sum(max(true.values()) for true in ends.values())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--probe", action="store_true")
    chosen = parser.parse_args()
    for aside, suffix in ((False, ""), (True, " (set aside)")):
        found = measured(aside=aside, probing=chosen.probe)
        for name, figure in rates(found, suffix).items():
            print(f"{name:42}{figure}")
        asked = [one for one in found if one.kind == CONSOLE]
        print(f"{CONSOLE + ', first at best' + suffix:42}{rate(first_at_best(asked), len(asked))}")
        if chosen.wrong and not aside:
            for one in found:
                if not one.is_told:
                    print(f"  {one.kind}: {one.of}: {one.true}, named {', '.join(one.named[:3]) or 'nothing'}")


if __name__ == "__main__":
    main()
