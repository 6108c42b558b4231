"""The decorator for one view."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Unpack, overload

from flask import Flask

from flask_wsgicors._app import EXTENSION, AppCORS
from flask_wsgicors._marks import Mark, View, marked
from flask_wsgicors._options import Options, check_alone, read_options
from wsgicors import Policy
from wsgicors.adapting import Checks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@overload
def cors(policy: Policy, /) -> Callable[[View], View]: ...
@overload
def cors(**options: Unpack[Options]) -> Callable[[View], View]: ...
def cors(policy: object = None, /, **options: Unpack[Options]) -> Callable[[View], View]:
    """Give a view a policy of its own: a function, an async one, a ``MethodView``, or one method of it.

    It works above or below ``@app.route``: it marks a copy of the view, and leaves the view itself unchanged.
    Preflights never reach the view, a ``before_request`` or a login check. ``CORS(app)`` is not required.

    Args:
        policy: The whole policy; or else
        options: ``Options``. Missing options are inherited: from the resource that covers the view's URL rule as
            written, from the keywords of ``CORS(…)``, from ``app.config``.

    Raises:
        PolicyError: with every problem: at once if no other setting can solve it; else by ``CORS(app)``, or by each
            request for the view.

    >>> from flask import Flask
    >>> app = Flask("notes")
    >>> @app.put("/notes/<int:number>")
    ... @cors(origins=["https://www.example.com"], max_age=600)
    ... def write(number): ...
    >>> preflight = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "PUT"}
    >>> app.test_client().options("/notes/1", headers=preflight).headers["Access-Control-Max-Age"]
    '600'
    """
    checks = Checks()
    whole = policy if isinstance(policy, Policy) else None
    if policy is not whole:
        checks.wrong_type(
            "@cors", policy, "a Policy, or options by their names: @cors(origins=…); without options, @cors()"
        )
    mark = Mark(read_options(options, checks), whole)
    check_alone(mark.settings, checks)
    _watch_all_apps()

    return lambda view: marked(view, mark)


cross_origin = cors
"""flask-cors's name of `cors`."""


@cache
def _watch_all_apps() -> None:
    """Make every app wrap itself at its first request: a decorator does not know the app of its view.

    Every server, test client and outer middleware calls ``Flask.wsgi_app`` in the end.
    """
    unwrapped = Flask.wsgi_app

    def wsgi_app(self: Flask, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        known = self.extensions.get(EXTENSION)
        if known is None:
            own = AppCORS(self, partial(unwrapped, self))
            own.innermost = True
            known = self.extensions.setdefault(EXTENSION, own)  # another thread's first request can be here, too
        if isinstance(known, AppCORS) and known.innermost:
            return known(environ, start_response)
        return unwrapped(self, environ, start_response)

    Flask.wsgi_app = wsgi_app  # type: ignore[method-assign]
