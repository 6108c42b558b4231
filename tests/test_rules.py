import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.policy.asking import Broken, Source
from wsgicors import Policy, PolicyError, Refusal
from wsgicors.rules import NO_RULES, AmbiguousPath, PolicyList, Rules, readings, settled

A, B, C = "https://a.example", "https://b.example", "https://c.example"
ROOT, API, ADMIN, ACCENT = (
    Policy(allow_origins=[f"https://{name}.example"]) for name in ("root", "api", "admin", "accent")
)
AMBIGUOUS = "ambiguous"

TREE = {"/api": API, "/api/admin": ADMIN, "/über uns": ACCENT, "/a+b": ACCENT}
WITH_ROOT = {"/": ROOT} | TREE


def latin1(path: str) -> str:
    """A path as in PEP 3333."""
    return path.encode().decode("latin-1")


# The path, and the rule that covers it if there is also a rule for "/".
PATHS: list[tuple[str, object]] = [
    ("/api", API),
    ("/api/", API),
    ("/api/users", API),
    ("/api/users/1/", API),
    ("/api/adminx", API),
    ("/api/Admin", API),
    ("/api/admin", ADMIN),
    ("/api/admin/", ADMIN),
    ("/api/admin/x/y/z", ADMIN),
    (latin1("/über uns"), ACCENT),
    (latin1("/über uns/x"), ACCENT),
    ("/a+b", ACCENT),
    # segment by segment
    ("/apiv2", ROOT),
    ("/api.json", ROOT),
    ("/api ", ROOT),
    ("/ap", ROOT),
    ("/xapi", ROOT),
    ("/x/api", ROOT),
    ("/x/api/admin", ROOT),
    ("api", ROOT),
    ("*", ROOT),
    ("", ROOT),
    ("/", ROOT),
    # with case
    ("/API", ROOT),
    ("/Api/users", ROOT),
    (latin1("/Über uns"), ROOT),
    # never decoded again
    ("/%61pi", ROOT),
    ("/%2570ublic", ROOT),
    ("/a b", ROOT),
    ("/a%2Bb", ROOT),
    ("/über uns", ROOT),  # servers do not pass it on like this
    ("/%C3%BCber uns", ROOT),
    # empty segments, which many routers drop
    ("//api", AMBIGUOUS),
    ("///api/admin", AMBIGUOUS),
    ("/api//admin", AMBIGUOUS),
    ("//api/.x", AMBIGUOUS),
    ("//x", ROOT),
    ("/api//users", API),
    ("/api/users//", API),
    # read differently by some routers and file servers
    ("/api\\admin", AMBIGUOUS),
    ("/api%2Fadmin", AMBIGUOUS),
    ("/api%5cadmin", AMBIGUOUS),
    ("/x/%2e%2e/api", AMBIGUOUS),
    ("/api;v=1/admin", AMBIGUOUS),
    ("/api;v=1", AMBIGUOUS),
    ("/api\n", AMBIGUOUS),
    ("/api\0.png", AMBIGUOUS),
    ("/api/x;v=1", API),
    ("/api/a%2fb\\c;d\0e", API),
    ("/api/100%", API),
    # dots that are not a segment
    ("/api/..x", API),
    ("/api/...", API),
    ("/api/x..", API),
    ("/.api", ROOT),
    ("/..api", ROOT),
    ("/.", ROOT),
    # dot segments that change nothing
    ("/api/.", API),
    ("/api/./users", API),
    ("/api/users/..", API),
    ("/api/x/../y", API),
    ("/api/admin/./x/../y", ADMIN),
    ("/x/..", ROOT),
    ("/../x", ROOT),
    ("/x/../../y", ROOT),
    # dot segments that lead from one rule to another
    ("/api/..", AMBIGUOUS),
    ("/api/../", AMBIGUOUS),
    ("/api/../x", AMBIGUOUS),
    ("/api/../../x", AMBIGUOUS),
    ("/api/admin/..", AMBIGUOUS),
    ("/api/admin/../x", AMBIGUOUS),
    ("/api/x/../admin", AMBIGUOUS),
    ("/api/./admin", AMBIGUOUS),
    ("/./api", AMBIGUOUS),
    ("/../api", AMBIGUOUS),
    ("/x/../api", AMBIGUOUS),
    ("/x/y/../../api/admin", AMBIGUOUS),
    ("//../api", AMBIGUOUS),
    ("///../api/x", AMBIGUOUS),
    # some drop empty segments first; for others ".." leaves them
    ("/api//../x", AMBIGUOUS),
    ("/api///../x", AMBIGUOUS),
    ("/x//../../api", AMBIGUOUS),
    ("/x/..//api", AMBIGUOUS),
    ("/api/users//../admin", AMBIGUOUS),
    ("/api//../admin", AMBIGUOUS),
]


