"""Laws of rules by path."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.strategies import law
from wsgicors import Policy
from wsgicors.rules import AmbiguousPath, Rules, readings

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
