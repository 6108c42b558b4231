"""Laws of origins, patterns and remedies."""

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.invariants import check_admitted, check_member, check_pattern
from tests.laws.strategies import (
    EXAMPLES,
    POLICIES,
    WWW,
    any_ports,
    labels,
    latin_1,
    law,
    near,
    origins,
    patterns,
    pieces,
    ports,
    texts,
    wildcards,
)
from wsgicors import Policy, Refusal
from wsgicors.origins import is_serialization, split_origin
from wsgicors.patterns import OriginPattern, OriginSet


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
def test_an_asterisk_matches_nothing_that_makes_a_text_malformed(member: str, name: str, port: str) -> None:
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
@given(text=st.one_of(texts, pieces))
@example("$xn--")
@example("file://,a.example")
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
