"""Both servers of the demo, on the loopback interface only."""

import contextlib
import errno
import socket
import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import Forbidden
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from wsgicors.demo._experiments import MOUNT, Experiments
from wsgicors.demo._journal import Journal
from wsgicors.demo._notes import Notes
from wsgicors.demo._page import Page
from wsgicors.demo._playground import Playground
from wsgicors.demo._policies import policies
from wsgicors.middleware import CORS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS: Final = "127.0.0.1"

STRANGER: Final = "localhost"
"""Another name of the same address, and so another origin, which is often overlooked."""

_BACKLOG: Final = 64
_STOP_SECONDS: Final = 0.1


class PortError(Exception):
    """A port cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The running demo.

    Attributes:
        api_origin: The origin of the notes.
        page_origin: The page's origin that the policies allow.
        stranger_origin: The same page's origin that they do not allow.
    """

    api_origin: str
    page_origin: str
    stranger_origin: str


@contextlib.contextmanager
def served(api_port: int, page_port: int) -> Generator[Demo]:
    """Serve the notes and the page during a ``with`` block.

    Args:
        api_port: The port for the notes; 0 for any free port.
        page_port: The port for the page; 0 for any free port.

    Raises:
        PortError: A port is taken or not permitted. Nothing is served then.
    """
    with contextlib.ExitStack() as resources:
        api_socket = resources.enter_context(_listening(api_port))
        page_socket = resources.enter_context(_listening(page_port))
        demo = Demo(
            api_origin=_origin(ADDRESS, api_socket),
            page_origin=_origin(ADDRESS, page_socket),
            stranger_origin=_origin(STRANGER, page_socket),
        )
        rules = policies(demo.page_origin)
        journal = Journal()
        notes = CORS(journal.inside(Notes()), rules, on_refusal=journal.refused)
        page = Page(
            api_origin=demo.api_origin,
            page_origin=demo.page_origin,
            stranger_origin=demo.stranger_origin,
            rules=rules,
            exchanges_after=journal.after,
        )
        experiments = Experiments()
        playground = Playground(
            api_origin=demo.api_origin,
            origins=(demo.page_origin, demo.stranger_origin),
            experiments=experiments,
        )
        api = DispatcherMiddleware(journal.outside(notes), {MOUNT: experiments})
        resources.enter_context(_running(api, api_socket))
        resources.enter_context(_running(DispatcherMiddleware(page, {MOUNT: playground}), page_socket))
        yield demo


def _listening(port: int) -> socket.socket:
    # Werkzeug ends the process if a port is taken; with a socket that is already listening it cannot fail.
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ADDRESS, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken" if taken else f"cannot be used ({error.strerror})"
        raise PortError(f"port {port} of {ADDRESS} {reason}") from error
    return listener


def _origin(host: str, listener: socket.socket) -> str:
    port: int = listener.getsockname()[1]
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"


@contextlib.contextmanager
def _running(app: "WSGIApplication", listener: socket.socket) -> Generator[BaseWSGIServer]:
    named = _under_own_names(app, listener)
    server = make_server(ADDRESS, 0, named, threaded=True, request_handler=_Handler, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _STOP_SECONDS})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _under_own_names(app: "WSGIApplication", listener: socket.socket) -> "WSGIApplication":
    """Answer 403 under host names that others have pointed at this address (DNS rebinding)."""
    own = {_origin(name, listener).removeprefix("http://") for name in (ADDRESS, STRANGER)}

    def named(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("HTTP_HOST") in own:
            return app(environ, start_response)
        return Forbidden("The demo is not served under this name.")(environ, start_response)

    return named


class _Handler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the terminal is for refusals, and the page shows the exchanges."""
