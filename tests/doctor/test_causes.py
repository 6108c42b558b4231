import re
import shlex
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.wsgi import App, call
from wsgicors import CORS, CachedOrigins, Policy
from wsgicors.browser import Failure, Stage
from wsgicors.doctor import Cause
from wsgicors.doctor.catalogue import _causes
from wsgicors.doctor.catalogue._causes import CAUSES, PLACEHOLDERS, ROOTS, UNKNOWN
from wsgicors.doctor.catalogue._fetch_steps import STEPS
from wsgicors.doctor.catalogue._remedies import Place, Remedy
from wsgicors.doctor.diagnosis._ranking import rank
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.verdict import Refusal

ALL = list(CAUSES.values())


def texts(cause: Cause) -> list[str]:
    remedies = [text for remedy in cause.remedies for text in (remedy.text, remedy.code)]
    return [cause.title, cause.sentence, cause.why, cause.probe, *remedies]


def test_the_twelve_root_causes_are_there_and_each_has_causes():
    assert list(ROOTS) == list(range(1, 13))
    assert {cause.root for cause in ALL} == set(ROOTS)


def test_identifiers_are_unique_and_fit_for_anchors():
    assert [cause.id for cause in ALL] == list(CAUSES)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in CAUSES)


def test_no_module_s_causes_are_left_out_or_there_twice():
    names = {file.stem for file in Path(_causes.__file__).parent.glob("*.py")} - {"__init__"}
    modules = [import_module(f"{_causes.__name__}.{name}") for name in names]
    of_modules = [cause.id for module in modules for cause in getattr(module, "CAUSES", ())]
    assert sorted(of_modules) == sorted(CAUSES)


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_a_cause_is_whole(cause):
    assert cause.remedies
    assert cause.title
    assert not cause.title.endswith(".")
    for text in (cause.sentence, cause.why, cause.probe, *(remedy.text for remedy in cause.remedies)):
        assert text.endswith((".", "HAR.")), text
        assert "  " not in text
    assert len({(remedy.place, remedy.text) for remedy in cause.remedies}) == len(cause.remedies)


BRACES = re.compile("{(?:" + "|".join(UNKNOWN) + r")\b")


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_nothing_is_invented_where_nothing_is_known(cause):
    """The facts of the documentation's examples appear for no other request."""
    filled = cause.filled({})
    for before, after in zip(texts(cause), texts(filled), strict=True):
        assert not BRACES.search(after), after
        for fact, value in cause.example.items():
            told = f"{{{fact}" in before and len(value) > 3 and value not in {*UNKNOWN.values(), *PLACEHOLDERS.values()}
            assert not told or after.count(value) == before.count(value), after
    prose = [filled.title, filled.sentence, filled.why, *(remedy.text for remedy in filled.remedies)]
    for text in prose:
        assert not text.startswith(tuple(words for words in UNKNOWN.values() if words != "...")), text
        assert not re.search(r"\b(\w+) \1\b|the (?:the|a|another|this)\b", text), text


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_one_fact_alone_brings_no_other(cause):
    value = "https://only.example"
    for fact in UNKNOWN:
        filled = cause.filled({fact: value})
        for before, after in zip(texts(cause), texts(filled), strict=True):
            assert after.count(value) == len(re.findall(rf"{{{fact}(?:\||}})", before)), fact


ORIGIN, STATUS = Failure.ALLOW_ORIGIN_MISMATCH, Failure.STATUS_NOT_OK
FAILING = {
    **dict.fromkeys(["origin-scheme", "origin-port", "origin-www", "origin-loopback", "fixed-origin"], ORIGIN),
    **dict.fromkeys(
        ["origin-slash", "origin-case", "allow-origin-list", "allow-origin-malformed", "two-layers"], ORIGIN
    ),
    **dict.fromkeys(["preflight-authentication", "preflight-status", "preflight-error"], STATUS),
    **dict.fromkeys(
        [
            "authentication-without-headers",
            "not-found-without-headers",
            "app-error",
            "proxy-bad-gateway",
            "outside-static",
        ],
        Failure.ALLOW_ORIGIN_MISSING,
    ),
    **dict.fromkeys(["method-not-allowed", "method-case"], Failure.METHOD_NOT_ALLOWED),
    **dict.fromkeys(
        ["header-not-allowed", "header-of-responses", "wildcard-with-credentials"], Failure.HEADER_NOT_ALLOWED
    ),
    "mixed-content": Failure.NO_RESPONSE,
}
"""Causes that the facts of a failure decide."""


@pytest.mark.parametrize("cause", FAILING)
def test_an_example_is_true(cause):
    """The facts that the documentation shows for a cause lead to it."""
    failure = FAILING[cause]
    example = CAUSES[cause].example
    facts = Facts(
        url=example["url"],
        origin=example["origin"],
        method=example["method"],
        header=example["header"] if failure is Failure.HEADER_NOT_ALLOWED else "",
        value=example["value"]
        if "{value" in "".join(texts(CAUSES[cause])) or cause == "wildcard-with-credentials"
        else "",
        status=200 if cause == "outside-static" else int(example["status"]),
    )
    stage = Stage.PREFLIGHT if failure is STATUS else Stage.ACTUAL
    assert rank([failure], stage, facts)[0].id == cause


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_python_to_copy_is_python(cause):
    for remedy in cause.filled({}).remedies:
        python = remedy.place in {Place.FLASK, Place.DJANGO, Place.WSGI}
        if python and not remedy.code.startswith(("gunicorn", "Content-Security-Policy")):
            compile(remedy.code, cause.id, "exec")
        if remedy.code.startswith(("gunicorn", "python")):
            assert shlex.split(remedy.code)


def test_facts_stand_where_the_texts_name_them():
    cause = CAUSES["origin-not-allowed"].filled({"origin": "https://a.example", "url": ""})
    assert (
        cause.sentence == "The server answered this URL, but not with https://a.example in Access-Control-Allow-Origin."
    )
    assert Remedy(Place.FLASK, "List the exact origin.", 'CORS(app, origins=["https://a.example"])') in cause.remedies


def test_braces_of_code_are_left_alone():
    code = CAUSES["credentials-wildcard"].filled({}).remedies[-1].code
    assert code == 'fetch(url, { credentials: "omit" })'


def test_no_fact_is_read_as_a_place_for_another():
    assert "{url}" in CAUSES["header-not-allowed"].filled({"header": "{url}"}).title


def test_nothing_tells_to_install_from_an_index():
    assert not any("pip install" in text for cause in ALL for text in texts(cause))


def test_every_failure_is_a_step_of_the_standard():
    assert set(STEPS) == set(Failure)


def test_the_examples_of_this_library_s_own_refusals_are_refused_for_that_reason() -> None:
    """What the pages say about an origin or a path is true."""
    origin, url = CAUSES["insecure-origin"].example["origin"], CAUSES["ambiguous-path"].example["url"]
    trusting = Policy(allow_origins=CachedOrigins(bool), allow_credentials=True)
    assert trusting.actual(origin).refusal is Refusal.INSECURE_ORIGIN
    met: list[Refusal | None] = []
    rules = {"/": Policy(allow_origins="*"), "/admin": Policy(allow_origins=["https://a.example"])}
    app = CORS(App(), rules, on_refusal=lambda verdict, _: met.append(verdict.refusal))
    call(app, "GET", urlsplit(url).path, [("Origin", "https://a.example")])
    assert met == [Refusal.AMBIGUOUS_PATH]
