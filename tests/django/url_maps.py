"""The law of URL maps: the policy of the view that Django calls answers a preflight and the request after it.

Draws a project (routes, converters, includes, languages, static files, hosts, policies by path and by view), then raw
paths and methods. ``python -m tests.django 100000`` is the long form of ``test_url_maps.py``.
"""

import posixpath
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, update_wrapper
from io import BytesIO
from types import ModuleType
from typing import Any, Final, cast

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.test.client import ClientHandler
from django.urls import clear_url_caches, include, path, re_path
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import lazy
from django.views import View

from django_wsgicors import cors, cors_exempt
from django_wsgicors._project import project
from tests.django import conftest  # noqa: F401  configures Django
from wsgicors import Policy
from wsgicors.rules import PolicyList

SETTINGS: Final = "https://settings.example"
STRANGER: Final = "https://stranger.example"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
HOSTS: Final = ("one.example", "two.example")
LANGUAGES: Final = ("en", "de")
SEGMENTS: Final = ("a", "b", "api", "private", "7")

OWN: Final = {
    f"own-{number}": Policy(
        allow_origins=[f"https://own-{number}.example"],
        allow_methods=METHODS,
        refuse="forbid" if number % 2 else "withhold",
    )
    for number in range(4)
}


@dataclass
class Call:
    """What Django called: a view's policy (None: the settings', "exempt": none), and the file that it serves."""

    policy: str | None
    served: str | None = None


called: list[Call] = []
"""The calls of the current request."""

reached: set[str | None] = set()
"""The policies of all views that were called."""


def note(policy: str | None, served: str | None = None) -> HttpResponse:
    called.append(Call(policy, served))
    reached.add(policy)
    return HttpResponse("called")


def plain(request: HttpRequest, **_: object) -> HttpResponse:
    return note(None)


def decorated(name: str) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, **_: object) -> HttpResponse:
        return note(name)

    return cors(OWN[name])(view)


@cors_exempt
def exempt(request: HttpRequest, **_: object) -> HttpResponse:
    return note("exempt")


class ByMethod(View):
    """Its methods have their own policies, except POST."""

    @method_decorator(cors(OWN["own-0"]))
    def get(self, request: HttpRequest, **_: object) -> HttpResponse:
        return note("own-0")

    def post(self, request: HttpRequest, **_: object) -> HttpResponse:
        return note(None)

    @method_decorator(cors(OWN["own-1"]))
    def delete(self, request: HttpRequest, **_: object) -> HttpResponse:
        return note("own-1")


@method_decorator(cors(OWN["own-2"]), name="dispatch")
class Whole(View):
    """One policy for all methods, including those that it does not serve."""

    def get(self, request: HttpRequest, **_: object) -> HttpResponse:
        return note("own-2")

    def http_method_not_allowed(self, request: HttpRequest, *_: object, **__: object) -> HttpResponse:
        return note("own-2")


