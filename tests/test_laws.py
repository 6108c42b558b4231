"""Laws for every environ, every app, every text, and between functions, tried with Hypothesis.

The naive references here share only the documentation with the code that they judge. ``python -m fuzz`` tries the
first two laws for a given time; see docs/testing.md.
"""

import copy
import json
import logging
import pickle
import random
import re
import string
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.invariants import (
    Plan,
    Start,
    check_admitted,
    check_exchange,
    check_member,
    check_pattern,
    naive_members,
    of_cors,
    others,
    vary,
)
from wsgicors import CORS, Policy, PolicyError, Refusal
from wsgicors._headers import header_adder, merge_headers
from wsgicors._http import list_members, merge_vary
from wsgicors._memory import LIMIT, Memory
from wsgicors._same_origin import is_same_origin
from wsgicors.origins import is_serialization, split_origin
from wsgicors.patterns import OriginPattern, OriginSet
from wsgicors.policy import SETTINGS
from wsgicors.rules import AmbiguousPath, PolicyList, Rules, readings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

EXAMPLES: Final = settings().max_examples

law: Final = settings(max_examples=3 * EXAMPLES)

# -- Texts ---------------------------------------------------------------------------------------------------

latin_1 = st.text(st.characters(max_codepoint=0xFF), max_size=40)
labels = st.sampled_from(
    ["a", "b", "www", "example", "evil-example", "my_app", "com", "org", "co", "uk", "xn--bcher-kva"]
)
hosts = st.one_of(
    st.lists(labels, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["localhost", "app.localhost", "127.0.0.1", "10.0.0.255", "[::1]", "[2001:db8::1]", "1.example"]),
)
ports = st.sampled_from(["", "", ":1", ":80", ":443", ":3000", ":8443", ":65535"])
schemes = st.sampled_from(["https", "https", "http", "chrome-extension", "capacitor", "x"])
origins = (
    st.tuples(schemes, hosts, ports)
    .map(lambda parts: f"{parts[0]}://{parts[1]}{parts[2]}")
    .filter(lambda text: not re.fullmatch(r"https:.*:443|http:.*:80", text))
)
wildcards = st.tuples(
    st.sampled_from(["https", "http", "x"]),
    st.lists(labels, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["", ":*", ":3000", ":8443"]),
).map(lambda parts: f"{parts[0]}://*.{parts[1]}{parts[2]}")
any_ports = st.tuples(schemes, hosts).map(lambda parts: f"{parts[0]}://{parts[1]}:*")
patterns = st.one_of(origins, wildcards, any_ports, st.just("null"))


@st.composite
def near(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text of `texts`, possibly with a fault."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        piece = draw(st.sampled_from([
            "", "", "/", ".", ":", "*", "*.", " ", "\t", ",", "A", "Ü", "例", "x", "0", "-", "_", "%41", "@", "u:p@",
            "#f", "?q",
            "\\", "[", "]", "::", ":443", ":80", ":0", ":99999", ":*", "null", "https://", "//", "\r\n", "\x00", "\x7f",
            "\N{KELVIN SIGN}", "(", ")?", ".*", "^", "$", '"', "'",
        ]))  # fmt: skip
        text = text[:at] + piece + text[at + draw(st.integers(0, 2)) :]
    return text


texts = st.one_of(near(patterns), near(patterns).map(str.upper), st.text(max_size=30))

field_names = st.one_of(
    st.sampled_from(["X-A", "x-a", "Content-Type", "Authorization", "authorization", "*", "X-B", "Range", "cookie"]),
    st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1, max_size=12),
)
lists = st.one_of(
    st.lists(field_names, max_size=5).map(",".join),
    st.lists(st.sampled_from([",", " ", "\t", "X-A", "x-b", "a b", "\xa0", "\x0b", "é", '"', ";"]), max_size=12).map(
        "".join
    ),
    latin_1,
)
methods = st.one_of(
    st.sampled_from(["GET", "PUT", "LET", "put", "patch", "*", "DELETE", "", "COPY"]), field_names, latin_1
)


# -- The middleware ------------------------------------------------------------------------------------------


class Everybody:
    """A source that admits everything, and must only be asked for origins."""

    def __contains__(self, origin: str) -> bool:
        assert is_serialization(origin)
        return True


