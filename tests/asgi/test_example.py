"""The FastAPI example does what it says."""

import asyncio
import importlib.util
from typing import Any

from tests.asgi.wire import Response, exchange, scope_of
from tests.checkout import ROOT

PAGE = "https://www.example.com"


def loaded() -> Any:
    spec = importlib.util.spec_from_file_location("fastapi_notes", ROOT / "examples" / "fastapi" / "notes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


def test_the_fastapi_example() -> None:
    app = loaded()

    def ask(method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Response:
        received = [{"type": "http.request", "body": body, "more_body": False}]
        return asyncio.run(exchange(app, scope_of(method, path, headers), received))

    asked = [
        ("Origin", PAGE),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "content-type"),
    ]
    assert ask("OPTIONS", "/notes/1", *asked).cors["access-control-allow-methods"] == "PUT"
    json = ("Content-Type", "application/json")
    written = ask("PUT", "/notes/1", ("Origin", PAGE), json, body=b'{"text": "hello"}')
    assert (written.status, written.body) == (200, b'{"text":"hello"}')
    missing = ask("GET", "/notes/2", ("Origin", PAGE))
    assert (missing.status, missing.cors) == (404, {"access-control-allow-origin": PAGE})
    assert ask("GET", "/notes/1", ("Origin", "https://www.example.net")).cors == {}
