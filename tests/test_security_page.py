"""docs/security.md says only what a test proves: each sentence names an existing test."""

import ast
import re
from pathlib import Path

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix

from tests.wsgi import App, call
from wsgicors import CORS, Policy

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
PROMISES = PAGE.partition("\n## What is promised\n")[2]
SENTENCES = [" ".join(item.split()) for item in re.findall(r"^- (.*(?:\n  .*)*)", PROMISES, re.MULTILINE)]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def names_in(path: str) -> set[str]:
    """Return the names of a file's tests, including those in classes."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_promise_names_the_tests_that_prove_it(sentence: str) -> None:
    named = NAMED.findall(sentence)
    assert named, sentence
    assert re.search(r"\. `tests/[^ ]+(, `tests/[^ ]+)*$", sentence), "a sentence, then its tests"
    for path, name in named:
        assert name in names_in(path), f"{path} has no {name}"


def test_the_page_promises_nothing_elsewhere() -> None:
    assert len(SENTENCES) > 30
    assert set(NAMED.findall(PAGE)) == {found for sentence in SENTENCES for found in NAMED.findall(sentence)}


def test_the_readme_promises_nothing_of_its_own() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    section = re.split(r"^## ", readme.partition("\n## Security\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    assert "docs/security.md" in section
    assert "\n- " not in section


@pytest.mark.parametrize("headers", [[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")], []])
def test_what_carries_no_origin_reaches_the_app(headers: list[tuple[str, str]]) -> None:
    app = App()
    cors = CORS(app, Policy(allow_origins=["https://www.example.com"], refuse="forbid"))
    response = call(cors, "GET", "/", [("Sec-Fetch-Site", "cross-site"), *headers])
    assert (response.status, app.methods, response.cors) == ("200 OK", ["GET"], {})


def test_a_forwarded_prefix_chooses_the_rule() -> None:
    rules = {"/": Policy(allow_origins=["https://www.example.com"]), "/public": Policy(allow_origins="*")}
    forged = [("X-Forwarded-Prefix", "/public"), ("Origin", "https://evil.example")]
    read = {}
    for x_prefix in (0, 1):
        app = ProxyFix(CORS(App(), rules), x_prefix=x_prefix)
        read[x_prefix] = call(app, "GET", "/private", forged).cors
    assert read == {0: {}, 1: {"Access-Control-Allow-Origin": "*"}}


@pytest.mark.parametrize("headers", [[("Sec-Fetch-Site", "same-origin")], []])
def test_a_foreign_name_of_the_server_is_same_origin(headers: list[tuple[str, str]]) -> None:
    app = App()
    cors = CORS(app, Policy(allow_origins=["https://www.example.com"], refuse="forbid"))
    fields = [("Origin", "https://evil.example"), ("Host", "evil.example"), *headers]
    response = call(cors, "POST", "/", fields)
    assert (response.status, app.methods, response.cors) == ("200 OK", ["POST"], {})