class Broken:
    """A source that fails."""

    def __contains__(self, origin: str) -> bool:
        raise KeyError(origin)


def _failing(*_: object) -> None:
    raise ValueError("the hook's own error")


WWW = "https://www.example.com"
POLICIES = {
    "any": Policy(allow_origins="*", allow_methods="*", allow_headers=["*", "Authorization"], expose_headers="*"),
    "any, few": Policy(allow_origins="*", allow_methods=["PUT"], allow_headers=["X-A"], max_age=0),
    "echoes": Policy(
        allow_origins=["https://*.com:*", "https://*.org", "http://localhost:*"],
        allow_methods="*",
        allow_headers="*",
        allow_credentials=True,
        allow_private_network=True,
        dangerously_allow=["public-suffix"],
    ),
    "null": Policy(allow_origins=["null", WWW], allow_methods=["PUT"], refuse="forbid", preflight_status=200),
    "regex": Policy(allow_origins=[re.compile(r"https://(?:[^/]+\.)?example\.com(:\d+)?")], expose_headers=["X-A"]),
    "everybody": Policy(allow_origins=Everybody(), allow_methods=["DELETE"], refuse="forbid"),
    "everybody's cookies": Policy(allow_origins=Everybody(), allow_headers="*", allow_credentials=True),
    "broken": Policy(allow_origins=Broken()),
}
RULES: dict[str, Any] = {
    **POLICIES,
    "list": [POLICIES["null"], POLICIES["echoes"], POLICIES["any"]],
    "paths": {"/api": POLICIES["echoes"], "/a b": [POLICIES["null"], POLICIES["broken"]], "/é": POLICIES["any"]},
    "paths and all": {"/": POLICIES["null"], "/api": POLICIES["any, few"], "/api/v2": POLICIES["regex"]},
}


def _wrapping(rules: str, *, debug: bool, hook: bool) -> "Callable[[WSGIApplication], CORS]":
    def wrap(app: "WSGIApplication") -> CORS:
        return CORS(app, RULES[rules], debug=debug, on_refusal=_failing if hook else None)

    return wrap


paths = st.one_of(
    st.lists(st.sampled_from(["/", "api", "v2", "..", ".", "a b", "Ã©", "API", "\r\n", "*", ""]), max_size=6).map(
        "/".join
    ),
    latin_1,
)
environs = st.fixed_dictionaries(
    {},
    optional={
        "REQUEST_METHOD": st.one_of(st.sampled_from(["OPTIONS", "OPTIONS", "OPTIONS", "GET", "HEAD", "POST"]), methods),
        "SCRIPT_NAME": paths,
        "PATH_INFO": paths,
        "HTTP_ORIGIN": st.one_of(st.just(WWW), origins, near(origins), st.just("null"), latin_1, st.just("a" * 400)),
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": methods,
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": lists,
        "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK": st.sampled_from(["true", "True", "", "1"]),
        "HTTP_HOST": st.one_of(near(hosts), latin_1),
        "HTTP_SEC_FETCH_SITE": st.sampled_from(["same-origin", "none", "cross-site", "same-site", "", "\x00"]),
        "HTTP_VARY": st.just("Cookie"),
    },
)

preflights = st.fixed_dictionaries(
    {
        "REQUEST_METHOD": st.just("OPTIONS"),
        "PATH_INFO": st.sampled_from(["/", "/api", "/api/v2/x", "/a b"]),
        "HTTP_ORIGIN": st.sampled_from([WWW, "null", "https://a.org"]),
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": methods,
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": lists,
    }
)

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


# -- Verdicts ------------------------------------------------------------------------------------------------


AS_GRANTED = (Refusal.METHOD_NOT_ALLOWED, Refusal.HEADER_NOT_ALLOWED, Refusal.AUTHORIZATION_NOT_NAMED)
"""The refusals of preflights from allowed origins that get the usual response: browsers compare."""


