import re

import pytest
from flask import Flask

from flask_wsgicors import CORS, Resources
from flask_wsgicors._resources import Key, Paths, read_resources
from tests.flask.asking import STRANGER, A, B, allowed, ask, passes, preflight, problems
from wsgicors import Policy
from wsgicors.adapting import Checks
from wsgicors.rules import AmbiguousPath

# the resource, paths that it covers, paths that it does not
COVERED: list[tuple[object, list[str], list[str]]] = [
    ("*", ["/", "/x", "/x/y"], []),
    ("/*", ["/", "/x", "/x/y"], []),
    (".*", ["/", "/x"], []),
    ("/.*", ["/", "/x"], []),
    ("/api/*", ["/api", "/api/", "/api/x", "/api/x/y"], ["/", "/apiv2", "/API/x", "/x/api/x", "/api%2520x"]),
    ("/api*", ["/api", "/api/x"], ["/apiv2"]),
    ("/v1.0/*", ["/v1.0/x"], ["/v1x0/x"]),
    ("/a b/*", ["/a%20b/x"], ["/a+b/x", "/a%2520b/x"]),
    ("/caffè/*", ["/caff%C3%A8/x"], ["/caff%E8/x"]),
    ("/exact", ["/exact"], ["/exact/", "/exact/x", "/Exact", "/exactly"]),
    ("/robots.txt", ["/robots.txt"], ["/robotsxtxt"]),
    ("/a+b", ["/a+b"], ["/a%20b", "/aab"]),
    ("/", ["/"], ["/x"]),
    (r"/v\d+/.*", ["/v1/", "/v12/x/y", "/v1/a%0Ab"], ["/v/x", "/x/v1/x", "/v1", "/V1/x"]),
    (r"^/v[12]$", ["/v1"], ["/v1/x", "/v3", "/v1%0A"]),
    (r"/(?:a|b)/?", ["/a", "/b/"], ["/a/x", "/ab"]),
    (r"/caff./.*", ["/caff%C3%A8/x"], ["/caff/x"]),
    (re.compile(r"/[a-z]+/items"), ["/x/items"], ["/x/items/1", "/X/items"]),
    (re.compile(r"/api", re.IGNORECASE), ["/API"], ["/api/x"]),
    (["/a/*", "/b"], ["/a/x", "/b"], ["/c"]),
    ({"/a/*": {}, "/b": {}}, ["/a/x", "/b"], ["/c"]),
    (re.compile(r"/x"), ["/x"], ["/x/y"]),
]


@pytest.mark.parametrize(("resources", "covered", "others"), COVERED)
def test_what_a_resource_covers(resources: object, covered: list[str], others: list[str]) -> None:
    app = Flask(__name__)
    CORS(app, origins=[A], resources=resources)
    for path in covered:
        assert allowed(ask(app, path)) == A, path
        assert passes(preflight(app, path)), path
    for path in others:
        response = ask(app, path)
        assert allowed(response) is None, path
        assert "Vary" not in response.headers, path


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (5, "wrong-type"),
        (b"/api", "wrong-type"),
        ([b"/api"], "wrong-type"),
        ([re.compile(b"/api")], "wrong-type"),
        ({None: {}}, "wrong-type"),
        ("api", "rule-path"),
        ("/api/*/items", "resource-star"),
        ("/*/items", "resource-star"),
        ("/api/(", "regex-invalid"),
        (["/a/(", "/b/("], "regex-invalid regex-invalid"),
    ],
)
def test_an_invalid_resource_is_a_problem(resources: object, found: str) -> None:
    assert [
        code for code, _ in problems(lambda: CORS(Flask(__name__), origins="*", resources=resources))
    ] == found.split()


@pytest.mark.parametrize("path", ["api/*", "/a%20b/*", "//x/*", "/x/../y/*"])
def test_a_path_that_no_request_can_have(path: str) -> None:
    codes = [code for code, _ in problems(lambda: CORS(Flask(__name__), origins="*", resources=path))]
    assert codes in (["rule-path"], ["resource-star"])


def test_a_star_elsewhere_is_told_as_the_expression_that_was_meant() -> None:
    [problem] = _problems("/shops/*/items")
    assert problem.instead == r're.compile(r"/shops/[^/]+/items")'
    assert eval(problem.instead).fullmatch("/shops/5/items")


def _problems(resources: object):
    checks = Checks()
    read_resources(resources, checks)
    return checks.problems


def policy(origin: str) -> Policy:
    return Policy(allow_origins=[origin])


