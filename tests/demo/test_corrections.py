"""The corrected policy allows the request, and opens the server to no other page."""

import itertools

import pytest

from wsgicors import Policy, PolicyError
from wsgicors.browser import Request
from wsgicors.demo._corrections import corrected
from wsgicors.doctor.diagnosis._examination import Decision
from wsgicors.doctor.diagnosis._explain import explain

URL = "https://api.example/notes/1"
A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"


def decided(policy: Policy, page: Request) -> Decision:
    lines = [f"{name}: {value}" for name, value in page.headers]
    credentials = page.credentials == "include"
    explained = explain(policy, page.origin, url=URL, method=page.method, headers=lines, credentials=credentials)
    return explained.examination.decision


def policies() -> list[Policy]:
    """Every policy of these settings that builds."""
    built: list[Policy] = []
    for origins, methods, headers, credentials in itertools.product(
        (["*"], [], [A], [A, B], ["null"]),
        (["*"], [], ["PUT"]),
        (["*"], [], ["X-A"], ["*", "Authorization"]),
        (False, True),
    ):
        try:
            built.append(
                Policy(
                    allow_origins=origins,
                    allow_methods=methods,
                    allow_headers=headers,
                    allow_credentials=credentials,
                )
            )
        except PolicyError:
            continue
    return built


PAGES = [
    Request(URL, origin, method, [(name, "1") for name in names], "include" if credentials else "same-origin")
    for origin, method, names, credentials in itertools.product(
        (A, EVIL, "null"), ("GET", "PUT"), ((), ("x-a", "X-B"), ("Authorization",)), (False, True)
    )
]


def test_a_corrected_policy_lets_the_request_through_and_nobody_else_in() -> None:
    counts = {"corrected": 0, "none": 0, "same": 0}
    # Every seventh pair: each value of each setting still occurs with each of the others.
    for policy, page in itertools.islice(itertools.product(policies(), PAGES), 0, None, 7):
        better = corrected(policy, page)
        if better is None:
            counts["none"] += 1
            continue
        assert decided(better, page) is Decision.ALLOWED, (policy, page, better)
        counts["same" if better == policy else "corrected"] += 1
        if better == policy:
            assert decided(policy, page) is Decision.ALLOWED
        for origin in {A, B, EVIL, "null"} - {page.origin}:
            assert policy.actual(origin).allowed or not better.actual(origin).allowed, (policy, page, better)
    assert min(counts.values()) > 20, counts


@pytest.mark.parametrize("policy", [Policy(allow_origins=[A]), Policy(allow_origins="*")], ids=repr)
def test_the_null_origin_is_never_added(policy: Policy) -> None:
    page = Request(URL, "null", credentials="include")
    assert corrected(policy, page) is None


def test_a_header_keeps_the_spelling_of_the_page() -> None:
    page = Request(URL, A, "PUT", [("X-Api-Key", "1"), ("Content-Type", "application/json")])
    better = corrected(Policy(allow_origins=[A]), page)
    assert better == Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["X-Api-Key", "Content-Type"])


@pytest.mark.parametrize(
    ("settings", "page"),
    [
        ({}, Request(URL, A, "TRACE")),
        ({}, Request(URL, A, "patch")),
        ({"allow_origins": "*", "expose_headers": "*"}, Request(URL, A, credentials="include")),
        ({"allow_origins": ["null"]}, Request(URL, "null", credentials="include")),
    ],
)
def test_no_setting_helps(settings: dict[str, object], page: Request) -> None:
    assert corrected(Policy.from_mapping({"allow_origins": [A], **settings}), page) is None


def test_credentials_take_the_place_of_the_asterisk() -> None:
    better = corrected(Policy(allow_origins="*"), Request(URL, A, credentials="include"))
    assert better == Policy(allow_origins=[A], allow_credentials=True)
