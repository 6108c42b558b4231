"""Changes to lists, calls and statements, which leave all other text unchanged."""

import ast

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgicors.migrate._edits import Edits, with_first, without

MEMBERS = st.lists(st.sampled_from(["'a'", "'b'", "f(1)", "*c", "('d', 'e')"]), min_size=1, max_size=5)
LAYOUTS = ["[{}]", "({},)", "[\n    {},\n]", "[\n    {}\n]", "(\n    {},  # last\n    # end\n)", "[{}\n]"]


@st.composite
def lists(draw: st.DrawFn) -> str:
    members = draw(MEMBERS)
    layout = draw(st.sampled_from(LAYOUTS))
    if "\n    {}" in layout:
        separator = draw(st.sampled_from([",\n    ", ",  # why\n    ", ",\n    # lead\n    ", ", "]))
    else:
        separator = draw(st.sampled_from([", ", ",", ",\n  "]))
    return layout.format(separator.join(members))


def members(code: str) -> list[str]:
    return [ast.unparse(element) for element in ast.parse(code.strip()).body[0].value.elts]  # type: ignore[attr-defined]


@given(lists(), st.data())
def test_members_are_taken_out(code: str, data: st.DataObject) -> None:
    before = members(code)
    gone = data.draw(st.sets(st.sampled_from(range(len(before)))))
    after = cst.Module([]).code_for_node(without(cst.parse_expression(code), sorted(gone)))
    assert members(after) == [member for place, member in enumerate(before) if place not in gone]


@given(lists(), st.data())
def test_a_member_is_moved_to_the_top_with_its_comments(code: str, data: st.DataObject) -> None:
    before = members(code)
    place = data.draw(st.sampled_from(range(len(before))))
    after = cst.Module([]).code_for_node(with_first(cst.parse_expression(code), place))
    assert members(after) == [before[place], *before[:place], *before[place + 1 :]]
    assert after.count("#") == code.count("#")


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ('["a", "b",\n    "c"]', '["b", "a",\n    "c"]'),
        ('["a", "b", "c",\n]', '["b", "a", "c",\n]'),
    ],
)
def test_a_member_is_moved_to_the_top_of_ragged_lines(code: str, after: str) -> None:
    assert cst.Module([]).code_for_node(with_first(cst.parse_expression(code), 1)) == after


@pytest.mark.parametrize(
    ("code", "gone", "after"),
    [
        ("{1, 2}", [0], "{2}"),
        ("{1}", [0], "[]"),
        ("{\n  1,\n  2,\n}", [1], "{\n  1,\n}"),
        ("1, 2", [0], "2,"),
        ("1, 2, 3", [0], "2, 3"),
        ("1, 2", [0, 1], "()"),
    ],
)
def test_sets_and_bare_tuples(code: str, gone: list[int], after: str) -> None:
    assert cst.Module([]).code_for_node(without(cst.parse_expression(code), gone)) == after


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("", "import re"),
        ("def f(): ...\n", "import re\ndef f(): ...\n"),
        ("x = 1\n", "import re\nx = 1\n"),
        ('"""Text."""\n', '"""Text."""\nimport re\n'),
    ],
)
def test_an_import(code: str, after: str) -> None:
    edits = Edits(cst.parse_module(code))
    assert edits.is_empty
    edits.need_import("re")
    edits.need_import("re")
    assert edits.applied().code == after


def test_a_comment_is_put_once() -> None:
    module = cst.parse_module("# one\nx = 1\n# one\ny = 2\nz = 3\n")
    edits = Edits(module)
    for statement in module.body:
        edits.comment(statement, "# one", "# two")
        edits.comment(statement, "# one", "# two")
    assert edits.applied().code == "# one\nx = 1\n# one\ny = 2\n# one\n# two\nz = 3\n"
