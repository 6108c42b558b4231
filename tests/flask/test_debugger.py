"""Werkzeug's debugger, outside all middleware: its page is covered, and its console works."""

import re
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Response
from werkzeug.debug import DebuggedApplication
from werkzeug.test import Client

from flask_wsgicors import CORS, cors
from tests.flask.asking import STRANGER, A, B, allowed, ask
from tests.servers import process
from tests.servers.ports import ADDRESS, free_port
from tests.servers.server import ADAPTERS, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


def debugged_app() -> Flask:
    app = Flask(__name__)
    app.debug = True
    CORS(app, origins=A)

    @app.route("/crash")
    def crash() -> Any:
        secret_of_the_frame = 6 * 7
        raise ZeroDivisionError(secret_of_the_frame)

    @app.route("/view")
    def view() -> str:
        return "hello"

    @app.route("/half")
    def half() -> Response:
        def parts() -> "Iterator[str]":
            yield "half"
            raise ZeroDivisionError

        return Response(parts())

    return app


@pytest.mark.parametrize("evalex", [True, False])
def test_its_page_is_covered(evalex: bool) -> None:
    client = Client(DebuggedApplication(debugged_app(), evalex=evalex))
    page = client.get("/crash", headers={"Origin": A})
    assert (page.status_code, allowed(page), page.headers["Vary"]) == (500, A, "Origin")
    assert "ZeroDivisionError: 42" in page.text
    assert "in crash" in page.text
    refused = client.get("/crash", headers={"Origin": STRANGER})
    assert (refused.status_code, allowed(refused), refused.headers["Vary"]) == (500, None, "Origin")
    assert allowed(client.get("/view", headers={"Origin": A})) == A


def test_its_page_for_a_decorated_view_in_an_app_without_the_extension() -> None:
    app = Flask(__name__)
    app.debug = True
    app.add_url_rule("/crash", "crash", cors(origins=A)(lambda: 1 / 0))
    assert allowed(Client(DebuggedApplication(app)).get("/crash", headers={"Origin": A})) == A


def test_its_console_has_the_frames_and_the_contexts() -> None:
    client = Client(DebuggedApplication(debugged_app(), evalex=True, pin_security=False))
    page = client.get("/crash", headers={"Origin": A}).text
    secret = re.search(r'SECRET = "(\w+)"', page)
    frames = re.findall(r'id="frame-(\d+)"', page)
    assert secret is not None
    for code, printed in (("secret_of_the_frame", "42"), ("__import__('flask').request.path", "/crash")):
        query = {"__debugger__": "yes", "cmd": code, "frm": frames[-1], "s": secret[1]}
        assert printed in client.get("/?" + urlencode(query)).text


def test_what_fails_while_it_is_sent_keeps_its_headers(capsys: pytest.CaptureFixture[str]) -> None:
    client = Client(DebuggedApplication(debugged_app()))
    response = client.get("/half", headers={"Origin": A})
    assert allowed(response) == A
    assert response.text.startswith("half")


def test_without_a_debugger_the_error_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(debugged_app(), "/crash")
    monkeypatch.delitem(sys.modules, "werkzeug.debug")
    with pytest.raises(ZeroDivisionError):
        ask(debugged_app(), "/crash")


def test_nothing_stands_between_where_there_is_no_debugger(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask(__name__)
    inner = app.wsgi_app
    CORS(app, origins=A)
    monkeypatch.delitem(sys.modules, "werkzeug.debug")
    assert allowed(ask(app, "/", A)) == A
    assert app.extensions["cors"].app == inner


@pytest.mark.servers
def test_flask_run_with_its_debugger() -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "tests.flask.served",
        "run",
        "--debug",
        "--no-reload",
        "-p",
        str(port),
    ]
    env = {"PYTHONPATH": f"{ROOT}:{ADAPTERS}", "WERKZEUG_DEBUG_PIN": "off"}
    with process.listening(command, port, env=env, cwd=ROOT):
        connection = HTTPConnection(ADDRESS, port)
        connection.request("GET", "/crash", headers={"Origin": B})
        page = connection.getresponse()
        assert (page.status, page.getheader("Access-Control-Allow-Origin")) == (500, B)
        assert b"Werkzeug Debugger" in page.read()