def found_by(rules: Rules, path: str) -> object:
    found = rules.find(path)
    return AMBIGUOUS if isinstance(found, AmbiguousPath) else found


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_the_longest_rule_that_covers_a_path_answers(path: str, expected: object) -> None:
    assert found_by(Rules(WITH_ROOT), path) is expected
    assert found_by(Rules(dict(reversed(WITH_ROOT.items()))), path) is expected


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_a_path_without_a_rule_has_no_answerer(path: str, expected: object) -> None:
    assert found_by(Rules(TREE), path) is (None if expected is ROOT else expected)


@pytest.mark.parametrize("rules", [ROOT, [ROOT], {"/": ROOT}, (policy for policy in [ROOT])])
def test_one_policy_for_every_path_is_found_without_looking(rules: Any) -> None:
    built = Rules({"/": ROOT} if not isinstance(rules, (Policy, list, dict)) else rules)
    assert built.everywhere is ROOT
    for path, _ in PATHS:
        assert built.find(path) is ROOT, path


def test_rules_below_rules_are_found_at_any_depth() -> None:
    rules = Rules(
        {"/" + "/".join("abcdef"[:depth]): Policy(allow_origins=[f"https://{depth}.example"]) for depth in (1, 3, 6)}
    )
    for depth in range(8):
        path = "/" + "/".join("abcdefgh"[:depth])
        expected = max((known for known in (1, 3, 6) if known <= depth), default=None)
        found = rules.find(path)
        assert (found.allow_origins if isinstance(found, Policy) else None) == (
            expected and (f"https://{expected}.example",)
        )


class Path(str):
    """A path that counts the searches for a slash."""

    __slots__ = ("searches",)

    def __init__(self, _text: str) -> None:
        self.searches = 0

    def find(self, *args: Any) -> int:
        self.searches += 1
        return super().find(*args)


def test_a_long_path_costs_no_more_than_the_deepest_rule() -> None:
    path = Path("/x" * 100_000)
    assert Rules(WITH_ROOT).find(path) is ROOT
    assert path.searches == 2


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("api", "/api"),
        ("", "/"),
        ("/api/", "/api"),
        ("/api//", "/api"),
        ("//api", "/api"),
        ("/a//b", "/a/b"),
        ("/api/*", "/api"),
        ("/api*", "/api"),
        ("/api/.*", "/api"),
        ("/api?x=1", "/api"),
        ("/api#x", "/api"),
        ("/api/<int:id>", "/api"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/..", "/"),
        ("/..", "/"),
        ("/a%20b", "/a b"),
        ("/%C3%BCber", "/über"),
        ("/api%2Fx", "/api/x"),
        ("/api%3Fx", ""),
        (" /api ", "/api"),
        ("https://service.example.com/api", "/api"),
        ("https://service.example.com", "/"),
        ("/a\\b", ""),
        ("/a\x00", ""),
        ("/a\n", "/a"),
        ("/\ud800", ""),
        (None, ""),
        (5, ""),
        (b"/api", ""),
        (("/api",), ""),
    ],
)
def test_an_invalid_path_of_a_rule_has_a_remedy(path: Any, instead: str) -> None:
    with pytest.raises(PolicyError) as error:
        Rules({"/ok": API, path: API})
    (problem,) = error.value.problems
    assert (problem.code, problem.setting, problem.value, problem.instead) == ("rule-path", "rules", path, instead)
    json.dumps(problem.as_dict())
    if instead:
        Rules({instead: API})


