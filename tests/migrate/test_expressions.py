"""The migration of expressions for origins; see also their doctests."""

import pytest

from wsgicors.migrate._expressions import admits_everything, narrowed, prefix_matched


@pytest.mark.parametrize("pattern", ["(", "https://a(", "https://.*"])
def test_expressions_that_cannot_be_narrowed(pattern: str) -> None:
    assert narrowed(pattern) is None


def test_an_expression_that_does_not_compile_admits_nothing() -> None:
    assert not admits_everything("(")


def test_an_end_in_each_alternative_is_an_end() -> None:
    assert prefix_matched("a$|b$") == "a$|b$"
    assert prefix_matched("a|b$") == "(?:a|b$).*"
    assert prefix_matched("(a|b)$") == "(a|b)$"
