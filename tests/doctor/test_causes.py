import re
import shlex

import pytest

from wsgicors.browser import Failure
from wsgicors.doctor import Cause
from wsgicors.doctor.catalogue.causes import CAUSES, EXAMPLES, ROOTS, STEPS, Place, Remedy

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


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_a_cause_is_whole(cause):
    assert cause.remedies
    assert cause.title
    assert not cause.title.endswith(".")
    for text in (cause.sentence, cause.why, cause.probe, *(remedy.text for remedy in cause.remedies)):
        assert text.endswith((".", "HAR.")), text
        assert "  " not in text
    assert len({(remedy.place, remedy.text) for remedy in cause.remedies}) == len(cause.remedies)


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_a_cause_is_filled_without_any_fact(cause):
    known = "{(" + "|".join(EXAMPLES) + ")}"
    assert not any(re.search(known, text) for text in texts(cause.filled({})))


@pytest.mark.parametrize("cause", ALL, ids=list(CAUSES))
def test_python_to_copy_is_python(cause):
    for remedy in cause.filled({}).remedies:
        python = remedy.place in {Place.FLASK, Place.DJANGO, Place.WSGI}
        if python and not remedy.code.startswith(("gunicorn", "Content-Security-Policy")):
            compile(remedy.code, cause.id, "exec")
        if remedy.code.startswith(("gunicorn", "python")):
            assert shlex.split(remedy.code)


def test_facts_take_the_place_of_examples():
    cause = CAUSES["origin-not-allowed"].filled({"origin": "https://a.example", "url": ""})
    assert "https://a.example" in cause.sentence
    assert EXAMPLES["url"] in cause.sentence
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
