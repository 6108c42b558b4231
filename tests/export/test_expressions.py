"""Expressions are exported in the proof's form, which admits exactly what the core allows."""

import itertools
import re

import pytest

from tests import scope
from tests.export.questions import STRANGERS
from tests.export.worlds import WORLDS
from wsgicors import Policy
from wsgicors.export._expressions import NotClosed, closed
from wsgicors.export._form import form_of
from wsgicors.export._refusals import ExportError

EXPRESSIONS = (
    r"https://pr-\d+\.example\.com", r"https://([a-z0-9-]+\.)*example\.com", r"https://(?:.*\.)?example\.com",
    r"https://.*\.example\.com(:\d+)?", r"https?://localhost(:\d+)?", r"^https://[\w-]+\.example\.com$",
    r"https://[^.]+\.example\.(com|org)", r"http://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?",
    r"(?i)https://[A-Z]{2,3}\.example\.com", r"(^https://a\.example\.com$|https://(b|c)\.example\.com:\d{4})",
    r"https://a{2}b?c{1,}d{0,2}[.x]*\.example\.com", r"http://127\.\d+\.\d+\.\d+", r"https?://www\.example\.com",
    r"chrome-extension://[a-p]{8}", r"(?:^|^^)https://a\.example\.com(?:$)",
)  # fmt: skip
ORIGINS = (
    *scope.ORIGINS, *(one for one in STRANGERS if one), *(origin for world in WORLDS.values() for origin in world.good),
    "http://192.168.1.1:80", "http://192.168.1.1:8080", "http://192.168.1.256", "http://192.168.01.1", "http://127.0.0.1",
    "https://AB.example.com", "https://ab.example.com", "https://a.example.com", "https://b.example.com:8443", "https://evil.com:1.example.com",
    "https://aabcc.example.com", "https://aac.example.com", "https://aabcddd.example.com", "https://.example.com",
    "chrome-extension://abcdefgh", "http://localhost:3000", "https://a/b.example.com", "https://a\nb.example.com",
)  # fmt: skip


@pytest.mark.parametrize(("expression", "credentials"), [*itertools.product(EXPRESSIONS, (False, True))])
def test_an_export_admits_what_the_core_allows(expression: str, credentials: bool) -> None:
    allowed = ("insecure-origin",) if "http" in expression and "https://" not in expression else ()
    try:
        policy = Policy(
            allow_origins=[re.compile(expression)], allow_credentials=credentials, dangerously_allow=allowed
        )
    except ValueError:
        assert credentials
        return
    (grant,) = form_of(policy).rules[0].grants
    (family,) = grant.families
    assert not re.search(r"\(\?[^:]|\\[a-zA-Z0-9]", family.expression), "not in the syntax that all engines share"
    for origin in ORIGINS:
        admitted = all(re.fullmatch(part, origin) for part in family.parts)
        spelled = origin.rpartition(":")[2] in ("80", "443", "99999") or len(origin) > 261  # no browser sends these
        assert admitted == policy.actual(origin).allowed or spelled, origin
        assert bool(re.search(family.whole, origin)) == admitted


@pytest.mark.parametrize(
    "expression",
    [
        r"https://(?!evil)[a-z]+\.example\.com",
        r"https://[a-z]{1,1001}\.example\.com",
        r"https://a$b\.example\.com|https://b\.example\.com",
    ],
)
def test_what_not_every_engine_reads_alike_is_refused(expression: str) -> None:
    with pytest.raises(NotClosed):
        closed(re.compile(expression), secure=False)


def test_an_expression_that_is_not_proven_is_refused() -> None:
    with pytest.raises(NotClosed):
        closed(re.compile(r"https://(a)\1\.example\.com"), secure=False)
    with pytest.raises(NotClosed):
        closed(re.compile(r"http://www\.example\.com"), secure=True)
    with pytest.raises(ExportError, match="is not proven, or has look-around"):
        form_of(Policy(allow_origins=[re.compile(r"https://(?!evil)[a-z]+\.example\.com")]))
