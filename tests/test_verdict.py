import pickle
import re

import pytest

from wsgicors import Policy, Refusal, Verdict
from wsgicors._http import vary_line
from wsgicors.verdict import SHOWN_NAMES

A = "https://a.example"

NAMES = {
    "origin-not-allowed", "null-origin", "malformed-origin", "source-failed", "private-network", "method-not-allowed",
    "malformed-method", "header-not-allowed", "authorization-not-named", "malformed-headers", "ambiguous-path",
    "insecure-origin", "navigation-not-allowed", "cross-site",
}  # fmt: skip


def test_the_names_of_the_refusals_are_stable() -> None:
    assert {refusal.value for refusal in Refusal} == NAMES
    for refusal in Refusal:
        assert refusal.name == refusal.value.upper().replace("-", "_")
        assert Refusal(refusal.value) is refusal  # type: ignore[call-arg]  # by its value, as every enumeration  # type: ignore[call-arg]
        assert pickle.loads(pickle.dumps(refusal)) is refusal


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_has_a_sentence_and_a_remedy(refusal: Refusal) -> None:
    assert re.fullmatch(r"[A-Z][^{}]*(\{(origin|method|names)\}[^{}]*)?\.", refusal.sentence)
    assert re.fullmatch(r"[A-Z][^{}]*\.", refusal.remedy)
    assert refusal.sentence_for("the-origin", "the-method", ("the-name",)) == refusal.sentence.format(
        origin="'the-origin'", method="'the-method'", names="'the-name'"
    )


@pytest.mark.parametrize("refusal", Refusal)
@pytest.mark.parametrize(
    "hostile", ["\r\nSet-Cookie: a=b", "\x00\x1b[2J", "é\u2028\ud800", "{origin}{0}%s", "'\"\\", "x" * 1_000_000, ""]
)
def test_a_sentence_is_one_line_of_printable_ascii_whatever_was_asked(refusal: Refusal, hostile: str) -> None:
    told = refusal.sentence_for(hostile, hostile, (hostile,) * 1000)
    assert told.isascii()
    assert told.isprintable()
    assert len(told) < 400


def test_a_sentence_names_some_of_many_names() -> None:
    told = Refusal.HEADER_NOT_ALLOWED.sentence_for(None, None, tuple(f"x-{number}" for number in range(20)))
    assert (
        told
        == f"These request headers are not allowed here: '{', '.join(f'x-{number}' for number in range(SHOWN_NAMES))}'."
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("https://b.example", "PUT", ""), "The origin 'https://b.example' is not allowed here."),
        (("null", "PUT", ""), "The null origin is not allowed here."),
        (("a\r\nb", "PUT", ""), r"The Origin header 'a\r\nb' is not an origin."),
        ((A, "PATCH", ""), "The method 'PATCH' is not allowed here."),
        ((A, "P T", ""), "Access-Control-Request-Method 'P T' is not a method."),
        ((A, "PUT", "x-b,x-c"), "These request headers are not allowed here: 'x-b, x-c'."),
        ((A, "PUT", "x b"), "Access-Control-Request-Headers holds names that are not field names: 'x b'."),
    ],
)
def test_a_verdict_says_why(asked: tuple[str, str, str], sentence: str) -> None:
    verdict = Policy(allow_origins=[A], allow_methods=["PUT"]).preflight(*asked)
    assert verdict.sentence == sentence
    assert verdict.refusal is not None
    assert verdict.remedy == verdict.refusal.remedy


def test_an_allowed_verdict_has_nothing_to_say() -> None:
    verdict = Policy(allow_origins=[A]).actual(A)
    assert (verdict.sentence, verdict.remedy) == ("", "")


def test_a_verdict_is_an_immutable_value() -> None:
    verdict = Policy(allow_origins=[A]).preflight(A, "GET")
    assert pickle.loads(pickle.dumps(verdict)) == verdict
    assert hash(verdict) == hash(verdict._replace())
    for name in Verdict._fields:
        with pytest.raises(AttributeError):
            setattr(verdict, name, None)
    assert all(
        isinstance(value, tuple)
        for value in (
            verdict.headers,
            verdict.vary,
            verdict.all_headers,
            verdict.debug_headers,
            verdict.refused_headers,
        )
    )


def test_the_private_network_is_named_without_what_was_asked() -> None:
    verdict = Policy(allow_origins=[A]).preflight(A, "GET", private_network=True)
    assert verdict.sentence == "Requests from public pages to this private network are not allowed here."
    assert verdict.all_headers[:1] == vary_line(verdict.vary)


@pytest.mark.parametrize(
    ("old", "new"), [("complete", "all_headers"), ("passed", "debug_headers"), ("names", "refused_headers")]
)
def test_the_old_names_warn_of_the_new_ones(old: str, new: str) -> None:
    verdict = Policy(allow_origins=[A]).preflight(A, "PUT", "x-b")
    with pytest.warns(DeprecationWarning, match=f"Verdict.{old} is now Verdict.{new}") as warned:
        assert getattr(verdict, old) == getattr(verdict, new)
    assert warned[0].filename == __file__
