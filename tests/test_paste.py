"""[filter:cors] as PasteDeploy reads it."""

import textwrap
from pathlib import Path
from typing import Any

import pytest
from paste.deploy import loadapp

from tests.wsgi import App, call, preflight
from wsgicors import CORS, Policy, PolicyError
from wsgicors.paste import filter_factory
from wsgicors.policy import SETTINGS

A = "https://a.example"


def test_a_pipeline_with_the_filter_answers(tmp_path: Path) -> None:
    """The settings have the policy's names; users choose the section's name."""
    ini = tmp_path / "paste.ini"
    ini.write_text(
        textwrap.dedent("""
            [pipeline:main]
            pipeline = pages app

            [filter:pages]
            paste.filter_factory = wsgicors.paste:filter_factory
            allow_origins = https://a.example
                https://*.b.example
            allow_methods = PUT, DELETE
            allow_headers = X-A
            expose_headers = ETag
            allow_credentials = yes
            max_age = 600
            preflight_status = 200
            refuse = forbid

            [app:app]
            paste.app_factory = tests.test_paste:app_factory
        """)
    )
    app = loadapp(f"config:{ini}")
    assert isinstance(app, CORS)
    assert app.rules == Policy(
        allow_origins=[A, "https://*.b.example"],
        allow_methods=["PUT", "DELETE"],
        allow_headers=["X-A"],
        expose_headers=["ETag"],
        allow_credentials=True,
        max_age=600,
        preflight_status=200,
        refuse="forbid",
    )
    assert app.debug is False
    answer = call(app, "OPTIONS", "/", preflight("https://x.b.example", "PUT", "x-a"))
    assert answer.status == "200 OK"
    assert answer.cors["Access-Control-Allow-Origin"] == "https://x.b.example"
    assert call(app, "GET", "/", [("Origin", A)]).body == b"hello"
    assert call(app, "GET", "/", [("Origin", "https://c.example")]).status == "403 Forbidden"


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_the_default_section_hides_stops_the_start(tmp_path: Path, name: str) -> None:
    """PasteDeploy always drops the filter's own value: refuse = forbid would become withhold."""
    ini = tmp_path / "paste.ini"
    sections = {
        "DEFAULT": {name: "withhold"},
        "app:main": {"paste.app_factory": "tests.test_paste:app_factory", "filter-with": "cors"},
        "filter:cors": {"paste.filter_factory": "wsgicors.paste:filter_factory", "allow_origins": A, name: "forbid"},
    }
    lines = (f"[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in body.items()) for section, body in sections.items())
    ini.write_text("".join(lines))
    with pytest.raises(PolicyError) as error:
        loadapp(f"config:{ini}")
    assert ("paste-default", name) in [(problem.code, problem.setting) for problem in error.value.problems]
    assert f"'{name}' is in [DEFAULT] too" in str(error.value)


def app_factory(global_conf: object) -> App:
    return App()


@pytest.mark.parametrize(
    ("text", "debug"), [("true", True), ("On", True), ("false", False), ("0", False), (None, False)]
)
def test_debug_is_the_middlewares(text: str | None, debug: bool) -> None:
    settings = {"allow_origins": A} | ({"debug": text} if text is not None else {})
    cors = filter_factory({"debug": "true"}, **settings)(App())  # settings of the global section are ignored
    assert cors.debug is debug
    assert cors.rules == Policy(allow_origins=[A])


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({}, [("no-origins", "allow_origins")]),
        ({"allow_origins": ""}, [("no-origins", "allow_origins")]),
        ({"allow_origins": A, "debug": "perhaps"}, [("wrong-type", "debug")]),
        ({"allow_origins": A, "policy": "open"}, [("unknown-setting", "policy")]),
        (
            {"allow_origin": A, "debug": "", "max_age": "1h"},
            [
                ("wrong-type", "debug"),
                ("unknown-setting", "allow_origin"),
                ("wrong-type", "max_age"),
                ("no-origins", "allow_origins"),
            ],
        ),
        ({"allow_origins": "*", "allow_credentials": "true"}, [("any-origin-with-credentials", "allow_origins")]),
        ({"allow_origins": "a.example"}, [("origin-scheme-missing", "allow_origins")]),
    ],
)
def test_a_faulty_section_is_refused_with_all_its_faults(
    settings: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(PolicyError) as error:
        filter_factory({}, **settings)
    assert sorted((problem.code, problem.setting) for problem in error.value.problems) == sorted(problems)