@pytest.mark.parametrize(
    "path", ["/", "/a b", "/a+b", "/über", "/a;b=c", "/a:b@c!$&'(),=~", "/..a", "/a%", "/a%zz", "/日本"]
)
def test_a_path_of_a_rule(path: str) -> None:
    assert Rules({path: API}).find(latin1(path)) is API


@pytest.mark.parametrize(
    ("rules", "problems"),
    [
        ({}, [("no-rules", {})]),
        ([], [("no-rules", [])]),
        ((), [("no-rules", ())]),
        ({"/a": []}, [("no-rules", [])]),
        ({"/a": ()}, [("no-rules", ())]),
        (None, [("wrong-type", None)]),
        ("*", [("wrong-type", "*")]),
        (b"*", [("wrong-type", b"*")]),
        (5, [("wrong-type", 5)]),
        ({ROOT, API}, [("wrong-type", {ROOT, API})]),
        ({"/a": frozenset({ROOT})}, [("wrong-type", frozenset({ROOT}))]),
        ([None], [("wrong-type", None)]),
        ([ROOT, A], [("wrong-type", A)]),
        ([{"/a": ROOT}], [("settings-for-policy", {"/a": ROOT})]),
        ({"/a": None}, [("wrong-type", None)]),
        ({"/a": "*"}, [("wrong-type", "*")]),
        ({"/a": {"/b": ROOT}}, [("settings-for-policy", {"/b": ROOT})]),
        ({"/a": [ROOT, None]}, [("wrong-type", None)]),
        ({"a": ROOT, "/b": None, "/c": []}, [("rule-path", "a"), ("wrong-type", None), ("no-rules", [])]),
        ([Policy(allow_origins="*"), ROOT], [("policy-unreachable", "/")]),
        ({"/a": [ROOT, Policy(allow_origins="*"), API]}, [("policy-unreachable", "/a")]),
        ({"/a": [Policy(allow_origins="*"), None]}, [("wrong-type", None)]),
        ({"/a": [Policy(allow_origins="*"), ROOT, None]}, [("wrong-type", None), ("policy-unreachable", "/a")]),
    ],
)
def test_rules_that_do_not_build(rules: Any, problems: list[tuple[str, object]]) -> None:
    with pytest.raises(PolicyError) as error:
        Rules(rules)
    assert [(problem.code, problem.value) for problem in error.value.problems] == problems
    assert {problem.setting for problem in error.value.problems} == {"rules"}
    for problem in error.value.problems:
        if problem.code == "wrong-type":
            assert f"of type {type(problem.value).__name__}." in problem.message
            assert "a Policy, or a list of them" in problem.remedy
    json.dumps([problem.as_dict() for problem in error.value.problems])


def test_rules_are_kept_as_given() -> None:
    for rules in (ROOT, [ROOT, API], {"/a": ROOT}):
        assert Rules(rules).given is rules


# --- Several policies: the first that allows the origin answers.

TRUSTED = Policy(allow_origins=[A], allow_credentials=True, allow_methods=["PUT"])
PARTNERS = Policy(allow_origins=[B, A], allow_methods=["DELETE"])
EVERYONE = Policy(allow_origins="*")
STRICT = Policy(allow_origins=[C], refuse="forbid")


