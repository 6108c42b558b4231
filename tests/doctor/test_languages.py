"""Firefox's messages in other languages lead to the same causes and facts as its English ones.

The sentences are from its language packs (`tests.doctor.corpus.languages`).
"""

import json
from typing import Final

import pytest

from tests.doctor.corpus.languages import LANGUAGES, MESSAGES
from wsgicors.browser import Failure
from wsgicors.doctor import why
from wsgicors.doctor.catalogue._translated import translated
from wsgicors.doctor.evidence._console import read_console
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


OPENINGS: Final = [
    "I'm using {}", "Cross-origin calls to {} fail although", "{} is the page.", "* Fix {}", "We call {}",
    "Note: see {}", "INFO:     {} -", "Starting server on {} with", "## 2.3.1: {}", "Blocked again: {}",
    "docker run -p 8080:80 img  # {}", "Warning: {}", "A cross-origin request to {}",
]  # fmt: skip
REMARKS: Final = [
    "(the 'cors' middleware)", "(CORS is enabled on the server: 'origin' is '*')", "(CORS headers missing on 'PUT')",
    "(via CORS proxy 'corsproxy.io') returned: 200", "CORS preflight ok: 200", "(needs CORS): 404",
    "Access-Control-Allow-Origin, pool size: 100", "(about CORS headers like 'Access-Control-Allow-Methods')",
    "(with CORS and http headers)", "(Access-Control-Allow-Origin is set to 'https://a.example')",
    "(cors: 'Access-Control-Allow-Headers' now 'x-foo')", "(cors proxy)", "cors: enabled, max age: 600",
]  # fmt: skip


def test_no_line_of_prose_with_an_address_and_cors_is_a_message() -> None:
    texts = [
        f"{opening.format(address)} {remark}"
        for opening in OPENINGS
        for remark in REMARKS
        for address in ("https://github.com/expressjs/cors", "http://localhost:8080")
    ]
    found = {text: [message.wording for message in read_console(text).messages] for text in texts}
    assert {text: wordings for text, wordings in found.items() if "firefox/translated" in wordings} == {}


GERMAN: Final = (
    "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen "
    f"Ressource auf {URL}. (Grund: "
)


@pytest.mark.parametrize(
    ("reason", "failure", "status"),
    [
        ("CORS-Anfrage schlug fehl). Statuscode: (null). NetworkError bei 'fetch'", Failure.NO_RESPONSE, None),
        ("CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 403. Siehe 'https://docs.example/x'",
         Failure.ALLOW_ORIGIN_MISSING, 403),
        ("CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). In 'app.js' steht: 404", Failure.ALLOW_ORIGIN_MISSING,
         None),
        ("CORS-Kopfzeile 'Access-Control-Allow-Origin' stimmt nicht mit '' überein).", Failure.ALLOW_ORIGIN_MISMATCH,
         None),
    ],
)  # fmt: skip
def test_what_stands_behind_a_sentence_is_not_of_it(reason: str, failure: Failure, status: int | None) -> None:
    [message] = read_console(GERMAN + reason).messages
    assert (message.failures, message.facts.status, message.facts.value) == ((failure,), status, "")


def test_an_empty_header_is_known_as_a_whole() -> None:
    [message] = read_console(f"{GERMAN}CORS-Kopfzeile 'Access-Control-Allow-Origin' entspricht nicht '').").messages
    assert message.facts.is_whole


@pytest.mark.parametrize(
    "text",
    [
        "Ungültige X-Frame-Options-Kopfzeile beim Laden von 'https://a.example/f': 'sameorigin' ist keine Direktive.",
        "The response has X-Frame-Options set to 'DENY' for 'https://a.example/'. That's wanted.",
        "Set X-Frame-Options to 'SAMEORIGIN' (docs: 'https://docs.example/frames')",
        "Le contenu mixte, voir 'http://docs.example/contenu'",
        "Content-Security-Policy: default-src 'self'; img-src * (img-src)",
    ],
)
def test_what_is_said_of_a_policy_is_no_sentence_of_firefox(text: str) -> None:
    assert translated(text) is None