@law
@given(
    name=st.sampled_from(list(POLICIES)),
    origin=st.one_of(st.none(), st.just(WWW), origins, near(origins)),
    method=methods,
    headers=lists,
    private=st.booleans(),
)
def test_the_parts_of_a_verdict_agree(name: str, origin: str | None, method: str, headers: str, private: bool) -> None:
    policy = POLICIES[name]
    verdicts = [policy.actual(origin)]
    if origin is not None:
        verdicts.append(policy.preflight(origin, method, headers, private_network=private))
        check_admitted(policy, origin)
        if verdicts[1].allowed:
            assert verdicts[0].allowed
        ready = policy.ready.get(origin)
        assert ready is None or ready[0] == verdicts[0]
    for verdict in verdicts:
        assert verdict.allowed == (verdict.refusal is None)
        assert all(of_cors(header) for header, _ in verdict.headers)
        if verdict.allowed:
            allow = dict(verdict.headers).get("Access-Control-Allow-Origin")
            assert allow in ("*", origin)
            assert verdict.all_headers[: len(verdict.headers)] == verdict.headers
            assert (verdict.sentence, verdict.remedy, verdict.debug_headers, verdict.refused_headers) == (
                "",
                "",
                (),
                (),
            )
        else:
            assert isinstance(verdict.refusal, Refusal)
            assert verdict.origin == origin
            assert not verdict.headers or verdict.refusal in AS_GRANTED
            assert verdict.sentence.isascii()
            assert verdict.sentence.isprintable()
        if dict(verdict.headers).get("Access-Control-Allow-Origin") not in (None, "*"):
            assert "Origin" in verdict.vary
        assert vary(verdict.all_headers) == {field.lower() for field in verdict.vary}
        assert verdict.status in (None, 200, 204, 403)
    assert policy.actual(origin) == verdicts[0]
    if origin is not None:
        assert policy.preflight(origin, method, headers, private_network=private) == verdicts[1]


def new(name: str) -> Policy:
    """A policy without cached decisions; a copy would be the same object."""
    policy: Policy = pickle.loads(pickle.dumps(POLICIES[name]))
    return policy


asked_for = st.tuples(
    st.sampled_from([WWW, "https://a.org", "null", "https://stranger.example"]),
    st.sampled_from(["GET", "PUT", "COPY", "a b"]),
    st.sampled_from(["", "x-a", "X-A", "authorization", "x-a,x-b", "a b"]),
    st.booleans(),
)


@law
@given(name=st.sampled_from(list(POLICIES)), asked=st.lists(asked_for, min_size=2, max_size=12))
def test_a_verdict_does_not_depend_on_what_was_asked_before(name: str, asked: list[tuple[str, str, str, bool]]) -> None:
    """A policy's cached decisions equal newly computed ones."""
    kept, origins_first = new(name), new(name)
    for origin, method, headers, private in asked:
        fresh = new(name)
        origins_first.actual(origin)
        answers = [
            policy.preflight(origin, method, headers, private_network=private)
            for policy in (fresh, kept, origins_first)
        ]
        assert answers[0] == answers[1] == answers[2]
        assert kept.actual(origin) == fresh.actual(origin)


@pytest.mark.parametrize("credentials", [False, True])
def test_a_policy_remembers_a_bounded_number_of_origins_and_answers_as_before(credentials: bool) -> None:
    policy = Policy(allow_origins=["https://*.example.com"], allow_methods=["PUT"], allow_credentials=credentials)
    for turn in range(2):
        for number in range(3000):
            own, stranger = f"https://a{number}.example.com", f"https://a{number}.example.org"
            assert policy.preflight(own, "PUT").allowed, turn
            assert not policy.preflight(own, "COPY").allowed
            assert dict(policy.actual(own).headers)["Access-Control-Allow-Origin"] == own
            assert not policy.actual(stranger).allowed
            assert not policy.preflight(stranger, "PUT").allowed
    parts = (policy._actual, policy._preflights)
    stores = [value for part in parts for name in part.__slots__ if isinstance(value := getattr(part, name), Memory)]
    assert len(stores) == 3
    assert all(0 < len(store.known) <= LIMIT for store in stores)


# -- Origins, patterns and remedies --------------------------------------------------------------------------


