"""A status in a sentence is that of the answer of which a message is about, and not that of another."""

from itertools import product
from typing import Final

import pytest

from tests.doctor.findings import only
from tests.doctor.wording_cases import MISSING, URL, chromium
from wsgicors.doctor.evidence._status_told import STATUS_TOLD, status_told

MESSAGE: Final = chromium(MISSING)

OF_OTHERS: Final = (
    "Status of our deploy: error {} in the map tiles", "The response had HTTP status code {} said the tutorial.",
    "Docs: the gateway returns {} when the key is missing.", "In Postman I get 200 but the health check gets a {}.",
    "Another endpoint returned {}.", "Yesterday the server answered with {}.", "It got a {} error last week.",
    "The readme says: status {} means that the key is missing", "The favicon gives {}.",
    "We see error {} for the favicon.", "But /health returns {}", "I get a {} error for /robots.txt",
    "The old server returned {}.", "It used to return {}.", "It doesn't return {}.",
    "It does not answer with error {}.", "It no longer gives status {}.", "Our crawler got {}, too.",
    "A colleague gets a {} error, in another office.", "The status page shows {}.",
    "The uptime monitoring reports status {}.", "According to the spec, status {} means that a login is needed.",
    "The other service failed with {}.", "The process exited with code {}.", "It should return {}.",
    "The unrelated request to the wiki gave {}.",
)  # fmt: skip
OF_THIS: Final = (
    "It returns {}.", "The server answers with {}.", "Status code: {}", "I get a {} error in the network panel.",
    "In the network view it displays a '{}' error", "The response had HTTP status code {}.",
    "For example it gives {}.", "The request fails with {} when I log in.",
    "Since yesterday it returns {}.", "Since the last deployment to Heroku the API returns {}.",
    "After the deploy it returns {}.",
    "since last week the API answers with {}.", "When I upload an image it fails with {}.",
    "The video upload gets a {} error", "Uploading images returns {}.",
    "In /var/log/nginx/error.log I see error {}.", "From Postman it returns {}.", "But /items returns {}",
)  # fmt: skip
STATUSES: Final = (401, 403, 404, 405, 500, 502, 503)


@pytest.mark.parametrize("line", OF_OTHERS)
def test_the_status_of_another_answer_says_nothing_of_this_one(line: str) -> None:
    for status, form in product(STATUSES, ("{message}\n{line}", "{line}\n{message}")):
        text = form.format(message=MESSAGE, line=line.format(status))
        assert only(text).facts.status is None
        assert only(text).suspects == only(MESSAGE).suspects


@pytest.mark.parametrize("line", OF_THIS)
def test_the_status_of_this_answer_is_one_of_its_facts(line: str) -> None:
    for status in STATUSES:
        facts = only(f"{MESSAGE}\n{line.format(status)}").facts
        assert (facts.url, facts.status) == (URL, status)


@pytest.mark.parametrize("line", ["exit code 404", "HTTP 443 is open", "404 items", "status 700"])
def test_what_is_no_status(line: str) -> None:
    assert status_told(line, STATUS_TOLD) is None


@pytest.mark.parametrize(
    "around", ["Server: my laptop\nAge: 31", "Age: 31\nServer: in the office", "Name: x\nAge: 31\nVia: a friend"]
)
def test_somebody_s_age_is_no_header(around: str) -> None:
    assert only(f"{MESSAGE}\n{around}").suspects == only(MESSAGE).suspects


@pytest.mark.parametrize(
    "around",
    [
        "HTTP/1.1 200 OK\nAge: 31",
        "Server: nginx/1.27\nAge: 31",
        "Age: 31\nX-Served-By: x",
        "Vary: Origin\nServer: x\nAge: 31",
    ],
)
def test_the_age_of_an_answer_is_one(around: str) -> None:
    assert only(f"{MESSAGE}\n{around}").suspects[0].cause.id == "cached-origin"