@pytest.mark.parametrize(
    ("policies", "origin", "chosen"),
    [
        ([TRUSTED, PARTNERS], A, TRUSTED),
        ([PARTNERS, TRUSTED], A, PARTNERS),
        ([TRUSTED, PARTNERS], B, PARTNERS),
        ([TRUSTED, EVERYONE], A, TRUSTED),
        ([TRUSTED, EVERYONE], C, EVERYONE),
        ([TRUSTED, EVERYONE], "null", EVERYONE),
        ([TRUSTED, PARTNERS, EVERYONE], B, PARTNERS),
        ([TRUSTED, STRICT], C, STRICT),
        ([Policy(allow_origins=Broken(OSError())), TRUSTED], A, TRUSTED),
    ],
)
def test_the_first_policy_that_allows_the_origin_answers(policies: list[Policy], origin: str, chosen: Policy) -> None:
    several = PolicyList(tuple(policies))
    assert several.actual(origin).headers == chosen.actual(origin).headers
    for method in ("GET", "PUT", "DELETE"):
        ours, theirs = several.preflight(origin, method), chosen.preflight(origin, method)
        assert (ours.refusal, ours.headers, ours.body, ours.status) == (
            theirs.refusal,
            theirs.headers,
            theirs.body,
            theirs.status,
        )
        assert several.nearest(ours) == chosen.nearest(theirs)


@pytest.mark.parametrize(
    ("policies", "origin", "refusal", "status"),
    [
        ([TRUSTED, PARTNERS], C, Refusal.ORIGIN_NOT_ALLOWED, None),
        ([TRUSTED, PARTNERS], "null", Refusal.NULL_ORIGIN, None),
        ([TRUSTED, PARTNERS], "x", Refusal.MALFORMED_ORIGIN, None),
        ([TRUSTED, STRICT], B, Refusal.ORIGIN_NOT_ALLOWED, 403),
        ([STRICT, TRUSTED], B, Refusal.ORIGIN_NOT_ALLOWED, 403),
        ([Policy(allow_origins=Broken(OSError())), TRUSTED], B, Refusal.SOURCE_FAILED, None),
        ([Policy(allow_origins=Broken(OSError())), STRICT], B, Refusal.ORIGIN_NOT_ALLOWED, 403),
    ],
)
def test_where_nobody_allows_the_origin_the_strictest_refuses(
    policies: list[Policy], origin: str, refusal: Refusal, status: int | None
) -> None:
    verdict = PolicyList(tuple(policies)).actual(origin)
    assert (verdict.allowed, verdict.refusal, verdict.status, verdict.headers) == (False, refusal, status, ())
    assert verdict.vary == (("Origin", "Sec-Fetch-Site") if status else ("Origin",))
    assert not PolicyList(tuple(policies)).preflight(origin, "GET").allowed


@pytest.mark.parametrize("origin", [None, A, B, "null", "x"])
@pytest.mark.parametrize("status", [200, 204])
def test_every_answer_of_several_policies_varies_by_origin(origin: str | None, status: int) -> None:
    several = PolicyList((TRUSTED, Policy(allow_origins="*", preflight_status=status, refuse="forbid")))
    verdicts = [several.actual(origin)]
    if origin is not None:
        verdicts += [
            several.preflight(origin, method, headers) for method in ("GET", "PATCH") for headers in ("", "x-a", "x a")
        ]
    for verdict in verdicts:
        assert verdict.vary[0] == "Origin"
        assert len(set(verdict.vary)) == len(verdict.vary)
        assert [value for name, value in verdict.all_headers if name == "Vary"] == [", ".join(verdict.vary)]
        assert verdict.all_headers[: len(verdict.headers)] == verdict.headers
        if verdict.status is not None:
            names = [name for name, _ in verdict.all_headers]
            assert ("Content-Length" in names) is (verdict.status != 204)
            assert ("Content-Type" in names) is (verdict.status != 204)


def test_a_request_without_origin_is_answered_by_the_last_policy() -> None:
    assert PolicyList((TRUSTED, EVERYONE)).actual(None).headers == (("Access-Control-Allow-Origin", "*"),)
    assert PolicyList((TRUSTED, PARTNERS)).actual(None).headers == ()


def test_a_source_in_a_list_is_asked_once_for_an_actual_request() -> None:
    first, second = Source(B), Source(A)
    several = PolicyList((Policy(allow_origins=first), Policy(allow_origins=second, refuse="forbid")))
    assert several.actual(A).allowed
    assert (first.asked, second.asked) == ([A], [A])
    assert several.actual(C).status == 403
    assert (first.asked, second.asked) == ([A, C], [A, C])