def naively_matches(pattern: str, origin: str) -> bool:
    """Whether a pattern matches a well-formed origin, by the table of `OriginPattern`."""
    if "null" in (pattern, origin):
        return pattern == origin
    if pattern == origin:
        return True
    scheme, _, rest = origin.partition("://")
    host, port = re.fullmatch(r"(\[.*\]|[^:]*)(?::(\d+))?", rest).groups()
    wanted_scheme, _, wanted = pattern.partition("://")
    any_port = wanted.endswith(":*")
    wanted = wanted.removesuffix(":*")
    if not any_port:
        number = re.search(r":(\d+)$", re.sub(r"\[.*\]", "", wanted))
        if (number[1] if number else None) != port:
            return False
        wanted = wanted.removesuffix(f":{port}")
    if wanted.startswith("*."):
        labels_, wanted_labels = host.split("."), wanted[2:].split(".")
        fits = len(labels_) > len(wanted_labels) and labels_[-len(wanted_labels) :] == wanted_labels
    else:
        fits = host == wanted
    return scheme == wanted_scheme and fits


@law
@given(members=st.lists(patterns, min_size=1, max_size=8), origin=st.one_of(origins, st.just("null")))
def test_a_set_has_what_any_of_its_patterns_matches(members: list[str], origin: str) -> None:
    meant = any(naively_matches(member, origin) for member in members)
    assert any(OriginPattern.parse(member).matches(origin) for member in members) == meant
    assert (origin in OriginSet(members)) == meant
    assert (origin in OriginSet([OriginPattern.parse(member) for member in members])) == meant


@law
@given(member=wildcards, data=st.data())
def test_a_wildcard_has_every_subdomain_and_no_look_alike(member: str, data: st.DataObject) -> None:
    prefix = data.draw(st.lists(labels, max_size=3).map(".".join))
    glue = data.draw(st.sampled_from(["", ".", "-", "x"]))
    port = data.draw(ports)
    origin = member.replace("*.", prefix + glue, 1).replace(":*", port, 1)
    assume(is_serialization(origin))
    assert (origin in OriginSet([member])) == naively_matches(member, origin)


@law
@given(
    member=st.one_of(
        wildcards, any_ports, st.sampled_from(["https://pr-*.example.com:*", "moz-extension://*", "https://*.a:*"])
    ),
    name=near(labels),
    port=near(st.sampled_from([":1", ":8443"])),
)
@example("https://*.example.com", "A", "")
@example("https://pr-*.example.com:*", "1", ":08")
@example("moz-extension://*", 64 * "a", "")
def test_an_asterisk_stands_for_nothing_that_makes_a_text_no_origin(member: str, name: str, port: str) -> None:
    text = member.replace(":*", port).replace("*", name, 1)
    assume(split_origin(text) is None)
    assert text not in OriginSet([member])
    assert not OriginPattern.parse(member).matches(text)


ANYTHING = OriginSet([re.compile(r"https://.*\.example\.com", re.DOTALL)])
UNPROVEN = OriginSet(
    [re.compile(r"(https)://.*(?<!\1)\.example\.com", re.DOTALL)], dangerously_allow=["regex-unproven"]
)


@law
@given(name=near(labels))
@example("A")
@example(64 * "a")
def test_no_expression_admits_a_malformed_origin(name: str) -> None:
    text = f"https://{name}.example.com"
    assert (text in ANYTHING) == (text in UNPROVEN) == (split_origin(text) is not None)


@law
@given(members=st.lists(patterns, min_size=1, max_size=4), text=st.one_of(texts, latin_1))
@example([WWW], "Https://www.example.com")
@example([WWW], "https://Www.example.com")
@example([WWW], "https://www.example.com.")
@example([WWW], "https://www.example.com:443")
@example([WWW], "https://user@www.example.com")
@example([WWW], f"{WWW}, {WWW}")
@example([WWW], f"{WWW}\n")
@example(["null"], "NULL")
def test_a_malformed_origin_is_a_member_of_no_set(members: list[str], text: str) -> None:
    regexes = [re.compile(r"https://[^$]*\.example\.com"), re.compile(r"x://(?:[^.]*\.)*example\.com\s*")]
    allowed = ["public-suffix", "regex-unproven"]
    policy = Policy(allow_origins=[*members, *regexes], dangerously_allow=allowed)
    check_admitted(policy, text)
    check_admitted(POLICIES["everybody"], text)
    parsed = split_origin(text) is not None
    assert is_serialization(text) == parsed
    if not parsed and text != "null":
        assert policy.actual(text).refusal is Refusal.MALFORMED_ORIGIN
        assert text not in OriginSet(members)


