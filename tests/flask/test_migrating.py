"""The statements of the guide for migrating from flask-cors are true."""

import doctest
import re

from flask import Flask

import flask_wsgicors
from docs.build import moving
from flask_wsgicors import CORS, AppOptions, Options
from flask_wsgicors._options import MEANINGLESS, OWN_NAMES
from tests.flask.asking import A, B, allowed, ask, passes, preflight
from tests.servers.server import ROOT
from wsgicors.policy import SETTINGS

TEXT = (ROOT / "docs" / "migrating-from-flask-cors.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_its_code_runs() -> None:
    for block in BLOCKS:
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, {}, "guide", None, 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            assert runner.run(test).failed == 0
            assert test.examples
        else:
            exec(block, {})


def test_every_option_is_in_its_table() -> None:
    section = TEXT.partition("## The options")[2].partition("##")[0]
    told = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    known = {*OWN_NAMES, *SETTINGS, *MEANINGLESS} - {*OWN_NAMES.values()}
    own = {"preflight_status", "refuse", "dangerously_allow", "debug"}
    assert sorted(told) == sorted(known - own | {"resources"})
    assert {*Options.__annotations__} == {*OWN_NAMES, *SETTINGS, *MEANINGLESS}
    assert {*AppOptions.__annotations__} - {*Options.__annotations__} == {"resources", "debug"}
    for name in {*own, *OWN_NAMES.values()}:
        assert f"`{name}`" in TEXT


def test_why_an_option_has_no_meaning_is_told_in_the_same_words() -> None:
    for name, reason in MEANINGLESS.items():
        assert f"| `{name}` | No meaning: {reason}. |\n" in TEXT


def test_every_test_that_does_not_pass_has_its_reason() -> None:
    failed = moving("flask")["suite"]["failed"]
    rows = re.findall(r"^\| (\d+) \| `(test_\w+)\.py`(?:, `(\w+)`)? \|", TEXT, re.MULTILINE)
    found = {(module, klass): int(count) for count, module, klass in rows}
    for (module, klass), count in found.items():
        assert count == sum(f".{module}.{klass}" in name for name in failed), module
    assert sum(found.values()) == len(failed)


def test_its_claims_about_paths() -> None:
    def who(resources: str, path: str) -> bool:
        app = Flask(__name__)
        CORS(app, origins=A, resources=resources)
        return allowed(ask(app, path)) == A

    assert [who("/api/v[12]/*", path) for path in ("/api/v1", "/api/v1/", "/api/v1/x")] == [True, True, False]
    assert who("/api/v[12]/.*", "/api/v1/x")
    assert [who("/api*", path) for path in ("/api", "/api/x", "/apiv2")] == [True, True, False]
    assert who("/api.*", "/apiv2")


def test_its_warning_about_credentials() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, supports_credentials=True)
    own: dict[str, Options] = {"/with": {"origins": B}, "/without": {"origins": B, "supports_credentials": False}}
    for path, options in own.items():
        app.add_url_rule(path, path, flask_wsgicors.cross_origin(**options)(lambda: ""))
    assert [ask(app, path, B).headers.get("Access-Control-Allow-Credentials") for path in ("/with", "/without")] == [
        "true",
        None,
    ]
    assert passes(preflight(app, "/with", B, "GET"))
