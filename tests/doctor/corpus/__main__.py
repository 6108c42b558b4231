"""Measure how often the doctor names the true cause: ``python -m tests.doctor.corpus``.

``recorded.json`` holds the console messages of Chromium and Firefox about real servers with a known fault, and the
requests and responses (`record`). HARs are written from them in the format of each engine's network panel. A console
omits facts that decide between causes (`tests.browsers.departures.UNTOLD`): such a recording counts as named if the
true cause is among the suspects. ``--wrong`` lists what counts as not named.

``threads.json`` holds texts from public threads, with the cause that the thread ended with. The threads were found by
searching for messages, and kept if they say how they ended. A short report names `PRINTED` causes. Threads marked as
unseen were found after the code that reads them was written, and the code has not been changed for them since.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.browsers.departures import Guess, guesses_of
from tests.doctor import archives
from tests.doctor.archives import Chromium, Firefox
from tests.doctor.corpus.record import PAGE, RECORDED, Recorded
from wsgicors.doctor import why
from wsgicors.doctor.why import Diagnosis

THREADS: Final = Path(__file__).with_name("threads.json")

PRINTED: Final = 3
ALSO: Final = 5

SAME: Final = {
    ("origin-list-typo", "origin-not-allowed"),
    ("outside-static", "cors-absent"),
    ("two-layers", "allow-origin-list"),
}
"""True causes that are the same fault under another name on these servers."""


class Named(NamedTuple):
    """One recording: its subject, its true cause, and the named causes, the likeliest first."""

    of: str
    true: str
    causes: tuple[str, ...]

    @property
    def is_first(self) -> bool:
        """Whether the true cause is named first."""
        return bool(self.causes) and (self.causes[0] == self.true or (self.true, self.causes[0]) in SAME)

    @property
    def is_printed(self) -> bool:
        """Whether a short report names the true cause, if `causes` are those that it names."""
        return self.true in self.causes


def causes_of(found: Diagnosis) -> tuple[str, ...]:
    """Return the causes of the first finding that blocked something, or of the first finding."""
    blocked = [finding for finding in found.findings if finding.blocked] or list(found.findings)
    return tuple(suspect.cause.id for suspect in blocked[0].suspects) if blocked else ()


def short(found: Diagnosis) -> tuple[str, ...]:
    """Return the causes that a short report names: up to three, and the likeliest of each other kind of message."""
    named = causes_of(found)[:PRINTED]
    others = dict.fromkeys(finding.suspects[0].cause.id for finding in found.findings)
    return (*named, *[cause for cause in others if cause not in named][:ALSO])


def recordings(engine: str = "") -> Iterator[Recorded]:
    """Yield the recordings of one engine, or of all."""
    for one in json.loads(RECORDED.read_text()):
        if engine in ("", one["engine"]):
            yield Recorded(**one)


def consoles() -> Iterator[tuple[Named, bool]]:
    """Yield each console, and whether it omits the deciding fact."""
    for one in recordings():
        named = Named(f"{one.engine} {one.place}", one.cause, causes_of(why("\n".join(one.console))))
        true = {one.cause, *(other for cause, other in SAME if cause == one.cause)}
        untold = any(
            cause in named.causes and Guess(named.causes[0], cause) in guesses_of(one.engine) for cause in true
        )
        yield named, untold


PANELS: Final[dict[str, type[Chromium | Firefox]]] = {"chromium": Chromium, "firefox": Firefox}
"""The format of each engine's network panel."""


def hars() -> Iterator[Named]:
    """Yield each exchange as the network panel of its engine exports it: Firefox's omits blocked responses."""
    for one in recordings():
        if one.engine == "firefox" and one.exchanges[-1]["method"] != "OPTIONS":
            continue
        yield Named(f"{one.engine} {one.place} (HAR)", one.cause, causes_of(why(har=archive(one))))


def archive(one: Recorded) -> str:
    """Write a HAR. Unsent requests, and in Firefox blocked ones, have the status 0."""
    asked = next((message for message in one.exchanges if message["method"] == "OPTIONS"), None)
    sent = next((message for message in one.exchanges if message["method"] != "OPTIONS"), None)
    fields = dict((asked or one.exchanges[0])["sent"])
    names = fields.get("Access-Control-Request-Headers", "").split(",")
    panel = PANELS[one.engine]()
    panel.exchange(
        fields.get("Access-Control-Request-Method", one.exchanges[0]["method"]),
        sent["status"] if sent else 0,
        listed(sent["received"]) if sent else {},
        url=one.exchanges[0]["url"],
        sent={name: "x" for name in names if name},
        preflight=(asked["status"], listed(asked["received"])) if asked else None,
        **({"error": "net::ERR_FAILED"} if one.engine == "chromium" else {}),
    )
    return panel.text().replace(archives.PAGE, PAGE)


def listed(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Group the lines by name."""
    found: dict[str, list[str]] = {}
    for name, value in lines:
        found.setdefault(name, []).append(value)
    return found


def probes() -> Iterator[Named]:
    """Yield what a probe of each server found when the consoles were recorded."""
    for one in recordings("chromium"):
        yield Named(one.place, one.cause, (one.probed,))


def threads(*, unseen: bool = False) -> Iterator[Named]:
    """Yield the text of each public thread, or of each that is marked as unseen."""
    for one in json.loads(THREADS.read_text()):
        if "batch" not in one and (not unseen or one.get("unseen")):
            yield Named(one["thread"], one["cause"], short(why("\n".join(one["message"]))))


def later_threads(batch: str) -> Iterator[dict[str, Any]]:
    """Yield the threads of one search: ``later`` or set ``aside``, ``hard``, or one of the ``fair`` ones."""
    return (one for one in json.loads(THREADS.read_text()) if one.get("batch") == batch)


def rate(right: int, of: int) -> str:
    return f"{right} of {of} ({100 * right / of:.1f} %)"


def rates() -> dict[str, str]:
    """Return the figures by subject."""
    told = list(consoles())
    recorded, probed, pasted, unseen = list(hars()), list(probes()), list(threads()), list(threads(unseen=True))
    return {
        "why, a console": rate(sum(named.is_first or untold for named, untold in told), len(told)),
        "why, a console, first": rate(sum(named.is_first for named, _ in told), len(told)),
        "why, a HAR": rate(sum(named.is_first for named in recorded), len(recorded)),
        "probe": rate(sum(named.is_first for named in probed), len(probed)),
        "why, a public thread": rate(sum(named.is_printed for named in pasted), len(pasted)),
        "why, a public thread, first": rate(sum(named.is_first for named in pasted), len(pasted)),
        "why, an unseen thread": rate(sum(named.is_printed for named in unseen), len(unseen)),
    }


def main() -> None:
    """Print the figures."""
    for name, figure in rates().items():
        print(f"{name:30}{figure}")
    if "--wrong" in sys.argv:
        wrong = [named for named, untold in consoles() if not (named.is_first or untold)]
        wrong += [named for named in hars() if not named.is_first]
        wrong += [named for named in threads() if not named.is_printed]
        for named in wrong:
            print(f"{named.of}: {named.true}, named {', '.join(named.causes[:3]) or 'nothing'}")


if __name__ == "__main__":
    main()
