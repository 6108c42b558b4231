"""Firefox's messages in other languages lead to the same causes and facts as its English ones.

The sentences are from its language packs (`tests.doctor.corpus.languages`).
"""

import json
from typing import Final

import pytest

from tests.doctor.corpus.languages import LANGUAGES, MESSAGES
from wsgicors.doctor import why
from wsgicors.doctor.why import Finding

SENTENCES: Final = json.loads(MESSAGES.read_text())

SECOND: Final = {
    "CORSDidNotSucceed2": "(null)",
    "CORSMissingAllowOrigin2": "200",
    "CORSPreflightDidNotSucceed3": "405",
    "CORSAllowOriginNotMatchingOrigin": "https://www.example.com",
    "CORSInvalidAllowMethod": "P(T",
    "CORSInvalidAllowHeader": "X Y",
    "CORSMissingAllowHeaderFromPreflight2": "x-id",
}
"""The other values in a sentence, besides the URL."""

URLS: Final = {"CORSRequestNotHttp": "ftp://api.example/items"}


def led_to(name: str, sentence: str) -> list[tuple[object, ...]]:
    text = sentence.replace("%1$S", URLS.get(name, "https://api.example/items")).replace("%2$S", SECOND.get(name, ""))
    return [told(finding) for finding in why(f"12:01:33 {text} app.js:12:3").findings]


def told(finding: Finding) -> tuple[object, ...]:
    causes = [(suspect.cause.id, suspect.certainty) for suspect in finding.suspects]
    return causes, finding.blocked, finding.failure, finding.facts


def test_the_sentences_are_those_of_every_language() -> None:
    assert SENTENCES.keys() == {"en-US", *LANGUAGES}
    assert {len(sentences) for sentences in SENTENCES.values()} == {len(SENTENCES["en-US"])}
    assert SECOND.keys() | URLS.keys() <= SENTENCES["en-US"].keys()


@pytest.mark.parametrize("name", SENTENCES["en-US"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_leads_where_its_english_leads(language: str, name: str) -> None:
    english = led_to(name, SENTENCES["en-US"][name])
    assert len(english) == 1
    assert led_to(name, SENTENCES[language][name]) == english


def test_old_versions_say_without_a_status_that_the_header_is_missing() -> None:
    sentence = SENTENCES["de"]["CORSMissingAllowOrigin2"].partition(" Statuscode")[0]
    [finding] = why(sentence.replace("%1$S", "https://api.example/items")).findings
    suspects = {suspect.cause.id for suspect in finding.suspects}
    assert "cors-absent" in suspects
    assert "two-layers" not in suspects


def test_a_language_without_known_words_may_say_that_the_header_is_missing_or_doubled() -> None:
    [finding] = why("Cross-Origin https://api.example/items (CORS: 'Access-Control-Allow-Origin' …).").findings
    assert {"two-layers", "cors-absent"} <= {suspect.cause.id for suspect in finding.suspects}
