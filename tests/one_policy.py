"""The same policy through WSGI, Flask, Django and ASGI: the responses to the small world's requests.

::

    python -m tests.one_policy    # every policy with every page: some minutes
"""

import asyncio
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from wsgiref.util import setup_testing_defaults

import django
import flask
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import re_path

import flask_wsgicors
from tests.asgi.wire import Bridge, served
from tests.django import settings as of_tests
from tests.scope import ORIGIN_SETS, Visit, ask
from tests.test_small_scope import STRANGERS, THOROUGH, at_home, policies
from wsgicors import CORS, Policy, asgi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS: Final = {"Content-Type": "text/plain", "Vary": "Cookie", "Access-Control-Allow-Origin": "*"}
"""The app's own headers, including a CORS header, which every policy changes."""


class Answer(NamedTuple):
    """The compared parts of a response: all that browsers and caches read, and whether the app made it."""

    status: int
    cors: frozenset[tuple[str, str]]
    vary: frozenset[str]
    by_app: bool
    body: bytes


def hello(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer as the views of the frameworks do."""
    start_response("200 OK", [*HEADERS.items(), ("X-App", "1")])
    return [b"hello"]


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello", headers={**HEADERS, "X-App": "1"})


urlpatterns = [re_path("", view)]


def by_wsgi(policy: Policy, *, debug: bool) -> "WSGIApplication":
    return CORS(hello, policy, debug=debug)


def by_flask(policy: Policy, *, debug: bool) -> "WSGIApplication":
    app = flask.Flask("one_policy")
    app.before_request(lambda: flask.Response("hello", headers={**HEADERS, "X-App": "1"}))  # for every method
    flask_wsgicors.CORS(app, resources={"/*": policy}, debug=debug)
    return app


def by_django(policy: Policy, *, debug: bool) -> "WSGIApplication":
    """Return Django's own handler; only within `project`."""
    return WSGIHandler()


def by_asgi(policy: Policy, *, debug: bool, runner: asyncio.Runner) -> "WSGIApplication":
    waits = not isinstance(policy.allow_origins, tuple)  # a source is queried in a thread
    return Bridge(asgi.CORS(served(hello), policy, debug=debug), runner if waits else None)


@contextmanager
def project(policy: Policy, *, debug: bool) -> Generator[None]:
    """Put the policy into Django's settings."""
    if not settings.configured:
        settings.configure(**{name: getattr(of_tests, name) for name in dir(of_tests) if name.isupper()})
        django.setup()
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django_wsgicors.CorsMiddleware"],
        ALLOWED_HOSTS=["*"],
        CORS_RULES={"/": policy},
        CORS_DEBUG=debug,
    ):
        yield


def layers(policy: Policy, *, debug: bool, runner: asyncio.Runner) -> "dict[str, WSGIApplication]":
    """The policy in each of the four layers, WSGI first; only within `project`."""
    return {
        "WSGI": by_wsgi(policy, debug=debug),
        "Flask": by_flask(policy, debug=debug),
        "Django": by_django(policy, debug=debug),
        "ASGI": by_asgi(policy, debug=debug, runner=runner),
    }


def answer_of(app: "WSGIApplication", environ: Mapping[str, Any], *, debug: bool) -> Answer:
    whole: WSGIEnvironment = {"wsgi.url_scheme": "https", "wsgi.input": BytesIO(), **environ}
    setup_testing_defaults(whole)
    answer = ask(app, whole)
    cors = [(name.lower(), value) for name, value in answer.headers if name.lower().startswith("access-control-")]
    by_app = answer.get("X-App") == "1"
    # The app's body depends on the framework; in debug mode the remedy uses the owner's names of the settings.
    body = b"" if debug or by_app else answer.body
    return Answer(answer.status, frozenset(cors), answer.vary, by_app, body)


def pages(origins: str) -> list[Visit]:
    return STRANGERS + (at_home(ORIGIN_SETS[origins].home) if origins in THOROUGH else [])


def differences(origins: str, runner: asyncio.Runner, step: int = 1) -> tuple[int, list[str]]:
    """Compare all four layers: each policy with such origins, with one page in `step`, other pages for each policy."""
    asked, found = 0, list[str]()
    for at, (meant, debug, _) in enumerate(policies(origins)):
        policy = meant.policy()
        with project(policy, debug=debug):
            others = layers(policy, debug=debug, runner=runner)
            core = others.pop("WSGI")
            for environ in _environs(pages(origins)[at % step :: step]):
                want = answer_of(core, environ, debug=debug)
                asked += 1
                for name, app in others.items():
                    got = answer_of(app, environ, debug=debug)
                    if got != want:
                        found.append(f"{name}: {meant}, debug={debug}\n  {environ}\n  WSGI {want}\n  {name} {got}")
    return asked, found


def _environs(visits: Sequence[Visit]) -> Iterator[Mapping[str, Any]]:
    for visit in visits:
        yield from (environ for environ in (visit.preflight, visit.actual) if environ is not None)


def main(report: Callable[[str], None] = print) -> None:
    whole = 0
    with asyncio.Runner() as runner:
        for origins in ORIGIN_SETS:
            asked, found = differences(origins, runner)
            whole += asked
            report(f"{origins}: {asked} requests, {len(found)} differ")
            if found:
                sys.exit("\n".join(found[:3]))
    report(f"{whole} requests asked of each of the four: 0 differ")


if __name__ == "__main__":
    main()
