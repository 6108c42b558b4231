"""The values of expressions, evaluated from their text."""

import re
from datetime import timedelta
from typing import Any

import pytest

from wsgicors.migrate._file import File
from wsgicors.migrate._project import Project
from wsgicors.migrate._seen import UNKNOWN, Seen, combinations


def plain(seen: Seen) -> Any:
    if seen.items is not None:
        return [plain(item) for item in seen.items] + ([] if seen.complete else [...])
    if seen.pairs is not None:
        return {plain(key): plain(value) for key, value in seen.pairs} | ({} if seen.complete else {...: ...})
    return ... if seen.value is UNKNOWN else seen.value


def values(source: str) -> list[Any]:
    file = File.of_text(source, Project(()))
    return [plain(seen) for seen, _ in file.alive(file.module, "X")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("X = 'a' 'b'", ["ab"]),
        ("X = 'a' + 'b'", ["ab"]),
        ("X = -1", [-1]),
        ("X = --'a'", [...]),
        ("A = 'a'\nX = f'https://{A}/'", ["https://a/"]),
        ("X = f'https://{A}/'", [...]),
        ("X = 2 * 3", [6]),
        ("X = 2 / 3", [...]),
        ("X = A + B", [...]),
        ("X = ['a'] + B", [["a", ...]]),
        ("X = ['a', *B, *('b',)]", [["a", "b", ...]]),
        ("X = A or 'b'", [..., "b"]),
        ("X = list(('a', 'b'))", [["a", "b"]]),
        ("X = dict(a=1)", [{"a": 1}]),
        ("X = {'a': 1, **{'b': 2}, **C}", [{"a": 1, "b": 2, ...: ...}]),
        ("X = timedelta(1)", [timedelta(1)]),
        ("X = timedelta(hours=N)", [...]),
        ("X = re.compile('a', re.I)", [re.compile("a", re.IGNORECASE)]),
        ("X = re.compile('(')", [...]),
        ("X = re.compile(A)", [...]),
        ("X = os.getenv('A', 'b')", [..., "b"]),
        ("X = os.environ['A']", [...]),
        ("X = config('A', default=True, cast=bool)", [..., True]),
        ("X = config('A', default='yes', cast=bool)", [..., True]),
        ("X = config('A', default='5', cast=int)", [..., 5]),
        ("X = config('A', default='a, b,', cast=Csv())", [..., ["a", "b"]]),
        ("X = config('A', default='a,b', cast=lambda v: [s.strip() for s in v.split(',')])", [..., ["a", "b"]]),
        ("X = config('A', default='a', cast=f)", [..., ...]),
        ("X = config('A', cast=bool)", [...]),
        ("env = environ.Env(B=5, A=(bool, True))\nX = env('A')", [..., True]),
        ("env = Env(A=(list, ['a']))\nX = env.list('A')", [..., ["a"]]),
        ("env = Env(A=bool)\nX = env('A')", [...]),
        ("X = app.config['A']", [...]),
        ("X = app.config.get('A')", [...]),
        ("X = A if B else C if D else 'e'", [..., ..., "e"]),
        ("env = Env.Env\nX = env('A')", [...]),
        ("X = A[0]", [...]),
        ("X = A['b']", [...]),
        ("X = 'a,b'.split(',')", [["a", "b"]]),
        ("X = 'a b'.split()", [["a", "b"]]),
        ("X = A.split(B)", [...]),
        ("X = ' A '.strip().lower()", ["a"]),
        ("X = A.strip()", [...]),
        ("X = [a.strip() for a in ' a,'.split(',') if a.strip()]", [["a"]]),
        ("X = [a for a in A]", [...]),
        ("X = [f(a) for a in ['b']]", [...]),
        ("X = [a for b in [] for a in b]", [...]),
        ("A, X = 'a', 'b'", ["b"]),
        ("A, X = f()", [...]),
        ("A, *X = 'a', 'b'", [...]),
        ("for X in Y: pass", [...]),
        ("for A, X in Y: pass", [...]),
        ("for a.b in Y: pass\nX = 1", [1]),
        ("X = lambda a: a", [...]),
        ("X = f(a)(b)", [...]),
        ("X = X", [...]),
        ("X: str", []),
        ("class C:\n    A = 'a'\nX = C.A", ["a"]),
        ("X = C.A", [...]),
        ("X = 'a'\nif D:\n    X = 'b'", ["a", "b"]),
        ("if D:\n    X = 'a'\nelse:\n    X = 'b'", ["a", "b"]),
        ("try:\n    X = 'a'\nexcept E:\n    X = 'b'", ["a", "b"]),
        ("X = 'a'\nX = 'b'", ["b"]),
        ("X += ['a']", [["a", ...]]),
        ("X = ['a']\nX += ['b']\nif D:\n    X += ['c']", [["a", "b"], ["a", "b", "c"]]),
        ("def f(X):\n    pass\nX = 1", [1]),
        ("X = [f'https://{h}' for h in ['a', 'b']]", [["https://a", "https://b"]]),
        ("H = ['a']\nX = ['https://' + h for h in H]", [["https://a"]]),
        ("X = [h + Y for h in ['a', 'b'] if h]", [...]),
        ("X = [h for h in [Y, 'a', '']]", [["a", "", ...]]),
        ("X = [h for h in []]", [[]]),
        ("X = [h + p for h in ['a'] for p in ['b']]", [...]),
        ("X = [h for h, p in [('a', 'b')]]", [...]),
        ("X = 'a.b'.replace('.', '-').upper()", ["A-B"]),
        ("X = 'a/'.rstrip('/')", ["a"]),
        ("X = 'a'.replace('a')", [...]),
        ("X = 'a'.strip(Y)", [...]),
        ("X = json.loads('[\"a\", 1]')", [["a", 1]]),
        ("X = json.loads('\"a\"')", ["a"]),
        ("X = json.loads('{}')", [...]),
        ("X = json.loads('[')", [...]),
        ("X = json.loads(Y)", [...]),
        ("X = ['a'] | ['b']", [["a", "b"]]),
        ("X = 1 | 2", [...]),
        ("X = {'a': 1} | {'b': 2}", [{"a": 1, "b": 2}]),
        ("X = dict({'a': 1}, b=2)", [{"a": 1, "b": 2}]),
        ("X = dict({'a': 1}, **Y)", [{"a": 1, ...: ...}]),
        ("X = {**({'a': 1} if Y else {'a': 2}), 'b': 3}", [{"a": 1, "b": 3}, {"a": 2, "b": 3}]),
    ],
)
def test_values(source: str, expected: list[Any]) -> None:
    assert values(source) == expected


