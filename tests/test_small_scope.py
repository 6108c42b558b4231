"""Every policy of a small world against every page of it: a browser allows exactly what the policy means.

The responses come from the middleware, the judgement from `wsgicors.browser`, and the meaning from the tables and
sets of `tests.scope`. ``python -m fuzz scope`` draws from the whole product of all settings; see docs/testing.md.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations, permutations, product

import pytest

from tests import scope
from tests.scope import (
    APPS,
    BAR,
    CREDENTIALS,
    DEEP,
    EXPOSE_LISTS,
    EXTENSION,
    FOO,
    HEADER_LISTS,
    HEADERS,
    HTTP,
    LONGER,
    MAX_AGES,
    METHOD_LISTS,
    METHODS,
    NULL,
    ORIGIN_SETS,
    ORIGINS,
    OWN,
    OWN_OTHER_SCHEME,
    PORT,
    WWW,
    Answer,
    Browser,
    Calls,
    Settings,
    Visit,
    ask,
    choose,
    faults,
    visits,
)  # fmt: skip
from wsgicors import CORS, Policy, PolicyError
from wsgicors.browser import judge

NOTHING, JSON, X_A, AUTHORIZATION = HEADERS[0], HEADERS[5], HEADERS[6], HEADERS[8]

THOROUGH = ("exact", "subdomains", "any", "null", "regex-sly", "source", "any-anyway", "http-anyway")
"""Ways to write the origins that are tried with every list of methods and headers, and all requests of one origin."""

POLICIES = {"any": 20, "null": 20, "http": 6, "any-anyway": 40} | dict.fromkeys(
    ("exact", "subdomains", "regex-sly", "source", "http-anyway"), 80
)
"""The number of policies that build for each way to write the origins; 24 elsewhere."""

STRANGERS = (
    visits(ORIGINS, ["GET", "PUT", "POST"], [NOTHING], ["omit", "include"], [False])
    + visits(ORIGINS, ["GET"], [X_A], ["omit", "include"], [False])
    + visits(ORIGINS, ["GET", "PUT"], [NOTHING], ["omit"], [True])
    + visits([OWN, OWN_OTHER_SCHEME, LONGER], ["GET", "POST", "PUT"], [NOTHING], ["omit"], [False], [False])
)
"""Pages of every origin, with few requests."""

EVERYTHING_ELSE = sorted(
    product(EXPOSE_LISTS, MAX_AGES, (204, 200), ("withhold", "forbid"), (False, True), APPS), key=repr
)

QUICK = ("several", "regex", "any-port")

IN_PARTS = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ORIGIN_SETS]
"""All ways to write the origins; the quick form has three of them."""


@cache
def at_home(home: str) -> list[Visit]:
    """Pages of one origin, with all possible requests."""
    return visits([home], METHODS, HEADERS, ["omit", "include"], [False]) + visits(
        [home], ["GET", "PUT", "copy"], [NOTHING, X_A, JSON, AUTHORIZATION], CREDENTIALS
    )


@cache
def policies(origins: str) -> tuple[tuple[Settings, bool, str], ...]:
    """Policies with these origins, each with some of the settings unrelated to preflights, `debug` and an app."""
    rest = EVERYTHING_ELSE.copy()
    random.Random(origins).shuffle(rest)
    thorough = origins in THOROUGH
    asked = product(
        METHOD_LISTS if thorough else METHOD_LISTS[1::2],
        HEADER_LISTS if thorough else HEADER_LISTS[:2] + HEADER_LISTS[3:4],
        (False, True),
        (False, True),
    )
    built: list[tuple[Settings, bool, str]] = []
    for methods, headers, credentials, private in asked:
        expose, max_age, status, refuse, debug, app = rest[len(built)]
        if credentials and "*" in expose:
            expose = ("X-Other",)
        settings = Settings(origins, methods, headers, credentials, private, expose, max_age, status, refuse)
        if settings.buildable:
            built.append((settings, debug, app))
    return tuple(built)


@pytest.fixture(scope="module")
def browser() -> Browser:
    return Browser()


@pytest.mark.parametrize("origins", IN_PARTS)
def test_a_browser_allows_exactly_what_a_policy_means(origins: str, browser: Browser) -> None:
    pages = STRANGERS + (at_home(ORIGIN_SETS[origins].home) if origins in THOROUGH else [])
    cases = allowed = 0
    found: list[str] = []
    for settings, debug, headers in policies(origins):
        app = Calls(APPS[headers])
        cors = CORS(app, settings.policy(), debug=debug)
        for visit in pages:
            found += faults(cors, app, visit, settings, browser, debug=debug)
            allowed += settings.allows(visit)
            cases += 1
    assert not found, "\n".join(found[:3])
    assert cases == POLICIES.get(origins, 24) * (299 + 492 * (origins in THOROUGH))
    assert 0.01 * cases < allowed < 0.6 * cases  # neither everything nor nothing is allowed


def test_nothing_shrank_silently() -> None:
    counts = {origins: len(policies(origins)) for origins in ORIGIN_SETS}
    assert counts == {origins: POLICIES.get(origins, 24) for origins in ORIGIN_SETS}
    assert sum(counts.values()) == 702
    assert len(set(STRANGERS)) == 29 * 10 + 9 == 299
    assert {len(set(at_home(origins.home))) for origins in ORIGIN_SETS.values()} == {15 * 14 * 2 + 72} == {492}
    cases = sum(count * (299 + 492 * (origins in THOROUGH)) for origins, count in counts.items())
    assert cases == 702 * 299 + 480 * 492 > 400_000


@pytest.mark.parametrize("setting", ["allow_credentials", "allow_private_network"])
def test_plain_http_in_an_expression_is_seen_however_it_is_written(setting: str) -> None:
    with pytest.raises(PolicyError, match="insecure-origin"):
        Policy(allow_origins=[re.compile(r"ht(?:tp|tps)://www\.example\.com")], **{setting: True})


@pytest.mark.parametrize("origins", ORIGIN_SETS)
def test_what_may_not_exist_does_not_build(origins: str) -> None:
    refused = 0
    for credentials, private, expose in product((False, True), (False, True), EXPOSE_LISTS):
        settings = Settings(origins, (), (), credentials, private, expose)
        if not settings.buildable:
            with pytest.raises(PolicyError):
                settings.policy()
            refused += 1
    assert refused == {"any": 9, "null": 9, "http": 9, "any-anyway": 6}.get(origins, 2)


@pytest.mark.parametrize("origins", ["exact", "any", "null", "regex-sly", "source"])
def test_a_hook_changes_no_answer(origins: str) -> None:
    for settings, debug, headers in policies(origins)[::5]:
        app = Calls(APPS[headers])
        unwatched = CORS(app, settings.policy(), debug=debug)
        watched = CORS(app, settings.policy(), debug=debug, on_refusal=lambda verdict, environ: None)
        for visit in STRANGERS:
            for environ in (visit.preflight, visit.actual):
                assert environ is None or ask(watched, environ) == ask(unwatched, environ)


# -- Lists of policies, and rules by path --------------------------------------------------------------------

MANY = (
    Settings("exact", ("PUT",), ("X-A",), credentials=True),
    Settings("subdomains", ("*",), refuse="forbid", status=200),
    Settings("several", (), ("*",), private_network=True, expose=("X-Id",), max_age=600),
    Settings("any-port", ("COPY",), ("*", "Authorization")),
    Settings("null", ("PUT",), ("X-A",), expose=("*",)),
    Settings("regex-sly", ("*",), ("*",), credentials=True, refuse="forbid"),
    Settings("source", ("DELETE",), credentials=True, private_network=True),
    Settings("regex-sly"),
    Settings("custom-schemes", ("PUT",), ("*",), max_age=0),
)
LAST = Settings("any", ("PUT",), ("*",), expose=("*",))


@pytest.mark.slow
def test_the_first_policy_of_a_list_that_allows_the_origin_answers(browser: Browser) -> None:
    lists: list[tuple[Settings, ...]] = [*permutations(MANY, 2), *combinations(MANY, 3)]
    lists += [(*some, LAST) for some in (*combinations(MANY, 1), *permutations(MANY, 2))]
    cases = 0
    found: list[str] = []
    for index, given in enumerate(lists):
        debug = index % 2 == 1
        app = Calls(list(APPS.values())[index % len(APPS)])
        cors = CORS(app, [settings.policy() for settings in given], debug=debug)
        for visit in STRANGERS:
            found += faults(cors, app, visit, choose(given, visit), browser, debug=debug)
            cases += 1
            if visit.actual is not None and index % 7 == 0:
                assert {"origin", "*"} & ask(cors, visit.actual).vary
    assert not found, "\n".join(found[:3])
    assert cases == (72 + 84 + 9 + 72) * 299


PATHS = {
    "/": "/", "/notes": "/", "/apiv2": "/", "/API/x": "/", "/a+b": "/", "/%2561pi": "/", "/cafe": "/", "/apis": "/",
    "/api": "/api", "/api/": "/api", "/api/x": "/api", "/%61pi/x": "/api", "/api/v20": "/api", "/api/v/2": "/api",
    "/api/v2": "/api/v2", "/api/v2/x/y": "/api/v2", "/api/v2/": "/api/v2",
    "/a%20b": "/a b", "/a%20b/c": "/a b", "/caf%C3%A9/x": "/café",
}  # fmt: skip
"""Paths of URLs, and the longest rule that covers them."""


@pytest.mark.slow
def test_the_longest_rule_that_covers_the_path_answers(browser: Browser) -> None:
    asked = ([WWW, DEEP, PORT, EXTENSION, OWN], ["GET", "PUT", "POST"], [NOTHING, X_A], ["omit", "include"], [False])
    pages = {path: visits(*asked, path=path) for path in PATHS}
    cases = uncovered = 0
    found: list[str] = []
    for shift, whole in product(range(len(MANY)), (False, True)):
        turned = [*MANY[shift:], *MANY[:shift]]
        rules: dict[str, Sequence[Settings]] = {
            "/api": turned[0:1], "/api/v2": turned[1:3], "/a b": turned[3:4], "/café": turned[4:5],
        }  # fmt: skip
        if whole:
            rules["/"] = turned[5:6]
        app = Calls(APPS["cors-and-vary"])
        cors = CORS(app, {path: [settings.policy() for settings in given] for path, given in rules.items()})
        for path, rule in PATHS.items():
            for visit in pages[path]:
                if rule in rules:
                    found += faults(cors, app, visit, choose(rules[rule], visit), browser)
                else:  # completely unchanged
                    for environ in (visit.preflight, visit.actual):
                        if environ is not None and ask(cors, environ) != ask(app, environ):
                            found.append(f"{visit}: a path without a rule was not left alone")
                    uncovered += 1
                cases += 1
    assert not found, "\n".join(found[:3])
    assert cases == 9 * 2 * 20 * 60
    assert uncovered == 9 * 8 * 60


# -- Caches --------------------------------------------------------------------------------------------------

CACHED = (
    visits(ORIGINS, ["GET", "PUT"], [NOTHING, X_A], ["omit"], modern=[False, True])
    + visits([WWW], METHODS, HEADERS, ["omit"])
    + visits([WWW, HTTP], ["GET", "POST", "PUT"], [NOTHING, X_A, AUTHORIZATION], ["include"])
)


def confused(cors: CORS, pages: Iterable[Visit]) -> list[str]:
    """Where a cache in front of the service serves a stored response to another request for which it is wrong.

    The cache stores every response, by the method, the URL, and the request fields in the response's Vary (RFC 9111,
    4.1). Preflights and a page's own OPTIONS requests are kept apart: caches store neither (RFC 9110, 9.3.7), except
    those that are configured to store preflights.
    """
    asked: dict[tuple[bool, str], list[tuple[Visit, dict[str, str], Answer]]] = defaultdict(list)
    for visit in pages:
        for environ in (visit.preflight, visit.actual):
            if environ is not None:
                key = environ is visit.preflight, environ["REQUEST_METHOD"]
                asked[key].append((visit, environ, ask(cors, environ)))
    found: list[str] = []
    for (is_preflight, _), exchanges in asked.items():
        for vary in {answer.vary for _, _, answer in exchanges} - {frozenset({"*"})}:
            keys = [f"HTTP_{name.upper().replace('-', '_')}" for name in sorted(vary)]
            stored: dict[tuple[str | None, ...], set[Answer]] = defaultdict(set)
            for _, environ, answer in exchanges:
                if answer.vary == vary:
                    stored[tuple(environ.get(key) for key in keys)].add(answer)
            for visit, environ, fresh in exchanges:
                found += [
                    f"{visit}\n  got {answer}\n  instead of {fresh}"
                    for answer in stored[tuple(environ.get(key) for key in keys)] - {fresh}
                    if not is_preflight or concludes(cors, visit, answer) != concludes(cors, visit, fresh)
                ]
    return found


def concludes(cors: CORS, visit: Visit, preflight: Answer) -> tuple[bool, tuple[str, ...]]:
    """A browser's conclusion from a visit with this response to its preflight."""
    assert visit.actual is not None
    first, second = scope.response(preflight), scope.response(ask(cors, visit.actual))
    conclusion = judge(visit.request, first, second)
    return conclusion.allowed, conclusion.readable


