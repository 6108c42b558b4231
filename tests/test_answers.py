import pytest

from wsgicors import Policy
from wsgicors._answers import STATUS_LINES, Answer, answer, text_body
from wsgicors._http import CORS_RESPONSE_HEADERS

A, B = "https://a.example", "https://b.example"
POLICY = Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["X-A"], max_age=600)
VARY = ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
NOSNIFF = ("X-Content-Type-Options", "nosniff")
TEXT = ("Content-Type", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("status", "line"),
    [(204, "204 No Content"), (403, "403 Forbidden"), (200, "200 OK"), (201, "201 OK"), (299, "299 OK")],
)
def test_a_status_line(status: int, line: str) -> None:
    assert STATUS_LINES[status] == line


def test_an_allowed_preflight_is_answered_without_a_body() -> None:
    verdict = POLICY.preflight(A, "PUT", "x-a")
    assert answer(verdict) == answer(verdict, "") == Answer(204, (*verdict.headers, VARY), b"")


@pytest.mark.parametrize("status", [200, 201, 205, 299])
def test_another_status_has_a_length_of_none(status: int) -> None:
    verdict = Policy(allow_origins=[A], preflight_status=status).preflight(A, "GET")
    whole = answer(verdict)
    assert (whole.status, whole.body) == (status, b"")
    assert [header for header in whole.headers if header[0].startswith("Content-")] == [TEXT, ("Content-Length", "0")]


# The request, the sentence, the nearest allowed value, and the headers of the passed checks.
PASSED = [
    ("Access-Control-Allow-Origin", A),
    ("Access-Control-Allow-Methods", "PUT"),
    ("Access-Control-Allow-Headers", "X-A"),
    ("Access-Control-Max-Age", "600"),
]
REFUSED: list[tuple[tuple[str, ...], str, int]] = [
    ((B, "PUT"), "The origin 'https://b.example' is not allowed here.", 0),
    (("null", "PUT"), "The null origin is not allowed here.", 0),
    (("\xe9", "PUT"), r"The Origin header '\xe9' is not an origin.", 0),
    ((A, "PATCH"), "The method 'PATCH' is not allowed here.", 4),
    ((A, "PUT,GET"), "Access-Control-Request-Method 'PUT,GET' is not a method.", 1),
    ((A, "PUT", "x-b"), "These request headers are not allowed here: 'x-b'.", 4),
    ((A, "PUT", "x\r\nb"), r"Access-Control-Request-Headers holds names that are not field names: 'x\r\nb'.", 1),
]


@pytest.mark.parametrize(("asked", "sentence", "passed"), REFUSED)
def test_a_refused_preflight_is_answered_with_its_sentence_or_as_a_granted_one(
    asked: tuple[str, ...], sentence: str, passed: int
) -> None:
    whole = answer(POLICY.preflight(*asked))
    if passed == len(PASSED):
        assert whole == Answer(204, (*PASSED, VARY), b"")
        return
    body = f"{sentence}\n".encode()
    assert whole.status == 403
    assert whole.body == body
    assert sorted(whole.headers) == sorted([VARY, TEXT, NOSNIFF, ("Content-Length", str(len(body)))])
    for allowed in (A, "PUT", "X-A", "600"):
        assert allowed.encode() not in whole.body or any(allowed in part for part in asked)


@pytest.mark.parametrize(("asked", "sentence", "passed"), REFUSED)
@pytest.mark.parametrize("nearest", ["", "https://nearest.example"])
def test_in_debug_mode_the_remedy_and_what_passed_are_told(
    asked: tuple[str, ...], sentence: str, passed: int, nearest: str
) -> None:
    verdict = POLICY.preflight(*asked)
    whole = answer(verdict, nearest)
    lines = [
        sentence,
        verdict.remedy,
        *(["The nearest that is allowed: 'https://nearest.example'."] if nearest else []),
    ]
    assert whole.body.decode("ascii").splitlines() == lines
    assert ("Content-Length", str(len(whole.body))) in whole.headers
    # browsers name what is missing only if the status is a success
    assert whole.status == (200 if passed else 403)
    assert [header for header in whole.headers if header[0].lower() in CORS_RESPONSE_HEADERS] == PASSED[:passed]
    assert [header for header in whole.headers if header[0] in ("Vary", "Content-Type", NOSNIFF[0])] == [
        VARY,
        TEXT,
        NOSNIFF,
    ]


@pytest.mark.parametrize("nearest", [None, ""])
def test_a_forbidden_request_is_answered_with_403(nearest: str | None) -> None:
    verdict = Policy(allow_origins=[A], refuse="forbid").actual(B)
    whole = answer(verdict, nearest)
    assert whole.status == 403
    assert whole.body.startswith(b"The origin 'https://b.example' is not allowed here.\n")
    assert (b"Add it to allow_origins" in whole.body) is (nearest is not None)
    assert ("Vary", "Origin, Sec-Fetch-Site") in whole.headers
    assert not [name for name, _ in whole.headers if name.lower() in CORS_RESPONSE_HEADERS]


def test_a_nearest_value_cannot_break_out() -> None:
    whole = answer(POLICY.preflight(B, "PUT"), "a\r\n<b>\xe9")
    assert whole.body.endswith(b"The nearest that is allowed: 'a\\r\\n<b>\\xe9'.\n")


@pytest.mark.parametrize(
    ("lines", "body"),
    [(["a"], b"a\n"), (["a", "b"], b"a\nb\n"), (["\xe9\u2028"], b"\\xe9\\u2028\n")],
)
def test_lines_as_a_body(lines: list[str], body: bytes) -> None:
    framing, text = text_body(*lines)
    assert text == body
    assert framing == (TEXT, ("Content-Length", str(len(body))), NOSNIFF)
