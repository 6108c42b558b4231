"""Small immutable values."""

import copy
import pickle

import pytest

from wsgicors import Problem
from wsgicors._records import Record
from wsgicors.patterns import OriginPattern

PATTERN = OriginPattern("https", "a.example", subdomains=True)
PROBLEM = Problem("public-suffix", "allow_origins", ["https://*.com"], facts={"host": "com"}, names={"host": "HOST"})


def test_they_show_their_parts() -> None:
    assert repr(PATTERN) == "OriginPattern(scheme='https', host='a.example', port='', subdomains=True)"
    assert repr(PROBLEM) == (
        "Problem(code='public-suffix', setting='allow_origins', value=['https://*.com'], instead='', "
        "facts={'host': 'com'})"
    )


def test_they_are_equal_where_all_parts_are() -> None:
    assert OriginPattern(host="a.example", scheme="https", port="", subdomains=True) == PATTERN
    assert hash(OriginPattern(host="a.example", scheme="https", port="", subdomains=True)) == hash(PATTERN)
    assert OriginPattern("https", "a.example") != PATTERN
    assert PROBLEM.renamed({"host": "DOMAIN"}) != PROBLEM
    assert PATTERN != ("https", "a.example", "", True)


def test_they_are_equal_to_none_of_another_class() -> None:
    class Other(OriginPattern):
        pass

    assert Other("https", "a.example", "", True) != PATTERN


def test_they_have_all_their_parts_and_no_more() -> None:
    class Pair(Record):
        __slots__ = __match_args__ = ("one", "two")

    assert Pair(1, 2) == Pair(1, 2)
    for parts in ((1,), (1, 2, 3)):
        with pytest.raises(ValueError, match="zip"):
            Pair(*parts)


@pytest.mark.parametrize("record", [PATTERN, PROBLEM])
def test_they_survive_copying_and_pickling(record: Record) -> None:
    for again in (copy.copy(record), copy.deepcopy(record), pickle.loads(pickle.dumps(record))):
        assert again == record
        assert repr(again) == repr(record)


@pytest.mark.parametrize("record", [PATTERN, PROBLEM])
def test_they_are_immutable(record: Record) -> None:
    for name in (*record.__match_args__, "other"):
        with pytest.raises(AttributeError):
            setattr(record, name, "x")
        with pytest.raises(AttributeError):
            delattr(record, name)
    assert not hasattr(record, "__dict__")


def test_a_part_is_replaced_in_a_copy() -> None:
    assert str(PATTERN.__replace__(port="*", subdomains=False)) == "https://a.example:*"
    assert str(PATTERN) == "https://*.a.example"
    with pytest.raises(TypeError):
        PATTERN.__replace__(colour="red")


def test_they_are_matched_by_their_parts() -> None:
    match PATTERN:
        case OriginPattern(scheme, host):
            assert (scheme, host) == ("https", "a.example")


def test_what_a_problem_names_is_its_own() -> None:
    one, other = Problem("no-rules", "rules", ()), Problem("no-rules", "rules", ())
    assert one.facts == one.names == {}
    assert one.facts is not other.facts
