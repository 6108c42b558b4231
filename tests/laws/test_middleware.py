"""Laws of the middleware, for every environ and every app. ``python -m fuzz`` tries the first two for a given time."""

import logging
import random
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.invariants import Plan, Start, check_exchange, of_cors, others, vary
from tests.laws.strategies import (
    EXAMPLES,
    POLICIES,
    RULES,
    WWW,
    environs,
    failing_hook,
    field_names,
    latin_1,
    law,
    origins,
    preflights,
)
from wsgicors import CORS
from wsgicors._headers import header_adder, merge_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def _wrapping(rules: str, *, debug: bool, hook: bool) -> "Callable[[WSGIApplication], CORS]":
    def wrap(app: "WSGIApplication") -> CORS:
        return CORS(app, RULES[rules], debug=debug, on_refusal=failing_hook if hook else None)

    return wrap


cors_names = st.sampled_from([
    "Access-Control-Allow-Origin", "access-control-allow-origin", "ACCESS-CONTROL-ALLOW-CREDENTIALS",
    "access-Control-Anything", "Access-Control-", "Access-Control-Expose-Headers",
])  # fmt: skip
vary_lines = st.tuples(
    st.sampled_from(["Vary", "vary", "VARY"]),
    st.lists(st.sampled_from(["Origin", "origin", "Cookie", " ", "", "*", "Accept", "accept"]), max_size=4).map(
        ",".join
    ),
)
app_headers = st.lists(
    st.one_of(
        st.tuples(field_names, st.text(string.printable[:94], max_size=8)),
        st.tuples(st.sampled_from(["Set-Cookie", "set-cookie", "X-Id", "Access_Control_Allow_Origin"]), latin_1),
        st.tuples(cors_names, latin_1),
        st.tuples(cors_names, st.sampled_from(["*", "null", WWW, "true"])),
        vary_lines,
    ),
    max_size=8,
)
odd_members = st.sampled_from(
    [None, 5, "ab", "a", b"ab", (), ("a",), ("a", "b", "c"), ["a", "b"], [], {}, {0: "a"}, {"a", "b"}, (5, "x"),
     ("Vary", 5),
     ("vary", None), (b"Vary", b"Cookie"), ("X-A", 7), (["Vary"], "x"), ("Access-Control-Allow-Origin", None), ("", ""),
     ("Vary ", "a"), ("X\r\nY", "a"), ("X-A", "a\r\nb"), ("Vary", "a\r\nb"), ("Vary", "\u20ac"), ("\u20ac", "a")]
)  # fmt: skip
odd_headers = st.one_of(
    st.lists(st.one_of(odd_members, st.tuples(cors_names, st.just("*")), vary_lines), max_size=5).map(
        lambda headers: lambda: list(headers)
    ),
    app_headers.map(lambda headers: lambda: tuple(headers)),
    app_headers.map(lambda headers: lambda: iter(headers)),
    st.sampled_from([lambda: None, lambda: 5, lambda: "ab", dict]),
)
starts = st.builds(
    Start,
    status=st.sampled_from(["200 OK", "500 Internal Server Error", "204 No Content", "nonsense"]),
    headers=st.one_of(
        app_headers.map(lambda headers: lambda: list(headers)),
        app_headers.map(lambda headers: lambda: list(headers)),
        odd_headers,
    ),
    exc_info=st.booleans(),
    written=st.lists(st.binary(max_size=3), max_size=2).map(tuple),
)
plans = st.builds(
    Plan,
    starts=st.lists(starts, max_size=3).map(tuple),
    chunks=st.lists(st.binary(max_size=3), max_size=3).map(tuple),
    style=st.sampled_from(["list", "generator", "late", "closing"]),
    fails=st.sampled_from(["", "", "", "first", "started", "half"]),
)


@settings(max_examples=15 * EXAMPLES)
@given(
    rules=st.sampled_from(list(RULES)),
    plan=plans,
    environ=st.one_of(environs, preflights),
    debug=st.booleans(),
    hook=st.booleans(),
    strict=st.booleans(),
)
@example("any", Plan((Start(headers=lambda: [(5, "x")]),)), {}, False, False, False)
@example("any", Plan((Start(headers=lambda: [{}]),)), {}, False, False, False)
@example("null", Plan((Start(headers=lambda: [("Vary", 5)]),)), {}, False, False, False)
@example("null", Plan((Start(headers=lambda: iter([("X-A", "1")])),)), {}, False, False, False)
@example("null", Plan((Start(headers=lambda: None),)), {}, False, False, False)
def test_the_middleware_raises_nothing_and_emits_no_invalid_header(
    rules: str, plan: Plan, environ: dict[str, Any], debug: bool, hook: bool, strict: bool
) -> None:
    check_exchange(_wrapping(rules, debug=debug, hook=hook), plan, environ, strict=strict)


@law
@given(environ=environs, rules=st.sampled_from(list(RULES)))
def test_a_refusal_is_one_printable_line_of_the_log(environ: dict[str, Any], rules: str) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("wsgicors")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        check_exchange(_wrapping(rules, debug=False, hook=False), Plan(), environ, strict=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert all(line.isascii() and line.isprintable() for line in lines)


@law
@given(headers=app_headers, origin=st.one_of(st.just(WWW), origins), name=st.sampled_from(list(POLICIES)))
def test_merging_keeps_the_rest(headers: list[tuple[str, str]], origin: str, name: str) -> None:
    verdict = POLICIES[name].actual(origin)
    given_headers = headers.copy()
    merged = merge_headers(headers, verdict)
    assert headers == given_headers
    assert others(merged) == others(headers)
    assert [header for header in merged if of_cors(header[0])] == list(verdict.headers)
    assert vary(merged) == ({"*"} if "*" in vary(headers) else vary(headers) | {name.lower() for name in verdict.vary})


def shapes(name: str) -> list[object]:
    """Return headers that are not pairs of texts, but that a lenient server could read as a CORS header."""
    return [
        (name, "*"), [name, "*"], (name, None), (name, "*", "x"), (name,), (name.encode(), b"*"),
        (bytearray(name.encode()), "*"),
        f"{name}: *", f"{name}: *".encode(), (f" {name}\t", "*"), [name],
    ]  # fmt: skip


@law
@given(
    harmless=st.lists(odd_members.filter(lambda member: "Access" not in str(member)), max_size=3),
    cors=st.lists(cors_names.flatmap(lambda name: st.sampled_from(shapes(name))), min_size=1, max_size=3),
    order=st.randoms(use_true_random=False),
    name=st.sampled_from(list(POLICIES)),
)
@example([("Vary", 5)], [("Access-Control-Allow-Origin", "*")], random.Random(0), "any")
@example([()], [("Access-Control-Allow-Origin", "*")], random.Random(0), "any")
def test_no_cors_header_of_the_app_survives_whatever_is_beside_it(
    harmless: list[Any], cors: list[Any], order: random.Random, name: str
) -> None:
    """The app's own Access-Control-Allow-Origin would allow origins that the policy refuses."""
    verdict = POLICIES[name].actual("https://stranger.example")
    headers = [*harmless, *cors]
    order.shuffle(headers)
    answers: list[list[Any]] = []

    def start_response(status: str, given: list[Any], exc_info: object = None) -> Callable[[bytes], object]:
        answers.append(given)
        return len

    header_adder(verdict)(start_response, "200 OK", headers, None)
    assert [header for header in answers[0] if "access-control" in str(header).lower()] == list(verdict.headers)
    assert all(member in answers[0] for member in harmless if str(member).lower().find("vary") < 0)