@pytest.mark.parametrize("origins", IN_PARTS)
def test_no_cache_serves_a_stored_answer_wrongly(origins: str) -> None:
    assert len(CACHED) == 29 * 16 + 15 * 14 * 2 + 36
    for settings, debug, headers in policies(origins)[::3]:
        cors = CORS(Calls(APPS[headers]), settings.policy(), debug=debug)
        found = confused(cors, CACHED)
        assert not found, "\n".join([f"{settings}, debug={debug}", *found[:2]])


@pytest.mark.slow
def test_no_cache_serves_an_answer_of_one_policy_of_a_list_wrongly() -> None:
    for index, given in enumerate([*permutations(MANY, 2), *((one, LAST) for one in MANY)]):
        cors = CORS(Calls(APPS["varies"]), [settings.policy() for settings in given], debug=index % 2 == 1)
        found = confused(cors, CACHED[::3])
        assert not found, "\n".join([str(given), *found[:2]])


def test_no_cache_serves_a_refusal_of_an_ambiguous_path_wrongly() -> None:
    pages = visits([WWW, HTTP, NULL, OWN, OWN_OTHER_SCHEME], ["GET", "PUT", "POST"], [NOTHING], modern=[False, True])
    for visit in pages:
        for environ in (visit.preflight, visit.actual):
            if environ is not None:
                environ["PATH_INFO"] = "/notes/../x"
    for one, other in permutations(MANY, 2):
        cors = CORS(Calls(APPS["plain"]), {"/": one.policy(), "/notes": other.policy()})
        found = confused(cors, pages)
        assert not found, "\n".join([f"{one}, {other}", *found[:2]])


