"""Judge a HAR 1.2 file, as exported by the network panels of Chromium, Firefox and Safari, exchange by exchange.

Each recorded request of a page to another origin is judged by `wsgicors.browser` with the recorded answers: the failing
step is the standard's. The panels differ:

- Chromium writes a preflight as an entry of its own (``_resourceType: preflight``), often after its request, and
  marks blocked requests with ``_error: net::ERR_FAILED``, whatever the status;
- Firefox writes the preflight as an OPTIONS entry before its request, marks nothing, and gives a blocked request
  status 0 and no headers;
- Safari leaves out preflights, and marks blocked requests with an ``_error`` in words.

Cookies, tokens and bodies are ignored, except for the sentence with which a CORS layer refuses: only names, statuses
and CORS headers leave this module.

>>> capture = '''{"log": {"creator": {"name": "WebInspector"}, "entries": [{
...     "request": {"method": "GET", "url": "https://api.example/a", "headers": [
...         {"name": "origin", "value": "https://app.example"}, {"name": "Cookie", "value": "sid=secret"}]},
...     "response": {"status": 500, "headers": [], "_error": "net::ERR_FAILED"}}]}}'''
>>> [(blocked.failures[0].value, blocked.facts.status) for blocked in read_har(capture).blocked]
[('allow-origin-missing', 500)]
"""

from dataclasses import dataclass

from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence._har_entries import by_time, read_log
from wsgicors.doctor.evidence._har_exchange import Blocked, Exchange
from wsgicors.doctor.evidence._har_tape import Tape


@dataclass(frozen=True, slots=True)
class Capture:
    """The content of a file.

    Attributes:
        speaker: The browser that wrote it, if it says so.
        exchanges: The number of requests to other origins.
        blocked: The blocked requests, in the file's order; then those that were allowed, but went wrong.
        cut: Whether it has too many entries to be read completely.
    """

    speaker: Speaker | None
    exchanges: int
    blocked: tuple[Blocked, ...]
    cut: bool


def read_har(data: str | bytes) -> Capture:
    """Return the exchanges between origins in the HAR `data`.

    Raises:
        HarError: It is larger than `LONGEST_FILE`, or not a HAR.
    """
    entries, speaker, cut = read_log(data)
    tape = Tape(entries, speaker)
    asking = [entry for entry in sorted(map(tape.named, entries), key=by_time) if entry.asks_another_origin]
    judged = [Exchange(entry, tape, speaker).judged() for entry in asking if tape.play(entry)]
    judged += [Exchange(entry, tape, speaker).judged() for entry in tape.unpaired if tape.play(entry)]
    blocked = sorted((item for item in judged if item), key=lambda item: (item.allowed, item.entry))
    return Capture(speaker, len(judged), tuple(blocked), cut)
