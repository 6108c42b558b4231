"""The adapters in examples/, which use `wsgicors.adapting`: a tween for Pyramid, middleware for Falcon."""

import importlib.util
import sys
import warnings
from types import ModuleType
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.wsgi import Fields, Response, call, preflight
from wsgicors import Policy

A, B, OWN = "https://a.example", "https://b.example", "https://own.example"
RULES = {
    "/": Policy(allow_origins=[A], allow_methods=["PUT"]),
    "/forbidding": Policy(allow_origins=[A], refuse="forbid"),
}


def from_(origin: str) -> Fields:
    return [("Origin", origin)]


def lowered(answer: Response) -> dict[str, str]:
    """The CORS headers; Falcon spells all names in lower case."""
    return {name.lower(): value for name, value in answer.cors.items()}


def example(name: str) -> ModuleType:
    path = ROOT / "examples" / name / "cors.py"
    spec = importlib.util.spec_from_file_location(f"{name}_cors", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Pyramid imports what it includes by name
    spec.loader.exec_module(module)
    return module


def pyramid_app() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from pkg_resources, which Pyramid imports
        pytest.importorskip("pyramid.config", reason="install pyramid")
    from pyramid.config import Configurator
    from pyramid.response import Response

    def view(request: Any) -> Any:
        return Response(
            "hello",
            headerlist=[
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Vary", "Cookie"),
                ("Access-Control-Allow-Origin", "*"),
            ],
        )

    config = Configurator(settings={"cors.rules": RULES})
    config.include(example("pyramid").includeme)
    for name in ("notes", "forbidding", "own"):
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, request_method=("GET", "POST"))
    config.add_view(
        view, route_name="own", request_method="PUT", cors=Policy(allow_origins=[OWN], allow_methods=["PUT"])
    )
    return config.make_wsgi_app()


def falcon_app() -> Any:
    falcon = pytest.importorskip("falcon", reason="install falcon")

    class Notes:
        def on_get(self, req: Any, resp: Any) -> None:
            resp.text = "hello"
            resp.set_header("Vary", "Cookie")
            resp.set_header("Access-Control-Allow-Origin", "*")

        on_post = on_get

    app = falcon.App(middleware=[example("falcon").CORS(RULES)])
    for name in ("notes", "forbidding"):
        app.add_route(f"/{name}", Notes())
    return app


APPS = pytest.mark.parametrize("make", [pyramid_app, falcon_app])


@APPS
def test_an_allowed_page_reads_the_answer(make: Any) -> None:
    answer = call(make(), "GET", "/notes", from_(A))
    assert (lowered(answer), answer.body) == ({"access-control-allow-origin": A}, b"hello")
    assert [name.strip().lower() for name in str(answer.vary).split(",")] == ["cookie", "origin"]


@APPS
def test_another_page_does_not(make: Any) -> None:
    assert lowered(call(make(), "GET", "/notes", from_(B))) == {}


@APPS
def test_an_error_page_is_covered(make: Any) -> None:
    answer = call(make(), "GET", "/nowhere", from_(A))
    assert answer.status.startswith("404")
    assert lowered(answer) == {"access-control-allow-origin": A}


@APPS
def test_a_preflight_is_answered_in_the_apps_place(make: Any) -> None:
    answer = call(make(), "OPTIONS", "/notes", preflight(A, "PUT"))
    assert answer.status.startswith("204")
    assert lowered(answer) == {"access-control-allow-origin": A, "access-control-allow-methods": "PUT"}
    assert call(make(), "OPTIONS", "/notes", preflight(B, "PUT")).status.startswith("403")


@APPS
def test_a_forbidden_request_does_not_reach_the_view(make: Any, log: pytest.LogCaptureFixture) -> None:
    answer = call(make(), "POST", "/forbidding", from_(B))
    assert answer.status.startswith("403")
    assert answer.body == b"The origin 'https://b.example' is not allowed here.\n"
    assert "origin-not-allowed" in log.messages[0]
    assert call(make(), "POST", "/forbidding", [*from_("https://localhost"), ("Host", "localhost")]).body == b"hello"


def test_a_view_of_pyramid_has_a_policy_of_its_own() -> None:
    app = pyramid_app()
    assert lowered(call(app, "PUT", "/own", from_(OWN))) == {"access-control-allow-origin": OWN}
    assert lowered(call(app, "GET", "/own", from_(OWN))) == {}
    answer = call(app, "OPTIONS", "/own", preflight(OWN, "PUT"))
    assert lowered(answer) == {"access-control-allow-origin": OWN, "access-control-allow-methods": "PUT"}
    assert call(app, "OPTIONS", "/own", preflight(A, "PUT")).status.startswith("403")
    assert call(app, "OPTIONS", "/own", preflight(A, "GET")).status.startswith("204")


@pytest.mark.parametrize(("name", "lines"), [("pyramid", 60), ("falcon", 30)])
def test_it_is_short(name: str, lines: int) -> None:
    assert len((ROOT / "examples" / name / "cors.py").read_text().splitlines()) <= lines