class Nested(Whole):
    """Its ``dispatch`` calls the decorated one from an inner function."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        def inner() -> HttpResponseBase:
            return super(Nested, self).dispatch(request, *args, **kwargs)

        return inner()


def as_partial(view: Any) -> Any:
    """Wrap a view as decorators without a function of their own do."""
    return update_wrapper(partial(_called, view), view)


def _called(view: Any, request: HttpRequest, **arguments: object) -> HttpResponse:
    return view(request, **arguments)


def static(request: HttpRequest, path: str) -> HttpResponse:
    """Finds files as `django.views.static.serve` does."""
    file = posixpath.normpath(path).lstrip("/")
    if file.startswith(".."):
        return HttpResponse(status=404)  # `safe_join` allows nothing outside the folder
    return note(None, posixpath.normpath(f"/static/{file}") if file not in ("", ".") else "/static/")


ODD: Final = (
    r"^50%/$",
    r"^(?i:api)/$",
    r"^a{,2}/$",
    r"^(?>a+)/$",
    r"^(?P<x>a)?(?(x)pi|b)/$",
    r"^(?<=x)?b/$",
    r"^%s|%\(x\)s/$",
)
"""Expressions that Django matches, and that its ``reverse`` cannot read or writes down wrongly."""

VIEWS: Final[tuple[Any, ...]] = (
    plain, plain, *map(decorated, OWN), exempt, ByMethod.as_view(), Whole.as_view(),
    Nested.as_view(), *map(as_partial, (decorated("own-3"), exempt, ByMethod.as_view(), Whole.as_view())),
    *map(partial, (decorated("own-3"), as_partial(ByMethod.as_view()))),
)  # fmt: skip


class ByHost:
    """A middleware that serves each host by its own URLconf."""

    urlconfs: Mapping[str, ModuleType] = {}

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = urlconf_by_host(request)  # type: ignore[assignment]
        return self.get_response(request)


def urlconf_by_host(request: HttpRequest) -> ModuleType | None:
    return ByHost.urlconfs.get(request.META["HTTP_HOST"])


word: Final = lazy(lambda: {"en": "word/", "de": "wort/"}.get(translation.get_language() or "en", "word/"), str)


@dataclass
class Project:
    """A drawn project."""

    settings: dict[str, Any]
    by_host: bool
    told: bool
    """Whether CORS_URLCONF gives the URLconf that the middleware will set."""
    translated: bool = False
    """Whether URLs outside of ``i18n_patterns`` depend on the language."""
    urlconfs: dict[str, ModuleType] = field(default_factory=dict)


def draw_project(draw: random.Random) -> Project:
    by_host = draw.random() < 0.35
    with_locale = draw.random() < 0.6
    drawn = Project({}, by_host, told=by_host and draw.random() < 0.6)
    root = _urlconf(draw, drawn, localized=with_locale)
    drawn.urlconfs = {host: _urlconf(draw, drawn, localized=False) for host in HOSTS if by_host}
    middleware = ["django_wsgicors.CorsMiddleware"]
    if by_host:
        middleware.append("tests.django.url_maps.ByHost")
    if with_locale:
        middleware.append("django.middleware.locale.LocaleMiddleware")
    if draw.random() < 0.5:
        middleware.append("django.middleware.common.CommonMiddleware")
    drawn.settings = {
        "ROOT_URLCONF": root,
        "MIDDLEWARE": middleware,
        "CORS_ALLOWED_ORIGINS": [SETTINGS],
        "CORS_REFUSE": draw.choice(["withhold", "forbid"]),
        "LANGUAGE_CODE": draw.choice(LANGUAGES),
    }
    paths = ["/a", "/api", "/api/private", "/static", "/static/private", "/de"]
    rules = {path: _rule(path, draw) for path in draw.sample(paths, draw.randrange(4))}
    if rules:
        drawn.settings["CORS_RULES"] = rules
    if draw.random() < 0.3:
        drawn.settings["CORS_URLS_REGEX"] = draw.choice(["^/api/", "^/a", r"^/(de|static)/"])
    if drawn.told:
        drawn.settings["CORS_URLCONF"] = urlconf_by_host
    return drawn


def _rule(path: str, draw: random.Random) -> dict[str, object]:
    refuse = draw.choice(["withhold", "forbid"])
    return {"allowed_origins": [f"https://rule{path.replace('/', '-')}.example"], "refuse": refuse}


def _urlconf(draw: random.Random, drawn: Project, *, localized: bool) -> ModuleType:
    module = ModuleType("urls")
    module.__dict__["handler404"] = lambda request, exception: HttpResponse(status=404)
    patterns = _patterns(draw, 2)
    if draw.random() < 0.5:
        patterns.append(re_path(r"^static/(?P<path>.*)$", static))
    if localized and draw.random() < 0.3:
        patterns.append(path(word(), draw.choice(VIEWS)))
        drawn.translated = True
    if localized and draw.random() < 0.7:
        default = draw.random() < 0.5
        patterns += i18n_patterns(*_patterns(draw, 1), prefix_default_language=default)
    draw.shuffle(patterns)
    module.__dict__["urlpatterns"] = patterns
    return module


def _patterns(draw: random.Random, depth: int) -> list[Any]:
    patterns: list[Any] = []
    for _ in range(draw.randrange(1, 4)):
        view, segment = draw.choice(VIEWS), draw.choice(SEGMENTS)
        kind = draw.randrange(8)
        if kind == 0 and depth:
            patterns.append(path(f"{segment}/", include(_patterns(draw, depth - 1))))
        elif kind == 1:
            patterns.append(path(draw.choice(["<int:number>/", "<slug:name>/", "<path:rest>", "<str:name>"]), view))
        elif kind == 2:
            patterns.append(re_path(rf"^{segment}/(?P<rest>.*)$", view))
        elif kind == 3:
            patterns.append(re_path(draw.choice(ODD), view))
        else:
            patterns.append(path(draw.choice(["", f"{segment}/", segment, f"{segment}/{segment}/"]), view))
    return patterns


def draw_path(draw: random.Random) -> str:
    words = (*SEGMENTS, "static", "word", "wort", "de", "en", "", ".", "..", "A", "%2e", "é")
    parts = [draw.choice(words) for _ in range(draw.randrange(5))]
    if draw.random() < 0.3:
        parts = [draw.choice(["de", "en", "static", "api"]), *parts]
    return "/" + "/".join(parts) + draw.choice(["", "/", "/"])


class BrokenLawError(AssertionError):
    """A policy other than the view's answered."""


