"""Which recorded preflight, request and answer belong together, by their URL, their method and the time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence._facts import origin_of
from wsgicors.doctor.evidence._har_entries import Entry, by_time
from wsgicors.doctor.evidence._steps import speaks_of_origins

_NEIGHBOURS: Final = 50  # the most recorded messages of one URL that are compared by their time


class Tape:
    """The recorded messages, each of which is used once."""

    def __init__(self, entries: Iterable[Entry], speaker: Speaker | None) -> None:
        self._speaker = speaker
        self._answers: dict[str, list[Entry]] = {}
        self._preflights: dict[str, list[Entry]] = {}
        self._pairs: dict[int, Entry] = {}
        self._requests: dict[int, Entry] = {}
        self._played: set[int] = set()
        self.unpaired: list[Entry] = []
        """The preflights that belong to no recorded request."""
        in_time = sorted(entries, key=by_time)
        self._knowing = {origin_of(entry.url) for entry in in_time if speaks_of_origins(entry.response)}
        self._setting = [entry for entry in in_time if entry.sets_cookie]
        for entry in in_time:
            if not entry.is_preflight:
                self._answers.setdefault(entry.url, []).append(entry)
        for entry in in_time:
            if entry.is_preflight:
                self._preflights.setdefault(entry.url, []).append(entry)
                self._pair(entry)

    def named(self, entry: Entry) -> Entry:
        """Return a request with its preflight's origin if it has none itself."""
        preflight = self._pairs.get(entry.index)
        if preflight is None or "origin" in entry.sent or not preflight.origin:
            return entry
        return replace(entry, origin=preflight.origin, sent={**entry.sent, "origin": preflight.origin})

    def _pair(self, preflight: Entry) -> None:
        """Assign a preflight to the nearest recorded request for its method."""
        method = preflight.sent.get("access-control-request-method")
        near = [
            entry
            for entry in self._around(preflight)
            if entry.index not in self._pairs and method in {None, entry.method}
        ]
        best = min(near, key=lambda entry: self._distance(preflight, entry), default=None)
        if best:
            self._pairs[best.index] = preflight
            self._requests[preflight.index] = best
        else:
            self.unpaired.append(preflight)

    def _distance(self, preflight: Entry, entry: Entry) -> tuple[bool, float, int]:
        """Return how far a request is from a preflight: Chromium starts the request first, Firefox the preflight."""
        later = by_time(entry) > by_time(preflight)
        wrong = later if self._speaker is Speaker.CHROMIUM else not later and self._speaker is Speaker.FIREFOX
        return wrong, abs(entry.time - preflight.time), abs(entry.index - preflight.index)

    def _around(self, entry: Entry) -> list[Entry]:
        """Return the answers for the same URL that were recorded directly before and after `entry`."""
        answers = self._answers.get(entry.url, [])
        at = bisect_left(answers, by_time(entry), key=by_time)
        return answers[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]

    def play(self, entry: Entry) -> bool:
        """Whether `entry` was unused; mark it as used."""
        unused = entry.index not in self._played
        self._played.add(entry.index)
        return unused

    def knows_cors(self, url: str) -> bool:
        """Whether any recorded answer of the same server has a CORS header, or depends on the origin."""
        return origin_of(url) in self._knowing

    def preflight(self, entry: Entry) -> Entry | None:
        """Return the preflight of the request `entry`."""
        return self._pairs.get(entry.index)

    def later_preflight(self, url: str, after: Entry) -> Entry | None:
        """Return the first unused preflight for `url` after `after`; its request counts as used too."""
        preflights = self._preflights.get(url, [])
        at = bisect_right(preflights, by_time(after), key=by_time)
        return next((entry for entry in preflights[at : at + _NEIGHBOURS] if self.play(entry)), None)

    def request_of(self, preflight: Entry) -> Entry | None:
        """Return the request of a preflight."""
        return self._requests.get(preflight.index)

    def kept(self, entry: Entry) -> bool:
        """Whether an answer is an earlier one for the same URL, given to another origin or to none."""
        date = entry.response.get("date")
        earlier = (one for one in self._answers.get(entry.url, [])[:_NEIGHBOURS] if one.time < entry.time - 1)
        return date is not None and any(
            one.response.get("date") == date and one.sent.get("origin") != entry.sent.get("origin") for one in earlier
        )

    def withheld_cookie(self, entry: Entry) -> bool:
        """Whether the same server has set a cookie that this request lacks."""
        server = origin_of(entry.url)
        set_before = any(one.time < entry.time and origin_of(one.url) == server for one in self._setting)
        return set_before and not entry.with_cookies

    def answer(self, method: str, url: str, after: Entry) -> Entry | None:
        """Return the first unused answer to `method` on `url` after `after`."""
        answers = self._answers.get(url, [])
        at = bisect_right(answers, by_time(after), key=by_time)
        return next(
            (entry for entry in answers[at : at + _NEIGHBOURS] if entry.method == method and self.play(entry)), None
        )
