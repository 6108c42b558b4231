import pytest

from wsgicors.browser import Exchange, Failure, Request, Response, Stage, judge
from wsgicors.doctor.diagnosis._examination import Decision, Received, request_lines, response_lines
from wsgicors.doctor.diagnosis._examining import examine, unfinished
from wsgicors.doctor.diagnosis._ranking import Certainty, likely
from wsgicors.doctor.evidence._facts import resolved

PAGE = "https://www.example.com"
URL = "https://api.example/notes"


def test_the_decisions_are_the_command_s_exit_statuses():
    assert [decision.exit_status for decision in Decision] == [0, 1, 2]
    assert [str(decision) for decision in Decision] == ["allowed", "blocked", "unclear"]


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ([("Location", "/a?token=7")], [("Location", "/a?token=…")]),
        ([("Location", "https://u:p@b.example/?token=7#x")], [("Location", "https://b.example/?token=…")]),
        ([("Location", "//b.example/x")], [("Location", "…")]),
        ([("Location", "http://[::1")], [("Location", "…")]),
        ([("Location", "next?token=7")], [("Location", "…")]),
        ([("Set-Cookie", "sid=s3cret; Path=/; Secure")], [("Set-Cookie", "…; Path=/; Secure")]),
        ([("set-cookie", "sid=s3cret")], [("set-cookie", "…")]),
        ([("Authorization", "s3cret"), ("X-Token", "s3cret"), ("WWW-Authenticate", "s3cret")], []),
        ([("Access-Control-X\x1b", "\x1b[2J")], [("Access-Control-X\\x1b", "\\x1b[2J")]),
        ([("VARY", "Origin"), ("Server", "nginx"), ("Age", "7")],
         [("VARY", "Origin"), ("Server", "nginx"), ("Age", "7")]),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_response(headers, shown):
    assert response_lines(Response(200, headers)) == shown


def test_what_is_shown_of_a_request():
    sent = [("Origin", PAGE), ("Cookie", "s3cret"), ("X-Api-Key", "s3cret"), ("sec-fetch-site", "cross-site")]
    assert request_lines(sent) == [
        ("Origin", PAGE),
        ("Cookie", "…"),
        ("X-Api-Key", "…"),
        ("sec-fetch-site", "cross-site"),
    ]


def test_where_a_redirect_leads():
    assert resolved(URL, "/x") == "https://api.example/x"
    assert resolved(URL, "http://[") == ""
    assert resolved(URL, "") == ""


def test_a_secure_cookie_over_http_is_remarked():
    page = Request("http://api.example/", "http://www.example.com", credentials="include")
    cookie = ("Set-Cookie", "a=b; SameSite=None; Secure")
    found = examine(judge(page, None, Response(200, [cookie])))
    assert [remark.cause.id for remark in found.remarks if remark.cause] == ["cookie-not-secure"]
    local = Request("http://localhost:8000/", "http://www.example.com", credentials="include")
    assert examine(judge(local, None, Response(200, [cookie]))).remarks == ()


def test_a_redirected_preflight_counts_before_its_missing_header():
    found = examine(judge(Request(URL, PAGE, "PUT"), Response(301, [("Location", "/notes/")]), None))
    assert [step.failure for step in found.conclusion.failures] == [
        Failure.ALLOW_ORIGIN_MISSING,
        Failure.PREFLIGHT_REDIRECTED,
    ]
    assert found.failed
    assert found.failed.failure is Failure.PREFLIGHT_REDIRECTED
    assert found.suspects[0].cause.id == "preflight-redirect-slash"


def test_other_suspects():
    found = examine(judge(Request(URL, PAGE), None, Response(200)))
    other = found.with_suspects(likely("app-error"))
    assert [(item.cause.id, item.certainty) for item in other.suspects] == [("app-error", Certainty.LIKELY)]
    assert other.facts == found.facts


def test_an_exchange_that_did_not_take_place_is_left_out():
    ok = Response(204, [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT")])
    conclusion = judge(Request(URL, PAGE, "PUT"), ok, Response(0))
    found = unfinished(conclusion, [Received()], "Not sent.")
    assert (found.decision, found.detail, found.suspects) == (Decision.UNCLEAR, "Not sent.", ())
    assert [(exchange.stage, exchange.hop) for exchange in found.conclusion.exchanges] == [(Stage.PREFLIGHT, 0)]
    assert isinstance(found.conclusion.exchanges[0], Exchange)
    assert found.step == ""


def test_nothing_is_kept_of_a_preflight_that_fails():
    assert examine(judge(Request(URL, PAGE, "PUT"), Response(500), None)).kept == {}
