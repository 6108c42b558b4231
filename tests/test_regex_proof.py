"""Regular expressions: the proofs about them, the matching, and the text to write instead.

``python -m tests.test_regex_proof`` tries a hundred times as many random expressions.
"""

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.invariants import is_spelled_out, members_of
from wsgicors import Policy, PolicyError
from wsgicors._regex_automata import Automaton
from wsgicors._regex_language import Language, difference, language
from wsgicors._regex_matcher import Matcher
from wsgicors._regex_proof import Level, Proof, examined
from wsgicors._regex_remedies import closed_form, remedy
from wsgicors._regex_syntax import ALPHABET, Unproven, read
from wsgicors._regex_text import written
from wsgicors.origins import NAME_CHARACTERS, SCHEME_CHARACTERS, WELL_FORMED, is_serialization
from wsgicors.patterns import OriginSet

EXAMPLES: Final = 10_000 if __name__ == "__main__" else settings().max_examples
"""The number of random expressions for a law."""

REFUSED: Final = [
    r"http://[a.]\d*[.]", r"http://[a.]\d*",
    r"https://example\.com.*", r"https://example\.com(:\d+)?.*", r"https?://localhost.*", r"https://[\w-]*example\.com",
    r"https://.*\.com", r"https://[^.]+\.(com|net|org)", r"https://example\.[a-z]+", r"https://example\..*",
    r"(?x)https://www . example . com", r"https://www\.example.(?=com)com", r"https://(?!evil).*\.com",
    r"https://app\.example\.com|https://.*\.app", r"https://pr-\d+.*",
    # the grammar's corners
    r"https://a\.example\.com|https://.*\.com\.", r".*://example\.com", r"\w+://example\.com", r"https://\[.*\]",
    r"http://\[::[12]\]", r"https://\d+\.\d+\.\d+\.\d+", r"http://10\..*", r"http://192\.168\..*",
    r"http://172\.\d+\.\d+\.\d+", r"https://.*\.example\.com.?", r"https://.*[.-]example\.com",
    r"https://example\.com(\.|:\d+|x)*", r"https://.*example\.com\.",
    # classes, dots and repetitions are not spelled out
    r"https://[ab]\.com", r"https://[a1]\.com", r"https://(a|b)+\.com", r"https://(foo){1,3}\.com",
    r"https://ex[ao]mple\.com", r"https://x?.com", r"https://(?:a|[bc])\.com",
    # flags, and case folding of `re`
    r"(?i)https://EXAMPLE\.COM.*", r"(?is)https://.*\.(?:COM)", "(?i)https://[\u212ax]\\.com",
    "(?i)https://[\u017f\u0131a]\\.com", r"(?a)https://\W*\w+\.com", r"(?i:https)://(?-i:.)\.com",
    r"(?m)^https://[a-z]+\.com$",
    # alternatives and repetitions of nothing
    r"https://(?:|.*)\.com", r"https://(?:(?:a?)*)*\.com", r"https://(?:example\.com|)[a-z]+", r"https://(?:)+.+\.com",
    # unsupported syntax
    r"https://(a)\1\.com", r"https://(?>.*\.)example\.com", r"https://[a-z]++\.example\.com",
    r"https://(x)?(?(1).*|a)\.com", r"https://.*(?<=\.)example\.com", r"https://\bexample\.com",
]  # fmt: skip
BUILT: Final = [
    r"https://([a-z0-9-]+\.)*example\.com", r"https://(?:.*\.)?example\.com", r"https://.*\.example\.com(:\d+)?",
    r"https?://localhost(:\d+)?", r"^https://[\w-]+\.example\.com$", r"https://[^.]+\.example\.(com|org)",
    r"moz-extension://[0-9a-f-]{36}", r"http://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?", r"http://10(\.\d{1,3}){3}",
    r"http://172\.(1[6-9]|2\d|3[01])\.\d+\.\d+", r"http://127\.0\.0\.\d+", r"http://[a-z]+\.localhost(:\d+)?",
    r"http://frontend:3000", r"https://github\.io", r"https://[a-z]+\.example\.(de|dk)", r"https://(de|dk)\.com",
    r"http://8\.8\.8\.8|http://192\.168\.1\.\d+", r"http://\[::1\](:\d+)?", r"https://.*\.example\.com\.",
    r"(?i)HTTPS?://www\.example\.com", r"https://(?!admin)[a-z]+\.example\.com",
    r"app://\.", r"https://(foo){2}\.com", "(?i)https://\u017fhop\\.example", r"https://a+\.(?=[^x]).*\.example\.com",
    r"https://.*\.vercel\.app", r"https://.*-myapp\.vercel\.app", r"https://(?:x{1,63}\.){1,10}example\.com",
    "https://(?:" + "|".join(rf"host{number}\.example" for number in range(300)) + ")",
    "https://(?:" + "|".join(f"h{number}x" for number in range(1100)) + r")\.example\.com",
]  # fmt: skip
GUARDED: Final = [
    r"https://.*-myapp\.vercel\.app",
    r"https://[a-z0-9-]+\.github\.io",
    r"https://.*\.run\.app",
    r"https://.*\.amazonaws\.com",
]


