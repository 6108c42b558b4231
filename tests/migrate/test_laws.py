"""`wsgicors migrate` never opens what was closed, and never silently closes what was open.

The settings are generated, and judged by running the old library before and this one after.
"""

import re
import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.django import conftest as _configured  # noqa: F401 - Django's settings, for the process
from tests.migrate.corpus import FLASK_HEADER, django_client, django_source, flask_app
from wsgicors import PolicyError
from wsgicors.migrate._run import Result, migrate

MEANT = {
    "https://a.example/": "https://a.example",
    "HTTPS://B.example": "https://b.example",
    "https://c.example:443": "https://c.example",
    "localhost:3000": "http://localhost:3000",
    "https://d.example/path": "https://d.example",
    "https://a.example,https://b.example": "https://a.example",
}
"""Misspelt texts that allow no origin, and the origin that they mean."""

ORIGINS = [
    "https://a.example", "http://localhost:3000", "http://192.168.1.5:3000", "https://*.a.example", "http://localhost:*",
    "*", "", "null", "*.c.example", "wss://c.example", "WS://localhost:8443", *MEANT,
]  # fmt: skip
STARTING = [one for one in ORIGINS if one not in {"", "*.c.example"}]
"""The origins with which flask-cors starts."""

EXPRESSIONS = [
    r"^https://\w+\.a\.example$", r"https://.*\.a\.example", r"^http://localhost:\d+$", r"https://www.a.example",
    r"^http://127.0.0.1:\d+$", ".*", r"^https://.*\.vercel\.app$", r"^https?://(\w+\.)?b\.example$",
    r"^wss://\w+\.c\.example$",
]  # fmt: skip
ASKED = [
    "https://a.example", "https://www.a.example", "https://b.example", "https://wwwxa.example", "https://c.example",
    "https://d.example", "https://x.c.example", "https://x.a.example.stranger.example", "https://stranger.example", "http://localhost:3000",
    "http://localhost:8443", "http://localhost", "http://127.0.0.1:8000", "http://192.168.1.5:3000", "https://x.vercel.app",
    "null",
]  # fmt: skip
"""Origins of pages."""


def move(source: str, name: str) -> tuple[str, Result]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_text(source, "utf-8")
        result = migrate([file])
        return next((change.after.decode() for change in result.changes), source), result


def who(client: Any) -> set[tuple[str, bool]]:
    """The origins whose pages may read a response, without and with cookies."""
    found: set[tuple[str, bool]] = set()
    for origin in ASKED:
        headers = client.get("/x", headers={"Origin": origin}).headers
        allowed = headers.get("Access-Control-Allow-Origin")
        if allowed in (origin, "*"):
            found.add((origin, False))
        if allowed == origin and headers.get("Access-Control-Allow-Credentials") == "true":
            found.add((origin, True))
    return found


def judge(
    before: set[tuple[str, bool]], after: set[tuple[str, bool]] | None, listed: list[str], result: Result
) -> None:
    meant = {MEANT[text] for text in listed if text in MEANT} | (
        {"https://b.example"} if "," in "".join(listed) else set()
    )
    opened = {(origin, cookies) for origin, cookies in (after or set()) - before if origin not in meant}
    assert not opened, opened
    if after is None or before - after:
        assert result.questions or result.notes


@given(
    st.lists(st.sampled_from(ORIGINS), max_size=3, unique=True),
    st.lists(st.sampled_from(EXPRESSIONS), max_size=2, unique=True),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "DEBUG = True\n", "DEBUG = False\n"]),
)
@settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.too_slow])
def test_django(origins: list[str], expressions: list[str], every: bool, cookies: bool, debug: str) -> None:
    values = {"CORS_ALLOW_CREDENTIALS": str(cookies)}
    lists = {"CORS_ALLOWED_ORIGINS": repr(origins), "CORS_ALLOWED_ORIGIN_REGEXES": repr(expressions)}
    if not debug:
        values |= {"CORS_ALLOW_ALL_ORIGINS": str(every), **lists}
    source = django_source({"mw": "first", "extra": {}, "settings": values})
    if debug:
        listed = "".join(f"    {name} = {value}\n" for name, value in lists.items())
        source += f"{debug}if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = {every}\nelse:\n{listed}"
    moved, result = move(source, "settings.py")
    with django_client(source) as client:
        before = who(client)
    after = None
    try:
        with django_client(moved) as client:
            after = who(client)
    except ImproperlyConfigured:
        assert result.questions
    judge(before, after, origins, result)