@settings(max_examples=15 * EXAMPLES)
@given(text=texts)
@example("^n\tull")
@example('^quoted"')
@example("https://*a.a")
@example("[o-\x06")
@example("^[[a]")
@example(f"https://*.{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 61}")
@example(f"https://*.{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 59}")
@example("file://")
def test_a_text_is_a_pattern_or_has_a_remedy_that_is_one(text: str) -> None:
    check_pattern(text)
    check_member(text)


# -- Policies as data ----------------------------------------------------------------------------------------


def listing(members: list[str]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just("*"), st.lists(st.sampled_from(members), max_size=3), st.just(()))


settings_of_policies = st.fixed_dictionaries(
    {
        "allow_origins": st.one_of(
            st.just("*"),
            st.lists(
                st.one_of(
                    patterns,
                    patterns.map(OriginPattern.parse),
                    st.sampled_from(
                        [
                            re.compile(r"https://(a|b)\.example\.com"),
                            re.compile(r"HTTPS?://www\.example\.com", re.IGNORECASE),
                            re.compile(r"https://www\.example\.com  # the scheme", re.VERBOSE | re.ASCII),
                            re.compile("https://(\"quoted'|a)\\.example\\.com"),
                        ]
                    ),
                ),
                min_size=1,
                max_size=4,
            ),
        )
    },
    optional={
        "allow_methods": listing(["PUT", "DELETE", "COPY", "copy", "GET"]),
        "allow_headers": listing(["X-A", "Content-Type", "authorization", "*", "Authorization"]),
        "expose_headers": listing(["X-A", "ETag", "*"]),
        "allow_credentials": st.booleans(),
        "max_age": st.sampled_from([None, 0, 600, timedelta(hours=1), 86400]),
        "allow_private_network": st.booleans(),
        "preflight_status": st.sampled_from([200, 204, 299]),
        "refuse": st.sampled_from(["withhold", "forbid"]),
        "dangerously_allow": st.lists(
            st.sampled_from(["insecure-origin", "public-suffix", "any-origin-with-private-network"]), max_size=3
        ),
    },
)


def build(given_settings: dict[str, Any]) -> Policy:
    try:
        return Policy(**given_settings)
    except PolicyError:
        assume(False)
        raise


@law
@given(settings_of_policies)
def test_a_policy_is_rebuilt_from_whatever_tells_of_it(given_settings: dict[str, Any]) -> None:
    policy = build(given_settings)
    rebuilt = [
        eval(repr(policy), {"Policy": Policy, "re": re, "OriginPattern": OriginPattern}),
        pickle.loads(pickle.dumps(policy)),
        copy.copy(policy),
        copy.deepcopy(policy),
        Policy(**{name: getattr(policy, name) for name in SETTINGS}),
    ]
    for other in rebuilt:
        assert other == policy
        assert hash(other) == hash(policy)
        assert repr(other) == repr(policy)
    mapping = policy.to_mapping()
    from_json = Policy.from_mapping(json.loads(json.dumps(mapping)))
    assert from_json.to_mapping() == Policy.from_mapping(mapping).to_mapping() == mapping
    for origin in (WWW, "null", "https://a.example.com", "http://www.example.com", "http://localhost:3000"):
        for other in (*rebuilt, from_json):
            assert other.actual(origin) == policy.actual(origin)
            assert other.preflight(origin, "COPY", "X-A") == policy.preflight(origin, "COPY", "X-A")


class Word(str):
    """A text of another class, which prints something else, as members of ``class Word(str, Enum)`` do."""

    __slots__ = ()

    def __str__(self) -> str:
        return "Word.ONE"

    def __format__(self, spec: str) -> str:
        return "Word.ONE"

    def __repr__(self) -> str:
        return "<Word.ONE>"


class Number(int):
    """A number of another class, likewise."""

    def __str__(self) -> str:
        return "Number.ONE"

    __repr__ = __str__


