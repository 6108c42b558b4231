"""What holds for every fetch, whatever is asked and answered."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.fetching import (
    ACAC,
    ACAH,
    ACAM,
    ACAO,
    ACAPN,
    ACEH,
    AGE,
    ANY,
    API,
    APP,
    MINE,
    THIRD,
    XA,
    follow,
    ok,
    page,
    to,
)
from wsgicors import browser
from wsgicors.browser import (
    Request,
    Response,
    Stage,
    fetch,
    is_forbidden_header,
    is_safelisted_header,
    judge,
    preflight_request,
)
from wsgicors.browser._urls import parse_url

names = st.sampled_from(["Accept", "Authorization", "X-A", "x-b", "Content-Type", "Cookie", "*"])

requests = st.builds(
    Request,
    st.sampled_from([f"{API}/x", f"{APP}/x", "http://api.example:8000/"]),
    st.sampled_from([APP, "null", "http://app.example"]),
    st.sampled_from(["GET", "POST", "PUT", "patch", "*", "TRACE"]),
    st.lists(st.tuples(names, st.sampled_from(["1", "text/plain", "a/b"])), max_size=3),
    st.sampled_from(["omit", "same-origin", "include"]),
    st.booleans(),
    st.booleans(),
)

values = st.sampled_from(
    ["*", APP, "null", "true", "PUT", "patch, *", "x-a, X-B", "*, authorization", "5", "", ",", "/y", THIRD]
) | st.text(max_size=8)

response_headers = st.lists(
    st.tuples(st.sampled_from([ACAO, ACAC, ACAM, ACAH, ACEH, ACAPN, AGE, "Location", "X-A", "Set-Cookie"]), values),
    max_size=8,
)

responses = st.builds(Response, st.sampled_from([0, 200, 204, 302, 303, 307, 403, 500]), response_headers)


@given(requests, responses, responses)
def test_judge_and_fetch_agree_where_nothing_is_redirected(request_, preflight, response):
    left = iter([preflight, response] if preflight_request(request_) else [response])
    end = object()

    class RedirectedError(Exception):
        pass

    def send(sent):
        answer = next(left, end)
        if answer is end:
            raise RedirectedError
        return answer

    try:
        expected = fetch(request_, send)
    except RedirectedError:
        with pytest.raises(ValueError, match="no response to"):
            judge(request_, preflight, response)
    else:
        assert judge(request_, preflight, response) == expected


@given(requests, st.lists(responses, min_size=1, max_size=6))
def test_every_response_leads_to_a_sound_conclusion(request_, answers):
    supply = iter(answers)
    conclusion = fetch(request_, lambda sent: next(supply, answers[-1]))
    assert conclusion.allowed == (not conclusion.failures)
    for failed in conclusion.failures:  # the end of the fetch
        assert (failed.stage, failed.hop) == (conclusion.steps[-1].stage, conclusion.steps[-1].hop)
    assert len(conclusion.exchanges) <= 2 * 21
    assert conclusion.readable == tuple(sorted(set(conclusion.readable)))
    assert not {"set-cookie", "set-cookie2"} & set(conclusion.readable)
    for one in conclusion.steps:
        assert one.detail.isprintable()
        assert len(one.detail) < 2000
        assert (one.failure is not None) + (one.note is not None) <= 1
    for exchange in conclusion.exchanges:
        sent = exchange.request
        assert sent.credentials in {"omit", "include"}
        assert sent.credentials == "omit" or exchange.stage is Stage.ACTUAL
        assert sent.url == str(parse_url(sent.url))  # parsing it again gives the same URL
        if conclusion.tainting == "cors" and exchange is conclusion.exchanges[-1]:
            assert ("Origin", sent.origin) in sent.headers


@given(requests, response_headers)
def test_credentials_never_allow_more(request_, headers):
    preflight, response = Response(204, headers), Response(200, headers)

    def allowed(credentials):
        request = page(request_.method, request_.headers, credentials, request_.url, request_.origin)
        return judge(request, preflight, response).allowed

    if allowed("include"):
        assert allowed("omit")
        assert allowed("same-origin")


def test_details_are_escaped_and_bounded():
    hostile = "\x1b[31m\r\n\u202e" + "x" * 10_000
    for headers in (
        [(ACAO, hostile)],
        [ANY, (ACAM, hostile)],
        [ANY, (ACAM, "PUT"), (ACAH, hostile)],
        [ANY, (ACAM, ",".join(f"m{i}" for i in range(10_000)))],
        [MINE, (ACAC, hostile)],
        [ANY, (ACAM, "PUT"), (ACAH, "x-a"), (AGE, hostile)],
    ):
        conclusion = judge(page("PUT", XA, "include" if headers[0] == MINE else "omit"), ok(*headers), ok(ANY))
        for one in conclusion.steps:
            assert one.detail.isprintable()
            assert len(one.detail) < 1500
    failed = judge(page("PUT"), ok(ANY, (ACAM, ",".join(f"m{i}" for i in range(11)))), None).failed
    assert failed.detail.endswith("'m8', 'm9' and 1 more")
    failed = judge(page("PUT"), ok(ANY, (ACAM, ",".join(f"m{i}" for i in range(10)))), None).failed
    assert failed.detail.endswith("'m8', 'm9'")
    assert "x" * 101 not in follow(page(), ok((ACAO, "x" * 101))).failed.detail
    assert "'" + "x" * 100 + "'" in follow(page(), ok((ACAO, "x" * 100))).failed.detail


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    "unit",
    [
        *(",", " ", "a,", "a", "\\", "../", "a/../", "a:", "[", "0."),
        *(pytest.param(unit, marks=pytest.mark.slow) for unit in (", \t", '"', "a b ")),
    ],
)
def test_a_megabyte_is_read_in_linear_time(unit):
    """Quadratic work would not finish."""
    value = unit * (MEGABYTE // len(unit))
    for name in (ACAO, ACAM, ACAH, AGE):
        judge(page("PUT", XA), ok(ANY, (ACAM, "*"), (ACAH, "*"), (name, value)), ok(ANY))
    assert follow(page(), ok(ANY, (ACEH, value))).allowed
    fetch(page(), lambda sent: to(value, ANY) if sent.url == f"{API}/x" else ok(ANY))
    assert not is_forbidden_header("X-HTTP-Method", value)
    assert not is_safelisted_header("Content-Type", value)


def test_nothing_of_the_server_side_is_imported():
    modules: set[str] = set()
    for path in Path(browser.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    others = {name for name in modules if not name.startswith("wsgicors.browser.")}
    assert others == {
        "re", "collections.abc", "dataclasses", "enum", "typing", "ipaddress", "unicodedata", "urllib.parse", "idna",
    }  # fmt: skip
