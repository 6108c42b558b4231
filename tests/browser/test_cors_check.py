"""https://fetch.spec.whatwg.org/#concept-cors-check"""

import pytest

from tests.browser.fetching import ACAC, ACAM, ACAO, ANY, API, APP, MINE, THIRD, WITH, follow, page
from wsgicors.browser import Failure, Outcome, Response, Stage, judge

CORS_CHECK = [
    # (credentials mode, header lines, failure)
    ("same-origin", [ANY], None),
    ("omit", [ANY], None),
    ("same-origin", [(ACAO, " *\t")], None),
    ("same-origin", [MINE], None),
    ("same-origin", [("access-control-allow-origin", APP)], None),
    ("same-origin", [MINE, (ACAC, "false")], None),
    ("include", [MINE, WITH], None),
    ("include", [MINE, ("ACCESS-CONTROL-ALLOW-CREDENTIALS", " true ")], None),
    ("same-origin", [], Failure.ALLOW_ORIGIN_MISSING),
    ("include", [WITH], Failure.ALLOW_ORIGIN_MISSING),
    ("same-origin", [("Access-Control-Allow-Origins", "*")], Failure.ALLOW_ORIGIN_MISSING),
    ("include", [ANY, WITH], Failure.ALLOW_ORIGIN_WILDCARD),
    ("include", [ANY], Failure.ALLOW_ORIGIN_WILDCARD),
    ("same-origin", [ANY, ANY], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [MINE, MINE], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [MINE, (ACAO, "")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, ""), (ACAO, "")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, f"{APP}, *")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, f"{APP},{THIRD}")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, f"{APP} {THIRD}")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("include", [ANY, ANY, WITH], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, "")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, APP + "/")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, APP + "\0")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "app.example")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "https://*.example")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "HTTPS://APP.EXAMPLE")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "'*'")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "**")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "Null")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "true")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "null")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, APP + ":443")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "http://app.example")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "https://www.app.example")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "https://my_app.example")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "https://[::1]:8443")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("include", [(ACAO, API), WITH], Failure.ALLOW_ORIGIN_MISMATCH),
    ("include", [MINE], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "True")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "TRUE")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "1")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "false")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, WITH, WITH], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
]


@pytest.mark.parametrize(("credentials", "headers", "failure"), CORS_CHECK)
def test_cors_check_of_the_response(credentials, headers, failure):
    for status in (200, 204, 404, 500):  # any status will do
        conclusion = follow(page(credentials=credentials), Response(status, headers))
        assert conclusion.allowed is (failure is None)
        assert conclusion.status == (None if failure else status)
        assert conclusion.tainting == "cors"
        if failure:
            (failed,) = conclusion.failures
            assert (failed.stage, failed.hop, failed.failure, failed.outcome) == (
                Stage.ACTUAL,
                0,
                failure,
                Outcome.FAILED,
            )
            assert failed.section == "#concept-cors-check"
            assert conclusion.readable == ()


@pytest.mark.parametrize(("credentials", "headers", "failure"), CORS_CHECK)
def test_cors_check_of_the_preflight(credentials, headers, failure):
    request = page("PUT", credentials=credentials)
    preflight = Response(204, [*headers, (ACAM, "PUT")])
    conclusion = judge(request, preflight, Response(200, [MINE, WITH]))
    assert conclusion.allowed is (failure is None)
    assert conclusion.max_age == (None if failure else 5)
    if failure:
        (failed,) = conclusion.failures
        assert (failed.stage, failed.failure) == (Stage.PREFLIGHT, failure)
        assert len(conclusion.exchanges) == 1


@pytest.mark.parametrize(
    ("headers", "failure"),
    [
        ([ANY], None), ([(ACAO, "null")], None), ([], Failure.ALLOW_ORIGIN_MISSING),
        ([(ACAO, "NULL")], Failure.ALLOW_ORIGIN_INVALID),
        ([MINE], Failure.ALLOW_ORIGIN_MISMATCH), ([(ACAO, "null, null")], Failure.ALLOW_ORIGIN_MULTIPLE),
        ([(ACAO, '"null"')], Failure.ALLOW_ORIGIN_INVALID),
    ],
)  # fmt: skip
def test_cors_check_of_an_opaque_origin(headers, failure):
    failed = follow(page(origin="null"), Response(200, headers)).failed
    assert (failed and failed.failure) == failure