def test_a_list_of_one_policy_is_that_policy() -> None:
    assert Rules([ROOT]).everywhere is ROOT
    assert Rules({"/a": (ROOT,)}).find("/a") is ROOT


# --- Dot segments.


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ({"/api": TRUSTED}, None),
        ({"/api": TRUSTED, "/": EVERYONE}, None),
        ({"/api": STRICT}, 403),
        ({"/api": EVERYONE, "/": STRICT}, 403),
        ({"/api": [TRUSTED, STRICT]}, 403),
        ({"/api": EVERYONE, "/": [TRUSTED, STRICT]}, 403),
        ({"/api": [TRUSTED, PARTNERS]}, None),
    ],
)
@pytest.mark.parametrize("path", ["/api/../x", "/x/../api"])
def test_a_path_between_two_rules_is_refused_as_strictly_as_the_stricter(
    rules: Any, status: int | None, path: str
) -> None:
    found = Rules(rules).find(path)
    assert isinstance(found, AmbiguousPath)
    for origin in (A, C, "null", "x"):
        verdict = found.actual(origin)
        assert (verdict.allowed, verdict.refusal, verdict.status) == (False, Refusal.AMBIGUOUS_PATH, status)
        vary = ("Origin", "Sec-Fetch-Site") if status else ("Origin",)
        assert (verdict.headers, verdict.vary, verdict.all_headers) == ((), vary, (("Vary", ", ".join(vary)),))
        preflight = found.preflight(origin, "GET")
        assert (preflight.allowed, preflight.refusal, preflight.status) == (False, Refusal.AMBIGUOUS_PATH, 403)
        assert (preflight.headers, preflight.debug_headers, preflight.origin) == ((), (), origin)
        assert preflight.all_headers == (("Vary", "Origin"),)
        assert found.nearest(preflight) == ""
    assert found.actual(None).allowed
    assert found.actual(None).all_headers == (("Vary", "Origin"),)


def test_no_rules_cover_nothing() -> None:
    rules = Rules(NO_RULES)
    assert (rules.everywhere, rules.find("/"), rules.find("/api/../x"), rules.given) == (None, None, None, {})


def test_whoever_chooses_by_path_may_have_dot_segments_settled() -> None:
    asked: list[str] = []

    def covering(path: str) -> Policy:
        asked.append(path)
        return ROOT

    assert settled("/api/x.y", covering) is ROOT
    assert asked == ["/api/x.y"]
    assert settled("/api//../x", covering) is ROOT
    assert asked[1:] == ["/api//../x", *readings("/api//../x")]
    assert {"/x", "/api/x"} <= set(asked)


def test_a_rule_with_parameters_says_that_the_router_takes_them_literally() -> None:
    rules = Rules({"/": ROOT, "/api;v=1": API})
    assert (rules.find("/api;v=1"), rules.find("/api;v=2")) == (API, ROOT)
    assert isinstance(rules.find("//api;v=1"), AmbiguousPath)


def test_a_router_that_takes_the_rest_literally() -> None:
    private = Policy(allow_origins=["https://a.example"])

    def covering(path: str) -> Policy | None:
        return private if path.startswith("/api/") else None

    for path in ("/api%2fx", "/api\\x", "/api;/x", "/api\n"):
        assert settled(path, covering, literally=True) is None
    for path in ("//api/x", "/./api/x", "/y/..//api/x"):
        assert isinstance(settled(path, covering, literally=True), AmbiguousPath)


def everywhere(rules: Any) -> Callable[[str], object]:
    return Rules(rules).find


@pytest.mark.parametrize("path", ["/api/../x", "/../..", "/./."])
def test_dot_segments_mean_nothing_where_one_rule_covers_all(path: str) -> None:
    assert everywhere(ROOT)(path) is ROOT
    several = Rules([TRUSTED, EVERYONE])
    assert several.find(path) is several.everywhere