@pytest.mark.parametrize("regex", REFUSED)
def test_an_expression_that_admits_foreign_origins_does_not_build(regex: str) -> None:
    with pytest.raises(PolicyError) as error:
        Policy(allow_origins=[re.compile(regex)])
    (problem,) = error.value.problems
    assert problem.code.startswith(("regex-", "public-suffix"))


@pytest.mark.parametrize("regex", BUILT)
def test_an_expression_that_spells_out_its_domains_builds(regex: str) -> None:
    Policy(allow_origins=[re.compile(regex)])


@pytest.mark.parametrize("regex", GUARDED)
def test_names_below_private_suffixes_are_for_public_data_alone(regex: str) -> None:
    Policy(allow_origins=[re.compile(regex)])
    with pytest.raises(PolicyError, match="public-suffix"):
        Policy(allow_origins=[re.compile(regex)], allow_credentials=True)


@pytest.mark.parametrize(
    "regex", [regex for regex in REFUSED if isinstance(examined(re.compile(regex), "icann"), Unproven)]
)
def test_an_example_is_admitted(regex: str) -> None:
    reason = examined(re.compile(regex), "icann")
    assert isinstance(reason, Unproven)
    if reason.example:
        assert is_serialization(reason.example)
        assert re.fullmatch(regex, reason.example)


@pytest.mark.parametrize(
    ("regex", "stranger"),
    [
        (r"https://example\.com.*", "https://example.com.evil"),
        (r"https://[a-z]+example\.com", "https://evilexample.com"),
        (r"https://app[a-z]+example\.com", "https://appevilexample.com"),
        (r"https://[a-z]{6,}example\.com", "https://strangerexample.com"),
        (r"https://(?!evil|stranger)[a-z-]+example\.com", "https://-evilexample.com"),
        (r"https://[a-z]example\.com", "https://xexample.com"),
        (r"https://\dexample\.com", "https://1example.com"),
        (r"https://\[[0-9a-f:]+\]", "https://[2001:db8::1]"),
        (r"https://[a-z]+example\.com:\d{4}", "https://evilexample.com:8443"),
        (r"https://[a-z]+example\.com:\d", "https://evilexample.com:1"),
    ],
)
def test_an_example_is_an_origin_that_speaks_for_itself(regex: str, stranger: str) -> None:
    reason = examined(re.compile(regex), "icann")
    assert isinstance(reason, Unproven)
    assert reason.example == stranger


# -- Laws ------------------------------------------------------------------------------------------------------

ATOMS: Final = [
    ".", "a", "b", "-", r"\.", "/", ":", r"\d", r"\w", "[a-c]", "[^.]", "[.x]", "com", r"\.com", r"example\.com",
    "https://", "http://", "localhost", "(?=a)", "(?!evil)", "^", "$", "10", r"192\.168", "s", r"\[::1\]", "[a.]",
    "(?i:E)",
]  # fmt: skip
pieces: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{2}", "{0,2}", "{1,}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)
expressions = st.tuples(
    st.sampled_from(["https://", "https?://", "^https://", "http://", "", "(?:https|x-app)://"]),
    pieces,
    st.sampled_from(
        [
            "",
            r"\.example\.com",
            r"example\.com",
            r"\.com",
            r"\.vercel\.app",
            r"(:\d+)?",
            r"\.example\.com\.?",
            r"\.example\.com$",
            r"\d*[.]",
            r"\.\d+\.?",
        ]
    ),
).map("".join)
texts = st.one_of(
    st.text(ALPHABET, min_size=1, max_size=12),
    st.lists(
        st.sampled_from(["a", "b", "1", ".", "-", "evil", "com", "example", "https://", "localhost", ":80", "/"]),
        min_size=1,
        max_size=8,
    ).map("".join),
)
serializations = (
    st.tuples(
        st.text(SCHEME_CHARACTERS, min_size=1, max_size=6),
        st.text(NAME_CHARACTERS, min_size=1, max_size=12) | st.sampled_from(["[::1]", "127.0.0.1", "localhost", "."]),
        st.sampled_from(["", ":1", ":65535"]),
    )
    .map(lambda parts: f"{parts[0]}://{parts[1]}{parts[2]}")
    .filter(is_serialization)
)