def in_other_classes(value: Any) -> Any:
    """Return a setting's value, its texts and numbers replaced by those of other classes that are equal."""
    if isinstance(value, str):
        return Word(value)
    if isinstance(value, (list, tuple)):
        return [in_other_classes(one) for one in value]
    return Number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def told(given_settings: dict[str, Any]) -> tuple[str, ...]:
    """Return all that can be seen of a policy, or its problems."""
    try:
        policy = Policy(**given_settings)
    except PolicyError as error:
        return tuple(problem.code for problem in error.problems)
    preflight = policy.preflight(WWW, "COPY", "X-A")
    return repr(policy), *map(str, policy.actual(WWW).all_headers), *map(str, preflight.all_headers)


@law
@given(settings_of_policies)
@example({"allow_origins": ["https://*.co.uk"]})
@example({"allow_origins": ["https://a.example"], "allow_credentials": True})
@example({"allow_origins": ["http://a.example"], "allow_credentials": True})
@example({"allow_origins": "*", "max_age": 600})
def test_settings_of_another_class_mean_what_they_equal(given_settings: dict[str, Any]) -> None:
    equal = {name: in_other_classes(value) for name, value in given_settings.items()}
    assert told(equal) == told(given_settings)


# -- Lists ---------------------------------------------------------------------------------------------------


@law
@given(st.one_of(lists, st.text(" \t,ab\xa0\x0b\r\n", max_size=30)))
def test_a_list_is_read_as_its_grammar_says(value: str) -> None:
    assert list_members(value) == naive_members(value)


@law
@given(st.lists(lists, max_size=4), st.lists(st.sampled_from(["Origin", "Cookie", "Sec-Fetch-Site"]), unique=True))
def test_vary_is_merged_to_a_union_in_order(lines: list[str], names: list[str]) -> None:
    wanted: list[str] = []
    for name in [*(name for line in lines for name in naive_members(line)), *names]:
        if name.lower() not in [known.lower() for known in wanted]:
            wanted.append(name)
    merged = naive_members(merge_vary(lines, names))
    assert [name.lower() for name in merged] == (["*"] if "*" in wanted else [name.lower() for name in wanted])
    assert merge_vary([merge_vary(lines, names)], names) == merge_vary(lines, names)


class Counted(str):
    """A text that counts the characters its methods look at."""

    __slots__ = ()
    looked = 0

    @staticmethod
    def counting(name: str) -> Callable[..., Any]:
        def method(self: str, *args: Any) -> Any:
            Counted.looked += len(self)
            found = getattr(str, name)(self, *args)
            if isinstance(found, str):
                return Counted(found)
            return type(found)(map(Counted, found)) if isinstance(found, list | tuple) else found

        return method


for _name in (
    "__contains__", "__getitem__", "__iter__", "casefold", "count", "encode", "endswith", "expandtabs", "find", "index",
    "isascii", "isprintable", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind",
    "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "translate", "upper",
):  # fmt: skip
    setattr(Counted, _name, Counted.counting(_name))

MEGABYTE: Final = 2**20
HOSTILE: Final = {
    "commas": ",",
    "blanks": " ",
    "tabs": "\t",
    "blanks and commas": " \t,",
    "names": "x-a,",
    "long names": "x" * 1000 + " ,",
    "name and blanks": "x" + " " * 4095,
    "no tokens": "\x0b,",
}


