"""Laws of verdicts, whatever was asked before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.invariants import check_admitted, of_cors, vary
from tests.laws.strategies import POLICIES, WWW, law, lists, methods, near, new, origins
from wsgicors import Policy, Refusal
from wsgicors._memory import LIMIT, Memory

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
def test_a_policy_caches_a_bounded_number_of_verdicts(credentials: bool) -> None:
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