def compiled(text: str) -> re.Pattern[str]:
    return re.compile(text)


def members(known: Language, choose: st.DataObject) -> Iterator[str]:
    """Members of a language, drawn at random."""
    for _ in range(4):
        places, word = known.start & known.live, ""
        for _ in range(60):
            chars = known.chars(places)
            stop = not known.accepting.isdisjoint(places)
            if not chars or (stop and choose.draw(st.booleans())):
                break
            char = choose.draw(st.sampled_from(chars))
            word, places = word + char, known.step(places, char)
        yield word


@settings(max_examples=EXAMPLES, deadline=None)
@given(expression=expressions, level=st.sampled_from(["all", "icann"]), choose=st.data())
def test_a_proven_expression_admits_nobody_else(expression: str, level: Level, choose: st.DataObject) -> None:
    regex = compiled(expression)
    proof = examined(regex, level)
    if not isinstance(proof, Proof):
        return
    origins = OriginSet([regex])
    for word in members(proof.language, choose):
        at = choose.draw(st.integers(0, len(word)))
        for origin in (
            word,
            word[:at] + choose.draw(st.sampled_from(["evil", ".", ".evil.net", "-", "x", ":80", "/", "."])) + word[at:],
        ):
            if origin in origins:
                assert is_serialization(origin)
                assert is_spelled_out(origin, proof, level), (expression, origin, proof.ends)
            # `re` backtracks: for a longer text it can take more than ten minutes.
            if len(origin) <= 30 and is_serialization(origin) and regex.fullmatch(origin):
                assert origin in origins


@settings(max_examples=EXAMPLES, deadline=None)
@given(expression=pieces, text=texts)
@example("(?:(?!a)(?=b)b)*", "bb")
@example("(?:(?:a?)*)*b", "aab")
@example("(?:a(?!b(?!c)))*.*", "abc")
@example("^https://a$", "https://a")
@example(r"[\[\]a]", "]")
@example("(?:^https://a|^b)", "https://a")
def test_the_automaton_matches_what_the_expression_matches(expression: str, text: str) -> None:
    matcher = Matcher([Automaton(read(compiled(expression)))])
    assert matcher.matches(text) == bool(re.fullmatch(expression, text))
    assert matcher.matches(text) == bool(re.fullmatch(expression, text))  # now with cached steps
    again = written(read(compiled(expression)))
    assert bool(re.fullmatch(again, text)) == bool(re.fullmatch(expression, text))


