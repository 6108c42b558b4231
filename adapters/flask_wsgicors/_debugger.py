"""Werkzeug's debugger wraps the whole app: its error page would bypass the middleware around ``app.wsgi_app``."""

import copy
import inspect
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from werkzeug.debug import DebuggedApplication

PRESERVE: Final = "werkzeug.debug.preserve_context"
"""The environ key under which Flask stores the contexts for the debugger's console."""


def debugged(app: "WSGIApplication") -> "WSGIApplication":
    """Return `app` wrapped so that the page of an outer debugger goes through the app's own start_response."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Exception as error:
            debugger = _debugger()
            if debugger is None:
                raise
            return _page(error, debugger, environ, start_response)

    return answer


def is_loaded() -> bool:
    """Whether there can be a debugger in this process."""
    return "werkzeug.debug" in sys.modules


def _page(
    error: Exception, debugger: "DebuggedApplication", environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Return the page of `debugger` for `error`."""
    preserved = list(getattr(environ.get(PRESERVE), "__self__", ()))

    def fail(environ: "WSGIEnvironment", start_response: "StartResponse") -> NoReturn:
        for context in preserved:
            environ[PRESERVE](context)
        raise error

    # The copy shares frames, secret and PIN with the outer debugger, which can therefore serve the page's console.
    inside = copy.copy(debugger)
    inside.app = fail
    return inside.debug_application(environ, start_response)


def _debugger() -> "DebuggedApplication | None":
    """Return the debugger that called the app, from the call stack: nothing else refers to it."""
    from werkzeug.debug import DebuggedApplication  # loaded already, or there is no debugger

    frame = inspect.currentframe()
    while frame is not None:
        caller = frame.f_locals.get("self")
        if isinstance(caller, DebuggedApplication):
            return caller
        frame = frame.f_back
    return None
