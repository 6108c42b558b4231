"""Laws of comma-separated lists, and what reading them costs."""

import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.invariants import naive_members
from tests.laws.strategies import POLICIES, WWW, law, lists, new
from wsgicors._http import list_members, merge_vary
from wsgicors.rules import PolicyList


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