@given(
    st.one_of(st.none(), st.lists(st.sampled_from(STARTING), min_size=1, max_size=3, unique=True)),
    st.lists(st.sampled_from(EXPRESSIONS), max_size=1),
    st.booleans(),
)
@settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.too_slow])
def test_flask(origins: list[str] | None, expressions: list[str], cookies: bool) -> None:
    listed = None if origins is None else [*origins, *expressions]
    members = [*map(repr, origins or ()), *(f"re.compile({one!r})" for one in expressions)]
    given = "" if listed is None else f", origins=[{', '.join(members)}]"
    switch = ", supports_credentials=True" if cookies else ""
    source = f"import re\n{FLASK_HEADER}app = Flask('a')\nCORS(app{given}{switch})\nV(app)\n"
    moved, result = move(source, "app.py")
    before = who(flask_app(source).test_client())
    after = None
    try:
        after = who(flask_app(moved).test_client())
    except PolicyError:
        assert result.questions
    judge(before, after, listed or [], result)
    assert re.search("TODO", moved) or not result.questions


def test_a_pattern_that_let_nobody_in_is_asked_about_once_and_taken_out() -> None:
    settings = (
        "INSTALLED_APPS = ['corsheaders']\nCORS_ALLOWED_ORIGINS = ['https://*.a.example', '*', 'https://a.example']\n"
    )
    moved, result = move(settings, "settings.py")
    assert sorted(question.code for question in result.questions) == ["pattern-in-list", "star-in-list"]
    assert moved.endswith("CORS_ALLOWED_ORIGINS = ['https://a.example']\n")


def test_a_single_pattern_is_taken_out_too() -> None:
    moved, result = move(f"{FLASK_HEADER}CORS(app, origins='https://*.a.example')\n", "app.py")
    assert [question.code for question in result.questions] == ["pattern-in-list"]
    assert moved.endswith("CORS(app, origins=[])\n")
    computed, result = move(f"{FLASK_HEADER}CORS(app, origins='https://*.' + 'a.example')\n", "app.py")
    assert [question.code for question in result.questions] == ["pattern-in-list"]
    assert computed.endswith("CORS(app, origins='https://*.' + 'a.example')\n")


def test_a_pattern_beside_a_star_opens_nothing() -> None:
    for other in ("https://*.a.example", "https://a.example,https://b.example"):
        moved, result = move(f"{FLASK_HEADER}CORS(app, origins=['*', '{other}'])\n", "app.py")
        assert result.questions == []
        assert moved.endswith("CORS(app, origins='*')\n")


def test_patterns_that_were_written_for_this_library_stay() -> None:
    settings = "INSTALLED_APPS = ['django_wsgicors']\nCORS_ALLOWED_ORIGINS = ['https://*.a.example']\n"
    assert move(settings, "settings.py") == (settings, migrate([]))
    app = "from flask_wsgicors import CORS\nCORS(app, origins=['https://*.a.example'])\n"
    assert move(app, "app.py") == (app, migrate([]))


def test_an_expression_of_which_the_beginning_was_matched_is_noted() -> None:
    _, result = move(f"{FLASK_HEADER}import re\nCORS(app, origins=[re.compile(r'https://a\\.example')])\n", "app.py")
    assert [note.code for note in result.notes] == ["whole"]