def _steps(name: str, text: str) -> tuple[int, int]:
    """The calls of a preflight, and the characters that its texts' methods look at."""
    answerer = new(name) if name in POLICIES else PolicyList((new("null"), new("echoes"), new("any")))
    calls = 0

    def profile(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    Counted.looked = 0
    sys.setprofile(profile)
    try:
        answerer.preflight(WWW, "PUT", text)
    finally:
        sys.setprofile(None)
    return calls, Counted.looked


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "name", ["list", *(pytest.param(name, marks=pytest.mark.slow) for name in ("any, few", "echoes"))]
)
def test_a_megabyte_of_request_headers_costs_a_bounded_number_of_steps(hostile: str, name: str) -> None:
    """CVE-2025-47908, CVE-2026-69207: calls and characters looked at grow no faster than the text."""

    def text(length: int) -> str:
        return (HOSTILE[hostile] * (length // len(HOSTILE[hostile]) + 1))[:length]

    calls, _ = _steps(name, text(MEGABYTE))
    few_calls, _ = _steps(name, text(MEGABYTE // 16))
    assert calls <= 16 * few_calls + 100
    assert calls <= 5 * MEGABYTE
    _, looked = _steps(name, Counted(text(MEGABYTE // 16)))
    _, few_looked = _steps(name, Counted(text(MEGABYTE // 256)))
    assert looked <= 16 * few_looked + 10_000
    assert looked <= 10 * MEGABYTE // 16


def test_the_count_of_steps_sees_a_quadratic_split() -> None:
    """The measure itself can fail."""

    def quadratic(text: str) -> Iterator[str]:
        while text:
            member, _, text = text.partition(",")
            yield member

    Counted.looked = 0
    list(quadratic(Counted("," * 1000)))
    assert Counted.looked > 100_000


# -- Rules ---------------------------------------------------------------------------------------------------

segments = st.sampled_from(["api", "v2", "API", "apiv2", "a b", "é", "a+b", "x"])
rule_paths = st.lists(segments, max_size=3).map(lambda parts: "/" + "/".join(parts))
asked_paths = st.one_of(
    rule_paths,
    st.lists(st.one_of(segments, st.just("")), max_size=5).map(lambda parts: "/" + "/".join(parts)),
    st.lists(segments, max_size=2).map("/".join),
)
ONE_EACH: Final = [Policy(allow_origins=[f"https://{name}.example"]) for name in "abcdefgh"]


def naive_rule(rules: dict[str, Policy], path: str) -> Policy | None:
    """The policy of the longest rule that covers a decoded path."""
    covering = [rule for rule in rules if rule == "/" or path == rule or path.startswith(rule + "/")]
    return rules[max(covering, key=len)] if covering else None


def as_environ(path: str) -> str:
    return path.encode().decode("latin-1")


@law
@given(st.lists(rule_paths, min_size=1, max_size=8, unique=True), asked_paths)
def test_the_longest_rule_is_found(paths: list[str], path: str) -> None:
    rules = dict(zip(paths, ONE_EACH, strict=False))
    found = Rules(rules).find(as_environ(path))
    if "//" in path and len({naive_rule(rules, reading) for reading in readings(path)}) > 1:
        assert isinstance(found, AmbiguousPath)
    else:
        assert found is naive_rule(rules, path)


@law
@given(
    st.lists(rule_paths, min_size=1, max_size=8, unique=True),
    st.lists(st.one_of(segments, st.sampled_from(["..", ".", "..."])), min_size=1, max_size=6),
)
def test_dot_segments_never_lead_to_the_policy_of_another_rule(paths: list[str], parts: list[str]) -> None:
    rules = dict(zip(paths, ONE_EACH, strict=False))
    resolved: list[str] = []
    for part in parts:
        if part == "..":
            del resolved[-1:]
        elif part != ".":
            resolved.append(part)
    as_written, as_resolved = (naive_rule(rules, "/" + "/".join(path)) for path in (parts, resolved))
    found = Rules(rules).find(as_environ("/" + "/".join(parts)))
    if as_written is as_resolved:
        assert found is as_written
    else:
        assert isinstance(found, AmbiguousPath)
        for policy in ONE_EACH:
            origin = str(policy.allow_origins[0])  # type: ignore[index]
            assert not found.actual(origin).allowed
            assert not found.preflight(origin, "GET").allowed


# -- Same-origin requests ------------------------------------------------------------------------------------


def naively_same_origin(origin: str, host: str, site: str | None) -> bool:
    if site not in {None, ""}:
        return site in {"same-origin", "none"}
    if "://" not in origin:
        return False
    default = {"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}.get(origin.split("://", 1)[0])
    names = {host.lower()}
    if default and host.endswith(f":{default}"):
        names.add(host.lower()[: -len(default) - 1])
    return origin.split("://", 1)[1] in names - {""}


@law
@given(
    origins,
    hosts,
    st.sampled_from(["", ":80", ":443", ":3000", ":8443"]),
    st.sampled_from([None, None, None, "", "same-origin", "none", "same-site", "cross-site", "Same-Origin"]),
    st.booleans(),
)
def test_same_origin_agrees_with_the_reference(origin: str, host: str, port: str, site: str | None, own: bool) -> None:
    asked = (re.sub(r":\d+$", "", origin.partition("://")[2]) if own else host.upper()) + port
    assert is_same_origin(origin, asked, site) == naively_same_origin(origin, asked, site)
    assert not is_same_origin("null", asked, None)