@contextmanager
def serving(drawn: Project) -> Iterator[Callable[..., HttpResponse]]:
    """Serve a project; yields a function that sends one request."""
    ByHost.urlconfs = drawn.urlconfs
    with override_settings(**drawn.settings):
        handler = ClientHandler(enforce_csrf_checks=False)

        def send(method: str, raw: str, host: str, left: str, **headers: str) -> Any:
            called.clear()
            translation.activate(left)  # left in the thread by an earlier request
            named = {"HTTP_" + name.upper(): value for name, value in headers.items()}
            return handler({
                "REQUEST_METHOD": method, "PATH_INFO": raw.encode().decode("latin-1"), "SCRIPT_NAME": "",
                "SERVER_NAME": host, "SERVER_PORT": "80", "HTTP_HOST": host, "wsgi.input": BytesIO(),
                "wsgi.url_scheme": "http", "QUERY_STRING": "", **named,
            })  # fmt: skip

        try:
            yield send
        finally:
            translation.deactivate()
            clear_url_caches()


def check(drawn: Project, draw: random.Random, send: Callable[..., Any]) -> None:
    """Send a request with its preflight, for several origins; each must get the policy of the view that is called."""
    method, host = draw.choice(METHODS), draw.choice(HOSTS)

    def left() -> str:
        return draw.choice(LANGUAGES)

    own = {"cookie": f"django_language={left()}", "accept_language": left()}

    def is_served(raw: str) -> bool:
        send(method, raw, host, left(), **own)
        return bool(called)

    paths = [draw_path(draw) for _ in range(4)]  # most paths have no view
    raw = next(filter(is_served, paths), paths[-1])
    calls = called.copy()
    by_path = project().find(raw)
    policy: Any = by_path
    if calls and calls[0].policy is not None:
        policy = OWN.get(calls[0].policy)  # None for an exempt view
    admitted = _origins(policy)
    if calls and calls[0].served is not None:
        # A remaining %2e is part of the file's name: nothing decodes it again.
        admitted &= _origins(project().find(calls[0].served.replace("%2e", "name")))
    certain = (drawn.told or not drawn.by_host) and not drawn.translated
    origins = {SETTINGS, STRANGER, draw.choice([f"https://{name}.example" for name in OWN]), *admitted}
    for origin in origins:
        preflight = send("OPTIONS", raw, host, left(), origin=origin, access_control_request_method=method)
        granted = preflight.headers.get("Access-Control-Allow-Origin") == origin
        response = send(method, raw, host, left(), origin=origin, **own)
        allowed = response.headers.get("Access-Control-Allow-Origin") == origin
        reached = bool(called)
        told = f"{method} {raw!r} of {host} from {origin}: {calls}, {drawn}"
        if allowed != (origin in admitted):
            raise BrokenLawError(f"the request was {'allowed' if allowed else 'refused'}: {told}")
        if certain and granted != allowed:
            raise BrokenLawError(f"the preflight was {'granted' if granted else 'refused'}: {told}")
        if granted and not allowed and not drawn.by_host:
            raise BrokenLawError(f"the preflight was granted, in some language: {told}")
        if granted and drawn.by_host and not drawn.told and by_path is not None and origin not in _origins(by_path):
            raise BrokenLawError(f"the settings do not grant this preflight: {told}")
        forbidden = not allowed and _forbids(policy)
        if forbidden and (reached or (calls and response.status_code != 403)):
            raise BrokenLawError(f"the view was called for a request that is forbidden: {told}")
        if calls and not forbidden and not reached:
            raise BrokenLawError(f"the view was not called: {told}")


def _origins(policy: Any) -> set[str]:
    if isinstance(policy, PolicyList):
        return {origin for one in policy.policies for origin in _origins(one)}
    return set(cast("tuple[str, ...]", policy.allow_origins)) if isinstance(policy, Policy) else set()


def _forbids(policy: Any) -> bool:
    return policy is not None and policy.actual(STRANGER).status is not None


def run(cases: int, seed: int) -> None:
    """Check the given number of requests."""
    done = 0
    while done < cases:
        draw = random.Random(f"{seed} {done}")
        drawn = draw_project(draw)
        with serving(drawn) as send:
            for _ in range(min(25, cases - done)):
                check(drawn, draw, send)
                done += 1