def test_what_has_too_many_values_is_cut_short() -> None:
    choice = "('a' if B else 'c')"
    source = "X = {" + ", ".join(f"'{number}': {choice}" for number in range(20)) + "}"
    assert 1 < len(values(source)) <= 32
    assert values("X = " + "a." * 3 + "b") == [...]


def test_names_that_lead_to_each_other_end() -> None:
    assert values("def f():\n    A = B\n    B = A\n    return A\nX = [f]") == [[...]]
    chain = "\n".join(f"A{number} = A{number + 1}" for number in range(20))
    assert values(f"A20 = 1\n{chain}\nX = A0") in ([...], [1], [])


def test_what_is_set_in_one_branch_alone_is_missing_in_the_other() -> None:
    file = File.of_text("if D:\n    A = 1\n    if E:\n        B = 2\nelse:\n    C = 3\nX = 4", Project(()))
    choices = {name: file.alive(file.module, name) for name in "ABCX"}
    found = [{name: seen.value for name, seen in values.items()} for values in combinations(choices)]
    assert found == [{"A": 1, "B": 2, "X": 4}, {"A": 1, "X": 4}, {"C": 3, "X": 4}]


def test_no_more_than_a_bounded_number_of_combinations_is_looked_at() -> None:
    file = File.of_text("\n".join(f"A{n} = 1 if B{n} else 2" for n in range(8)), Project(()))
    assert len(list(combinations({f"A{n}": file.alive(file.module, f"A{n}") for n in range(8)}))) == 32


def test_what_is_nested_too_deeply_is_not_known() -> None:
    assert values("X = " + "(" * 14 + "'a'" + " + '')" * 14) == [...]
