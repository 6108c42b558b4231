"""Pasted forms of the recorded consoles: unchanged, as DevTools copies them, among noise, and translated."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.doctor.corpus.flows import Flow, flows
from tests.doctor.corpus.languages import MEASURED, MESSAGES
from tests.doctor.corpus.panels import Exchange

MET: Final = Path(__file__).with_name("met.json")

NOISE: Final = (
    "[vite] connecting...",
    "Download the React DevTools for a better development experience: https://react.dev/link/react-devtools",
    "DevTools failed to load source map: Could not load content for webpack://app/node_modules/x.js.map",
    "[HMR] Waiting for update signal from WDS...",
    "Warning: componentWillMount has been renamed, and is not recommended for use.",
    "Angular is running in development mode.",
)
"""Other lines that consoles show."""


class Text(NamedTuple):
    """One paste: how it was made, its engine, and the causes of its requests, in order."""

    of: str
    engine: str
    causes: tuple[str, ...]
    text: str


def met() -> list[dict[str, Any]]:
    """Return the recordings with a console message about a failure."""
    found: list[dict[str, Any]] = json.loads(MET.read_text())
    told = {"header-not-exposed", "forbidden-request-header"}  # the request itself went well
    return [one for one in found if one["console"] and (one["said"] != "loaded" or one["cause"] in told)]


def consoles() -> Iterator[Text]:
    """Yield each console unchanged."""
    for one in met():
        yield Text(one["flow"], one["engine"], (one["cause"],), "\n".join(one["console"]))


def _devtools(one: Mapping[str, Any], flow: Flow) -> list[str]:
    """The lines as DevTools shows and copies them: with the method, the URL, and the actual response's status."""
    actual = [wire for wire in map(Exchange, one["wires"]) if not wire.is_preflight]
    status = f" {actual[-1].status} ({HTTPStatus(actual[-1].status).phrase})" if actual and actual[-1].status else ""
    lines: list[str] = []
    for line in one["console"]:
        if line.startswith("Failed to load resource: net::"):
            error = line.removeprefix("Failed to load resource: ")
            lines.append(f"reports.ts:41  {flow.ask.method} {one['url']} {error}{status}")
        else:
            lines.append(line)
    return lines


def devtools() -> Iterator[Text]:
    """Yield Chromium's consoles of fetch and XMLHttpRequest as DevTools copies them, with noise around."""
    by_id = {flow.id: flow for flow in flows()}
    for number, one in enumerate(met()):
        flow = by_id[one["flow"]]
        if one["engine"] != "chromium" or flow.ask.by not in {"fetch", "xhr"}:
            continue
        noise = NOISE[number % len(NOISE)], NOISE[(number + 2) % len(NOISE)]
        lines = [noise[0], *_devtools(one, flow), "    at load (reports.ts:41:18)", "    at async App.tsx:12", noise[1]]
        yield Text(f"{one['flow']} (DevTools)", "chromium", (one["cause"],), "\n".join(lines))


def together() -> Iterator[Text]:
    """Yield several requests of one engine in one paste, with noise between."""
    for engine in ("chromium", "firefox", "webkit"):
        some = [one for one in met() if one["engine"] == engine and _names_its_url(one)]
        for at in range(0, len(some) - 2, 3):
            lines = [line for one in some[at : at + 3] for line in (*one["console"], NOISE[at % len(NOISE)])]
            names = " + ".join(one["flow"] for one in some[at : at + 3])
            yield Text(names, engine, tuple(one["cause"] for one in some[at : at + 3]), "\n".join(lines))


def _names_its_url(one: Mapping[str, Any]) -> bool:
    return sum(one["url"] in line for line in one["console"]) == 1


def translated() -> Iterator[Text]:
    """Yield Firefox's consoles in other languages, with the sentences of its language packs."""
    languages: dict[str, dict[str, str]] = json.loads(MESSAGES.read_text())
    english = {name: _pattern(text) for name, text in languages["en-US"].items() if name.startswith("CORS")}
    for number, one in enumerate(one for one in met() if one["engine"] == "firefox"):
        language = sorted(MEASURED)[number % len(MEASURED)]
        lines = [_in(languages[language], english, line) for line in one["console"]]
        if lines != one["console"]:
            yield Text(f"{one['flow']} ({language})", "firefox", (one["cause"],), "\n".join(lines))


_SLOT: Final = re.compile(r"%(?:(\d)\$)?S")


def _pattern(text: str) -> re.Pattern[str]:
    parts = _SLOT.split(text)
    texts, numbers = parts[::2], parts[1::2]
    slots = [f"(?P<s{number or index + 1}>.*?)" for index, number in enumerate(numbers)]
    joined = "".join(re.escape(part) + (slots[index] if index < len(slots) else "") for index, part in enumerate(texts))
    return re.compile(f"{joined}\\Z")


def _in(language: Mapping[str, str], english: Mapping[str, re.Pattern[str]], line: str) -> str:
    for name, pattern in english.items():
        if (match := pattern.match(line)) and name in language:
            return _in_slots(language[name], match.groupdict())
    return line


def _in_slots(text: str, values: Mapping[str, str]) -> str:
    count = iter(range(1, 9))
    return _SLOT.sub(lambda slot: values.get(f"s{slot[1] or next(count)}", ""), text)


def every() -> Sequence[Text]:
    """Return every text."""
    return [*consoles(), *devtools(), *together(), *translated()]