# The resource that answers, and the others, in order of precedence.
SPECIFIC: list[tuple[str, list[Key]]] = [
    (
        "/api/users",
        [re.compile("/api/users"), "/api/users", re.compile(r"/api/[a-z]+"), "/api", re.compile("/.*"), "/"],
    ),
    ("/api/v1/x", [re.compile(r"/api/v\d/.*"), re.compile(r"/api/.*"), "/api", re.compile(r".*")]),
    # CVE-2024-6839: the length does not matter.
    ("/api/admin/x", ["/api/admin", re.compile(r"/(?:api|a-very-long-alternative-that-fixes-nothing)/[a-z]+/.*")]),
    ("/api/admin/x", [re.compile(r"/api/admin/.*"), re.compile(r"/api/[abcdefghijklmnopqrstuvwxyz]+/[xyz]")]),
    ("/a", [re.compile(r"/a"), re.compile(r"/a|/bcdefghijk")]),
    ("/a.b/c", [re.compile(r"/a\.b/."), re.compile(r"/a.b/c?")]),
    ("/aab", [re.compile(r"/aa.b?"), re.compile(r"/a*b{0,3}")]),
    ("/(x", [re.compile(r"/\(x"), re.compile(r"/[(]x")]),
    # Text after a closed group is fixed again; text in a group is not.
    ("/v1/admin/x", [re.compile(r"/(?:v1|v2)/admin/.*"), re.compile(r"/(?:v1|v2|v3|v4)/a.*")]),
    ("/v1/x", [re.compile(r"/(?:(?:v)1)/x"), re.compile(r"/(?:(?:v)1)/.")]),
    # Of two that fix as much, the plain path.
    ("/ab", [re.compile(r"/ab"), re.compile(r"/abc?")]),
    ("/ab", [re.compile(r"/ab"), re.compile(r"/ab.*")]),
]


@pytest.mark.parametrize(("path", "keys"), SPECIFIC)
def test_the_most_specific_answers(path: str, keys: list[Key]) -> None:
    policies = {key: policy(f"https://{number}.example") for number, key in enumerate(keys)}
    for first in range(len(keys)):
        claims = keys[first:]
        for order in (claims, claims[::-1]):
            paths = Paths({key: policies[key] for key in order})
            assert paths.find(path) is policies[keys[first]]
            assert paths.key_of(path) is keys[first]


def test_of_two_that_fix_nothing_the_first_answers() -> None:
    keys: list[Key] = [re.compile(r".*"), re.compile(r".*/x|/y/.*")]
    for order in (keys, keys[::-1]):
        paths = Paths({key: policy(f"https://{number}.example") for number, key in enumerate(order)})
        assert paths.key_of("/y/x") is order[0]


def test_dot_segments_lead_nowhere() -> None:
    paths = Paths({"/api": policy(A), re.compile(r"/v\d/.*"): policy(B)})
    assert isinstance(paths.find("/v1/../api/x"), AmbiguousPath)
    assert isinstance(paths.find("/api/../v1/x"), AmbiguousPath)
    assert paths.find("/v1/./x") == policy(B)


def test_a_line_break_is_a_character_like_any_other() -> None:
    paths = Paths({"/api": policy(A), re.compile(r"/v\d"): policy(B), "/": policy(STRANGER)})
    assert paths.find("/api/a\nb") == policy(A)


def test_no_path_makes_it_raise() -> None:
    paths = Paths({re.compile(r"/é"): policy(A)})
    assert paths.find("/\xc3\xa9") == policy(A)
    for path in ("/\xe9", "/\u20ac", "/\udce9", ""):
        assert paths.find(path) is None


def test_nothing_is_covered_by_nothing() -> None:
    paths = Paths({})
    assert (paths.find("/"), paths.key_of("/"), paths.everywhere) == (None, None, None)


def test_resources_are_a_mapping_from_their_texts() -> None:
    resources = Resources({"/api": policy(A), re.compile(r"/v\d"): policy(B)})
    assert dict(resources) == {"/api": policy(A), r"/v\d": policy(B)}
    assert len(resources) == 2
    with pytest.raises(KeyError):
        resources["/v1"]


def test_a_path_is_the_apps_own() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources="/api/*")
    get = app.test_client().get
    assert allowed(get("/api/x", base_url="http://localhost/mounted", headers={"Origin": A})) == A
    assert allowed(get("/x", base_url="http://localhost/api", headers={"Origin": A})) is None
    assert allowed(get("/api/x", base_url="http://localhost/mounted", headers={"Origin": STRANGER})) is None
