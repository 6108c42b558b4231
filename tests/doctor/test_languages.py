"""Firefox's messages in other languages lead to the same causes and facts as its English ones.

The sentences are from its language packs (`tests.doctor.corpus.languages`).
"""

import json
from typing import Final

import pytest

from tests.doctor.corpus.languages import LANGUAGES, MESSAGES
from wsgicors.doctor import why
from wsgicors.doctor.catalogue._translated import translated
from wsgicors.doctor.why import Finding

SENTENCES: Final = json.loads(MESSAGES.read_text())

URL: Final = "https://api.example/items"
VALUES: Final = {
    "CORSDidNotSucceed2": (URL, "(null)"),
    "CORSMissingAllowOrigin2": (URL, "200"),
    "CORSPreflightDidNotSucceed3": (URL, "405"),
    "CORSAllowOriginNotMatchingOrigin": (URL, "https://www.example.com"),
    "CORSInvalidAllowMethod": (URL, "P(T"),
    "CORSInvalidAllowHeader": (URL, "X Y"),
    "CORSMissingAllowHeaderFromPreflight2": (URL, "x-id"),
    "CORSRequestNotHttp": ("ftp://api.example/items",),
    **dict.fromkeys(
        ("BlockMixedActiveContent", "BlockMixedDisplayContent", "LoadingMixedActiveContent2",
         "LoadingMixedDisplayContent2"),
        ("http://api.example/items",),
    ),
    "XFrameOptionsDeny": ("DENY", URL),
    "CSPGenericViolation": ("connect-src 'self'", URL, "connect-src"),
}  # fmt: skip
"""The values in a sentence; the URL alone in the others."""

BEFORE: Final = {"CSPGenericViolation": "Content-Security-Policy: "}
"""What the console puts in front of a sentence."""


def led_to(name: str, sentence: str) -> list[tuple[object, ...]]:
    text = BEFORE.get(name, "") + sentence
    for number, value in enumerate(VALUES.get(name, (URL,)), 1):
        text = text.replace(f"%{number}$S", value)
    return [told(finding) for finding in why(f"12:01:33 {text} app.js:12:3").findings]


def told(finding: Finding) -> tuple[object, ...]:
    causes = [(suspect.cause.id, suspect.certainty) for suspect in finding.suspects]
    return causes, finding.blocked, finding.failure, finding.facts


def test_the_sentences_are_those_of_every_language() -> None:
    assert SENTENCES.keys() == {"en-US", *LANGUAGES}
    assert {len(sentences) for sentences in SENTENCES.values()} == {len(SENTENCES["en-US"])}
    assert VALUES.keys() <= SENTENCES["en-US"].keys()


WRONG: Final = {("es-MX", "CORSMultipleAllowOriginNotAllowed")}
"""Translations that say something else: that the header is missing."""


@pytest.mark.parametrize(
    ("language", "name"),
    [(language, name) for name in SENTENCES["en-US"] for language in LANGUAGES if (language, name) not in WRONG],
)
def test_a_sentence_leads_where_its_english_leads(language: str, name: str) -> None:
    english = led_to(name, SENTENCES["en-US"][name])
    assert len(english) == 1
    assert led_to(name, SENTENCES[language][name]) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_directive_about_frames_is_one_of_frames(language: str) -> None:
    sentence = SENTENCES[language]["CSPGenericViolation"].replace("%3$S", "frame-ancestors")
    [(causes, _, _, _)] = led_to("CSPGenericViolation", sentence)
    assert causes == [("frame-options", "certain")]


@pytest.mark.parametrize(
    "text",
    [
        "X-Frame-Options steht auf 'DENY'",
        "X-Frame-Options: https://api.example/items",
        "Content-Security-Policy: etwas auf https://api.example/items",
        "Laden von gemischten aktiven Inhalten 'https://api.example/items' wurde blockiert.",
        "'http://api.example/items'",
    ],
)
def test_a_part_of_a_sentence_is_none(text: str) -> None:
    assert translated(text) is None


def test_a_policy_may_name_no_address() -> None:
    assert translated("Content-Security-Policy: etwas (script-src) 'self'") == (
        "firefox/content-security-policy", "content-security-policy", "", "script-src",
    )  # fmt: skip


def test_old_versions_say_without_a_status_that_the_header_is_missing() -> None:
    sentence = SENTENCES["de"]["CORSMissingAllowOrigin2"].partition(" Statuscode")[0]
    [finding] = why(sentence.replace("%1$S", "https://api.example/items")).findings
    suspects = {suspect.cause.id for suspect in finding.suspects}
    assert "cors-absent" in suspects
    assert "two-layers" not in suspects


def test_a_language_without_known_words_may_say_that_the_header_is_missing_or_doubled() -> None:
    [finding] = why("Blocat: https://api.example/items (Raó: CORS 'Access-Control-Allow-Origin' …).").findings
    assert {"two-layers", "cors-absent"} <= {suspect.cause.id for suspect in finding.suspects}