@pytest.mark.slow
def test_constant_answers_vary_by_nothing() -> None:
    settings = Settings("any", ("*",), ("*", "Authorization"), expose=("*",), max_age=60)
    cors = CORS(Calls(APPS["plain"]), settings.policy())
    answers = {True: set[Answer](), False: set[Answer]()}
    for visit in visits(ORIGINS, ["GET", "PUT", "LET"], HEADERS, CREDENTIALS, [False]):
        for environ in (visit.preflight, visit.actual):
            if environ is not None and environ["REQUEST_METHOD"] in ("OPTIONS", "GET"):
                answers[environ is visit.preflight].add(ask(cors, environ))
    assert {key: len(found) for key, found in answers.items()} == {True: 1, False: 1}
    assert all(answer.get("Vary") is None for found in answers.values() for answer in found)


# -- The browser's own cache of preflights -------------------------------------------------------------------


@pytest.mark.parametrize(
    "origins",
    ["any", *(pytest.param(name, marks=pytest.mark.slow) for name in ("exact", "regex-sly", "source", "http-anyway"))],
)
def test_a_preflight_that_a_browser_keeps_serves_every_request_that_is_meant(origins: str, browser: Browser) -> None:
    """The response to an allowed preflight lists all that the policy allows, not only the request (except echoes)."""
    kept = cases = 0
    for settings, _, headers in policies(origins)[::3]:
        if settings.credentials and ("*" in settings.methods or "*" in settings.headers):
            continue
        app = Calls(APPS[headers])
        cors = CORS(app, settings.policy())
        pages = visits([WWW], METHODS, HEADERS[4:11], ["omit", "include"], [False])
        answers = {ask(cors, visit.preflight) for visit in pages if visit.preflight and settings.grants(visit)}
        assert len(answers) <= 1
        kept += len(answers)
        for preflight, visit in product(answers, pages):
            if visit.preflight is None or visit.actual is None:
                continue
            actual = ask(cors, visit.actual) if browser.sends(visit, preflight) else None
            assert browser.sees(visit, preflight, actual).allowed == settings.allows(visit), (settings, visit)
            cases += 1
    assert kept >= 5
    assert cases >= 1000


def test_every_part_of_the_world_is_used() -> None:
    """Something in the world distinguishes all entries of the tables."""
    settings = [one for origins in ORIGIN_SETS for one, _, _ in policies(origins)]
    assert len(set(settings)) == len(settings) == 702
    assert {one.origins for one in settings} == set(ORIGIN_SETS)
    assert {one.max_age for one in settings} == set(MAX_AGES)
    combined = {(one.status, one.refuse, one.expose[:1]) for one in settings}
    assert len(combined) == 2 * 2 * 4
    assert {debug for origins in ORIGIN_SETS for _, debug, _ in policies(origins)} == {False, True}
    admitted = {origin for origins in ORIGIN_SETS.values() for origin in origins.admits if len(origins.admits) < 20}
    assert admitted >= {WWW, HTTP, FOO, BAR, NULL, EXTENSION}
