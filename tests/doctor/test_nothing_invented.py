"""Every fact in a diagnosis is in its input, for every recording.

Each host, status, method or header name in a diagnosis is in the input, belongs to the cause's general words, or is
marked as an example.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.browsers.departures import CHROMIUM, FIREFOX, WEBKIT
from tests.browsers.recording import recorded
from tests.doctor.corpus import panels, texts
from tests.doctor.corpus.__main__ import THREADS, archive, recordings
from tests.doctor.corpus.flows import flows
from wsgicors._http import CORS_RESPONSE_HEADERS
from wsgicors.doctor import Cause, why
from wsgicors.doctor.catalogue._causes import CAUSES, PLACEHOLDERS
from wsgicors.doctor.evidence._facts import ELLIPSIS
from wsgicors.doctor.why import Diagnosis, Finding

pytestmark = pytest.mark.slow

FACTS: Final = (
    re.compile(r"[a-z][a-z0-9+.-]*://[^\s/'\"`,;)\]\\]*[^\s/'\"`,;)\]\\.:]"),
    re.compile(r"(?<![\w.:/-])[1-5]\d\d(?![\w/-]|\.\d)"),
    re.compile(r"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|TRACE|CONNECT)\b"),
    re.compile(r"\b(?:[A-Z][A-Za-z]*-)+[A-Z][A-Za-z]*\b"),
)
"""Hosts, statuses, methods, header names."""

GENERAL: Final = {
    *CORS_RESPONSE_HEADERS, "access-control-request-method", "access-control-request-headers",
    "200", "299",  # "a status from 200 to 299"
}  # fmt: skip
"""Facts in the standard's own steps."""

_SECRETS: Final = re.compile(r"(?<=://)[^\s/@]+@")
_HOST: Final = re.compile(r"(?m)^(?:> )?host(?::|\t| {2}) *(\S+)$")
_PLACEHOLDER: Final = re.compile(r"(?<=://)[<\[{]([\w .-]+)[>\]}]")
_COMMAND: Final = re.compile(r"\bcurl -|\bcurl http")
_OF_CURL: Final = re.compile(r"\bcurl ([^\n]+)")
_SLOT: Final = re.compile(r"\{[a-z_]+(?:\|[^{}]*)?\}")


def of(cause: Cause) -> str:
    """The text of a cause, including all that can be pasted."""
    remedies = (text for remedy in cause.remedies for text in (remedy.text, remedy.code))
    return "\n".join([cause.title, cause.sentence, cause.why, *remedies])


OWN: Final = {name: _SLOT.sub("", of(cause)).lower() for name, cause in CAUSES.items()}
"""The general words of each cause, without the values put into them."""

EXAMPLES: Final = " ".join(PLACEHOLDERS.values()).lower()


def invented(finding: Finding, given: str) -> list[str]:
    """Facts of a finding that are neither in the input nor in the causes' general words."""
    found: list[str] = []
    for suspect in finding.suspects:
        known = f"{given}\n{OWN[suspect.cause.id]}\n{EXAMPLES}"
        found += [f"{suspect.cause.id}: {fact}" for fact in facts(of(suspect.cause)) if fact.lower() not in known]
    asked = finding.probe.replace(" --header Content-Type", "")  # any header makes a preflight
    said = [fact for fact in facts(f"{finding.detail}\n{asked}") if fact.lower() not in GENERAL]
    return found + [f"finding: {fact}" for fact in said if fact.lower() not in given]


def facts(text: str) -> Iterator[str]:
    for pattern in FACTS:
        yield from (fact.rstrip(ELLIPSIS) for fact in pattern.findall(text))


def check(found: Diagnosis, given: str) -> None:
    without_secrets = _SECRETS.sub("", given).lower()
    # A raw request has no scheme: it is read as one over TLS, without which no browser speaks HTTP/2.
    without_secrets += "".join(f"\nhttps://{host}" for host in _HOST.findall(without_secrets))
    # What stands for a host, as in https://<your host>/, has no blanks in a URL.
    without_secrets += "\n" + _PLACEHOLDER.sub(lambda host: "-".join(host[1].split()), without_secrets)
    without_secrets += "\nget" if _COMMAND.search(without_secrets) else ""  # its method unless it names another
    # curl takes an address without a scheme for one of http.
    words = " ".join(_OF_CURL.findall(without_secrets)).split()
    without_secrets += "".join(f"\nhttp://{word}" for word in words if "://" not in word)
    wrong = [fact for finding in found.findings for fact in invented(finding, without_secrets)]
    assert not wrong, given[:2000]


def test_texts() -> None:
    for text in texts.every():
        check(why(text.text), text.text)


def test_hars() -> None:
    by_id = {flow.id: flow for flow in flows()}
    for one in texts.met():
        if panels.is_recorded(one, by_id[one["flow"]]):
            text = panels.har(one, by_id[one["flow"]])
            check(why(har=text), text)
    for recording in recordings():
        text = archive(recording)
        check(why(har=text), text)


def test_threads() -> None:
    for one in json.loads(Path(THREADS).read_text()):
        text = "\n".join(one["message"])
        check(why(text), text)


@pytest.mark.parametrize("engine", [CHROMIUM, FIREFOX, WEBKIT])
def test_the_matrix(engine: str) -> None:
    for console in recorded(engine).consoles.values():
        check(why("\n".join(console)), "\n".join(console))


MESSAGE: Final = (
    "Access to fetch at 'https://api.example/v1/items' from origin 'https://app.example' has been blocked by CORS "
    "policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' "
    "header is present on the requested resource."
)


def mangled() -> Iterator[str]:
    """Yield a message as forums, mails and writers change it: cut, in parentheses, or in part a link."""
    words = MESSAGE.split(" ")
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            before, part, after = (" ".join(some) for some in (words[:start], words[start:end], words[end:]))
            yield f"{before} {after}"
            yield f"{before} … {after}"
            yield f"{before} ({part}) {after}"
            yield f"{before} [{part}]({part.replace(' ', '%20')}) {after}"
            yield f"{before} [{part[:-1]}](https://api.example/v1/items'%20from%20origin%20){part[-1]} {after}"


def test_no_value_of_a_header_is_read_from_a_message_without_one() -> None:
    given = {text: [finding.facts.value for finding in why(text).findings] for text in mangled()}
    assert len(given) > 2000
    assert {text: values for text, values in given.items() if any(values)} == {}


def test_the_law_can_fail() -> None:
    [named] = why("Access to fetch at 'https://api.example/a' from origin 'https://a.example' has been blocked by CORS "
                  "policy: No 'Access-Control-Allow-Origin' header is present.").findings  # fmt: skip
    assert [fact for fact in invented(named, "no such host") if "https://api.example" in fact]
