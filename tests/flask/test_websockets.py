"""Cross-site WebSocket hijacking: a page of another origin opens a WebSocket to Flask-SocketIO, as the logged-in user.

CORS does not apply to WebSockets: browsers send Origin and the cookies with the handshake, and the page reads every
message. The server and the client are real; the tests add the browser's fields to the handshake.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import socketio
import websocket
from flask import Flask, request
from flask_socketio import SocketIO
from werkzeug.serving import make_server

import flask_wsgicors
import wsgicors
from tests.flask.asking import STRANGER, A
from wsgicors import Policy

# The extension warns that Socket.IO's list has no effect inside it.
pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::flask_wsgicors.CORSWarning")]

Cover = Callable[[Flask], object]


def core(policy: Policy) -> Cover:
    """Wrap an app with the core's middleware."""

    def cover(app: Flask) -> None:
        app.wsgi_app = wsgicors.CORS(app.wsgi_app, policy)  # type: ignore[method-assign]

    return cover


def extension(refuse: str) -> Cover:
    """Cover an app with the Flask extension."""
    return lambda app: flask_wsgicors.CORS(app, origins=A, supports_credentials=True, refuse=refuse)


LISTED = {"allow_origins": [A], "allow_credentials": True}
FORBIDDING = [core(Policy(**LISTED, refuse="forbid")), extension("forbid")]
WITHHOLDING = core(Policy(**LISTED))


@contextmanager
def served(cover: Cover) -> Iterator[str]:
    """Serve an app whose sockets send the user of the cookie's session; Socket.IO allows every origin."""
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="threading", cors_allowed_origins="*")
    sockets.on_event("whoami", lambda: request.cookies.get("session"))
    cover(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hijacked(url: str, origin: str | None) -> str:
    """Return what a page of `origin` learns through a WebSocket: the user's session."""
    own: dict[str, object] = {"suppress_origin": True} if origin is None else {"origin": origin}
    with socketio.SimpleClient(websocket_extra_options=own) as client:
        client.connect(url, headers={"Cookie": "session=alice"}, transports=["websocket"])
        return str(client.call("whoami", timeout=10))


def test_withhold_does_not_keep_another_origin_s_page_from_a_websocket() -> None:
    with served(WITHHOLDING) as url:
        assert hijacked(url, STRANGER) == "alice"


@pytest.mark.parametrize("cover", FORBIDDING)
def test_forbid_answers_the_handshake_of_another_origin_s_page_403(cover: Cover) -> None:
    with served(cover) as url:
        for origin in (STRANGER, "null"):
            with pytest.raises(socketio.exceptions.ConnectionError):
                hijacked(url, origin)
            with pytest.raises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(f"ws{url[4:]}/socket.io/?EIO=4&transport=websocket", origin=origin)
            assert refused.value.status_code == 403


@pytest.mark.parametrize("cover", FORBIDDING)
def test_forbid_lets_listed_origins_own_pages_and_other_clients_through(cover: Cover) -> None:
    with served(cover) as url:
        assert [hijacked(url, origin) for origin in (A, url, None)] == ["alice"] * 3