@settings(max_examples=EXAMPLES * 3 // 5, deadline=None)
@given(origin=serializations)
def test_the_grammar_of_the_proof_has_every_serialization(origin: str) -> None:
    assert re.fullmatch(WELL_FORMED, origin)
    places = language(r"[\s\S]*").start
    for char in origin:
        places = language(r"[\s\S]*").step(places, char)
    assert not language(r"[\s\S]*").accepting.isdisjoint(places)


@settings(max_examples=EXAMPLES * 3 // 5, deadline=None)
@given(expression=expressions)
@example("https://example.com.*")
@example(r"https://(.*?)shop\.example$")
@example(r"https://([a-z]+\.)?pr-\d+\.shop.example")
def test_a_remedy_never_opens_anything(expression: str) -> None:
    regex = compiled(expression)
    reason = examined(regex, "icann")
    if not isinstance(reason, Unproven):
        return
    for member in members_of(remedy(regex, reason, "icann").text):
        Policy(allow_origins=[member])
    admitted = members_of(remedy(regex, reason, "icann").text)
    proofs = [examined(member, "icann") for member in admitted if isinstance(member, re.Pattern)]
    for proof in proofs:
        assert isinstance(proof, Proof)
        bare = [f"{end.scheme}://{end.name}" for end in proof.ends if end.kind == "below"]
        assert all(origin in OriginSet(admitted) for origin in bare if regex.fullmatch(origin))


@pytest.mark.parametrize(
    ("faulty", "bare"),
    [
        (r"https://(.*?)shop\.example$", ["https://shop.example", "https://a.shop.example"]),
        (r"https://example.com.*", ["https://example.com"]),
        (r"https://[\w-]*example\.com", ["https://example.com"]),
    ],
)
def test_a_remedy_keeps_the_bare_host(faulty: str, bare: list[str]) -> None:
    regex = compiled(faulty)
    reason = examined(regex, "icann")
    assert isinstance(reason, Unproven)
    instead = OriginSet(members_of(remedy(regex, reason, "icann").text))
    assert all(origin in instead for origin in bare)
    assert "https://example.com.evil.net" not in instead


FAULTY: Final = st.tuples(
    st.sampled_from(["https://", "https?://", "^https://", "(?:http|https)://"]),
    st.sampled_from(
        ["", "www.", r"(?:.*\.)?", "(.*?)", r"[\w-]*", r"([a-z0-9-]+\.)*", r".*\.", r"pr-\d+\.", "(www.)?"]
    ),
    st.sampled_from(["example.com", "shop.example", "example.co.uk"]),
    st.sampled_from([".", r"\.", "."]),
    st.sampled_from(["", ".*", r"(:\d+)?.*", "(/.*)?", "$", r"\..*", r"(:\d+)?", "/?"]),
)
"""Usual expressions for one registrable domain and its subdomains: scheme, labels, domain, its dots, the end."""


@settings(max_examples=EXAMPLES * 3 // 5, deadline=None)
@given(parts=FAULTY)
@example(parts=("https://", "", "example.com", ".", ".*"))
@example(parts=("https://", "(.*?)", "shop.example", r"\.", "$"))
def test_a_remedy_that_is_written_as_it_is_printed_admits_one_domain_and_the_bare_host(parts: tuple[str, ...]) -> None:
    scheme, labels, domain, dot, end = parts
    regex = compiled(scheme + labels + domain.replace(".", dot) + end)
    try:
        Policy(allow_origins=[regex])
    except PolicyError as error:
        written = error.problems[0].instead
    else:
        return
    if not written:
        return
    policy = Policy(allow_origins=members_of(written))
    other_domains = [f"{domain}.evil.net", f"evil{domain}", f"evil-{domain}", domain.replace(".", "x", 1), "evil.net"]
    for host in (*other_domains, *(f"www.{other}" for other in other_domains)):
        assert not policy.actual(f"https://{host}").allowed, (regex.pattern, written, host)
        assert not policy.actual(f"http://{host}").allowed, (regex.pattern, written, host)
    for bare in (f"https://{domain}", f"http://{domain}"):
        assert policy.actual(bare).allowed or not regex.fullmatch(bare), (regex.pattern, written, bare)


def test_a_public_suffix_says_that_an_update_of_the_list_may_be_the_reason_and_is_let_through_by_name() -> None:
    with pytest.raises(PolicyError, match=r"list of publicsuffixlist [0-9.]+") as raised:
        Policy(allow_origins=["https://*.co.uk"])
    [problem] = raised.value.problems
    assert "If it built before, an update of the list is the reason." in problem.remedy
    assert Policy(allow_origins=["https://*.co.uk"], dangerously_allow=[problem.code]).actual("https://a.co.uk").allowed


# -- Forms for export ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regex", "patterns", "expression"),
    [
        (r"https://(www\.)?example\.com", ("https://example.com", "https://www.example.com"), ""),
        (r"(?i)https://.*\.EXAMPLE\.com", ("https://*.example.com",), ""),
        (r"https://.*\.example\.com(:\d+)?", ("https://*.example.com:*",), ""),
        (r"https://[\w-]+\.example\.com", (), r"https://[-0-9_a-z]+\.example\.com"),
        (r"https://(?!x)[ab]+\.example\.com", (), r"https://(?!x)[ab]+\.example\.com"),
        (r"moz-extension://[0-9a-f-]{36}", (), r"moz-extension://[-0-9a-f]{36}"),
        (r"^https://(?:a|b)[^.:]\.example\.com$", (), r"^https://[ab][-0-9_a-z]\.example\.com$"),
    ],
)
def test_the_closed_form_of_an_expression(regex: str, patterns: tuple[str, ...], expression: str) -> None:
    proof = examined(re.compile(regex), "all")
    assert isinstance(proof, Proof)
    assert closed_form(proof) == (patterns, expression)


# -- Costs -----------------------------------------------------------------------------------------------------


def calls(function: Callable[[], object]) -> int:
    """The number of function calls in a call of `function`."""
    count = 0

    def profile(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def of_a_lookup(origins: OriginSet, origin: str) -> int:
    """The number of function calls of a lookup."""
    return calls(lambda: origin in origins)


@pytest.mark.parametrize(
    ("regex", "is_proven"),
    [(r"[a-p]x{63}://a\.example", True), (r"[a-q]x{63}://a\.example", False), (r"[a-p]x{64}://a\.example", False)],
)
def test_as_many_schemes_as_may_be_spelled_out_are_found_and_no_more(regex: str, *, is_proven: bool) -> None:
    assert isinstance(examined(re.compile(regex), "all"), Proof) is is_proven


@example(r"https://(?:(?:a?b?){40}){20}\.example\.com")
@example(r"(?:htt[a-z]+mplexamapp:./\.)")
@example(r".*tps://(a|k){1}\.c.com|app4//\.")
@example("moz-?[^.]*xtensio.://[0-9a-f-]{36}")
@given(expressions)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_proof_takes_a_bounded_number_of_steps(regex: str) -> None:
    """Found by ``python -m fuzz expressions``: an open scheme with an end that few texts have took 28 million calls."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # FutureWarning of `re`
        pattern = re.compile(regex)
    assert calls(lambda: examined.__wrapped__(pattern, "all")) < 4_000_000


@pytest.mark.parametrize(
    "regex",
    [r"https://([a-z]+-?)+\.example\.com", r"https://(?:(?:a*)*)*\.example\.com", r"https://.*.*.*\.example\.com"],
)
def test_matching_takes_steps_in_proportion_to_the_length(regex: str) -> None:
    """A forged origin has the right end, preceded by text that causes backtracking."""
    few, many = (
        of_a_lookup(OriginSet([re.compile(regex)]), "https://" + "a" * length + "_.example.com") for length in (6, 60)
    )
    assert many <= 10 * few


class Read(str):
    """A text that counts the characters that are read from its end."""

    __slots__ = ("seen",)

    def __reversed__(self) -> Iterator[str]:
        self.seen = 0
        for char in self[::-1]:
            self.seen += 1
            yield char


def test_an_origin_that_fits_no_expression_any_more_is_not_read_further() -> None:
    matcher = Matcher([Automaton(read(re.compile(r"https://[a-z]+\.example\.com")))])
    origin = Read("https://" + "a" * 200 + "0.example.com")
    assert not matcher.matches(origin)
    assert origin.seen == len("0.example.com")


@pytest.mark.parametrize("text", [r"https://[a-z]+\.tenant-{}\.example\.com", r"https://pr-{}-[a-z]+\.example\.com"])
@pytest.mark.parametrize(
    "origin", ["https://a.tenant-7.example.com", "https://pr-7-a.example.com", "https://other.example.net"]
)
def test_a_hundred_expressions_cost_what_one_costs(text: str, origin: str) -> None:
    one, hundred = (OriginSet([re.compile(text.format(number)) for number in numbers]) for numbers in ([7], range(100)))
    for origins in (one, hundred):
        of_a_lookup(origins, origin)  # steps are computed when first taken
    assert of_a_lookup(hundred, origin) <= 1.5 * max(of_a_lookup(one, origin), 30)


def test_an_origin_that_ends_otherwise_reaches_no_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = OriginSet([re.compile(r"https://[a-z]+\.example\.com"), re.compile(r"http://10(\.\d+){3}")])
    monkeypatch.setattr(Matcher, "matches", None)
    for origin in (
        "https://a.example.net",
        "https://example.org",
        "https://a.example.com.evil.net",
        "x-app://a",
        "https://[::1]",
    ):
        assert origin not in origins


def test_a_matcher_keeps_a_bounded_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors._regex_matcher.REMEMBERED", 5)
    matcher = Matcher([Automaton(read(re.compile(r"https://.*a.{6}\.example\.com")))])
    for number in range(200):
        origin = f"https://{number:08b}".replace("1", "a") + ".example.com"
        assert matcher.matches(origin) == bool(re.fullmatch(r"https://.*a.{6}\.example\.com", origin))
        assert len(matcher._known) <= 5


def test_what_is_too_large_is_not_proven() -> None:
    for regex in (r"https://(?:a{100}){200}\.example\.com", r"https://(?:(?:a?b?){40}){20}\.example\.com"):
        assert isinstance(examined(re.compile(regex), "all"), Unproven)
    assert difference(language("https://a"), language("https://a")) is None


if __name__ == "__main__":
    test_a_proven_expression_admits_nobody_else()
    test_the_automaton_matches_what_the_expression_matches()
    test_the_grammar_of_the_proof_has_every_serialization()
    test_a_remedy_never_opens_anything()
