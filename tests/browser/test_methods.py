"""https://fetch.spec.whatwg.org/#methods"""

import pytest

from tests.browser.fetching import follow, page
from wsgicors.browser import (
    Failure,
    Stage,
    is_forbidden_method,
    is_safelisted_method,
    normalize_method,
    preflight_request,
)


@pytest.mark.parametrize(
    ("method", "normal"),
    [
        ("delete", "DELETE"), ("Get", "GET"), ("hEAD", "HEAD"), ("options", "OPTIONS"), ("post", "POST"),
        ("put", "PUT"), ("GET", "GET"),
        # Unchanged by the standard:
        ("patch", "patch"), ("Patch", "Patch"), ("query", "query"), ("eGg", "eGg"), ("trace", "trace"),
        ("connect", "connect"), ("*", "*"), ("po\N{LATIN SMALL LETTER LONG S}t", "po\N{LATIN SMALL LETTER LONG S}t"),
    ],
)  # fmt: skip
def test_six_methods_are_upper_cased(method, normal):
    assert normalize_method(method) == normal


@pytest.mark.parametrize("method", ["CONNECT", "connect", "TRACE", "tRace", "TRACK", "track"])
def test_forbidden_methods(method):
    assert is_forbidden_method(method)
    assert not is_safelisted_method(method)
    assert preflight_request(page(method)) is None
    conclusion = follow(page(method))
    assert (conclusion.failed.stage, conclusion.failed.failure) == (Stage.REQUEST, Failure.FORBIDDEN_METHOD)
    assert conclusion.failed.names == (method,)


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "TRAC", "TRACES", "", "trac\N{KELVIN SIGN}"])
def test_other_methods_are_not_forbidden(method):
    assert not is_forbidden_method(method)


def test_safelisted_methods():
    methods = ("GET", "HEAD", "POST", "get", "PUT", "DELETE", "OPTIONS", "*")
    assert [one for one in methods if is_safelisted_method(one)] == ["GET", "HEAD", "POST"]  # fmt: skip
