"""The law of the URL map: the policy of a preflight is that of the actual request, and of the code that serves it.

Apps are generated: URL rules with converters, methods and hosts, blueprints with and without prefixes, nested ones,
static folders, function views and `MethodView`, policies for the app's paths, for blueprints, views and methods. Each
app gets requests with raw paths, methods and hosts. Flask's own router decides what serves a request; each policy has
a number, which its responses contain.

The short form runs in the suite; the long form is ``python -m tests.flask.url_maps 100000``.
"""

import posixpath
import re
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial, update_wrapper, wraps
from random import Random
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Flask, request
from flask.views import MethodView
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.test import EnvironBuilder, run_wsgi_app

from flask_wsgicors import CORS, cors

ORIGIN: Final = "https://page.example"
SEGMENTS: Final = ("api", "v1", "x", "admin", "static", "a.b")
CONVERTERS: Final = ("<{}>", "<int:{}>", "<path:{}>", "<any(api, x):{}>", "<{}>.json", "<string(length=2):{}>")
PREFIXES: Final = ("", "", "/", "/api", "/api", "/api/v1", "/x/", "/<lang>", "/static")
HTTP_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")
RAW_METHODS: Final = (*HTTP_METHODS, "OPTIONS", "PURGE", "put", "Get", "X Y", "CONNECT")
# As servers pass them on: path segments that pages can send, and some that only other clients can.
ODD: Final = (
    "",
    "",
    ".",
    "..",
    "5",
    "API",
    "a;b",
    "a\\b",
    "%61pi",
    "caf\xc3\xa9",
    "\xe9",
    "a\nb",
    "x.json",
    "...",
    "api;x",
)
HOSTS: Final = ("example", "example", "www.example", "api.example", "other.test")
KEYS: Final = (
    (),
    ("*",),
    ("/api/*",),
    ("/api/*", "/*"),
    ("/api/v1/*", "/api/*"),
    ("/static/*", "/x/*", "/*"),
    ("/static/x/*", "/static/*", "/*"),
)

NOBODY: Final = -1
"""The number for a refusal: these policies refuse no origin, an ambiguous path refuses every origin."""


@dataclass
class World:
    """An app, and the numbers of its policies.

    Attributes:
        app: The app.
        paths: The numbers by the app's paths.
        views: The numbers of decorated views, by endpoint and method; ``""`` for every method.
        blueprints: The numbers of blueprints, by their names in the app.
        prefixes: The URL prefix of every blueprint, or None if it has no plain one.
    """

    app: Flask
    paths: dict[str, int] = field(default_factory=dict)
    views: dict[tuple[str, str], int] = field(default_factory=dict)
    blueprints: dict[str, int] = field(default_factory=dict)
    prefixes: dict[str, str | None] = field(default_factory=dict)
    count: int = 0

    def options(self) -> Any:
        """The options of a new policy."""
        self.count += 1
        return {"origins": "*", "methods": "*", "max_age": self.count, "expose_headers": [f"X-{self.count}"]}

    def of_view(self, endpoint: str, method: str) -> int | None:
        """The number of a decorated view, or of the innermost blueprint that covers it."""
        number = self.views.get((endpoint, method)) or self.views.get((endpoint, ""))
        parts = endpoint.split(".")[:-1]
        while number is None and parts:
            number = self.blueprints.get(".".join(parts))
            parts.pop()
        return number

    def of_path(self, path: str) -> int | None:
        """The number of the longest path of the app that covers `path`."""
        return _longest(self.paths, path)

    def of_missing(self, path: str) -> set[int | None]:
        """The possible policies if no URL rule serves `path`: the prefixes of blueprints count, unless two share one.

        Flask does not expose the prefix of a blueprint without a policy: if it can be the same, both are right.
        """
        numbers: list[dict[str, int]] = [{**self.paths}, {**self.paths}]
        for name, number in self.blueprints.items():
            prefix = self.prefixes[name]
            others = [(other, its) for other, its in self.prefixes.items() if other != name]
            if prefix is None or any(its == prefix and other in self.blueprints for other, its in others):
                continue
            uncovered = [its for other, its in others if other not in self.blueprints and self._has_rules(other)]
            for certain in (True, False):
                shared = prefix in uncovered if certain else bool(uncovered)
                if not shared:
                    numbers[certain].setdefault(prefix, number)
        return {_longest(numbers[0], path), _longest(numbers[1], path)}

    def _has_rules(self, blueprint: str) -> bool:
        return any(rule.endpoint.rpartition(".")[0] == blueprint for rule in self.app.url_map.iter_rules())


def _longest(numbers: dict[str, int], path: str) -> int | None:
    covering = [key for key in numbers if key == "/" or path == key or path.startswith(key + "/")]
    return numbers[max(covering, key=len)] if covering else None


def generated(random: Random) -> World:
    """Generate an app."""
    hosts = random.choice(("", "", "", "host", "subdomain"))
    arguments: dict[str, Any] = {"static_folder": None}
    if random.random() < 0.4:
        arguments = {
            "static_folder": "nonexistent",
            "static_url_path": random.choice(("/static", "/static", "", "/api/files")),
        }
        if hosts == "host":
            arguments["static_host"] = "example"
    app = Flask("generated", host_matching=hosts == "host", subdomain_matching=hosts == "subdomain", **arguments)
    app.url_map.strict_slashes = random.random() < 0.7
    app.url_map.merge_slashes = random.random() < 0.8
    if hosts == "subdomain":
        app.config["SERVER_NAME"] = "example"
    app.before_request(_note_what_serves)
    world = World(app)
    late = random.random() < 0.5
    if not late:
        _cover_app(world, random)
    for _ in range(random.randint(0, 5)):
        _add_rule(world, random, app, "", hosts)
    _add_blueprints(world, random, hosts)
    if late:
        _cover_app(world, random)
    return world


def _add_blueprints(world: World, random: Random, hosts: str) -> None:
    outer: list[tuple[Blueprint, str, str, dict[str, Any]]] = []
    for number in range(random.choice((0, 1, 1, 2, 3))):
        prefix = random.choice(PREFIXES).replace("<lang>", f"<lang{number}>")
        options: dict[str, Any] = {"url_prefix": prefix} if prefix else {}
        if hosts == "subdomain" and random.random() < 0.3:
            options["subdomain"] = "www"
        blueprint = Blueprint(f"b{number}", __name__)
        inside = outer[-1] if outer and random.random() < 0.4 else None
        name = f"{inside[1]}.b{number}" if inside else blueprint.name
        if random.random() < 0.7:
            world.blueprints[name] = _cover_blueprint(world, blueprint)
        for _ in range(random.randint(0, 3)):
            _add_rule(world, random, blueprint, name, hosts)
        whole = _joined((inside[2] or None) if inside else None, prefix or None)
        subdomain = "subdomain" in options or (inside is not None and "subdomain" in inside[3])
        world.prefixes[name] = None if whole is None or "<" in whole or subdomain else whole.rstrip("/") or "/"
        if inside:
            inside[0].register_blueprint(blueprint, **options)
        else:
            outer.append((blueprint, name, prefix, options))
    for blueprint, _name, _prefix, options in outer:
        world.app.register_blueprint(blueprint, **options)


def _note_what_serves() -> None:
    if request.url_rule is not None:
        request.environ["served"].append((request.url_rule.endpoint, request.method))


def _joined(outer: str | None, inner: str | None) -> str | None:
    return f"{outer.rstrip('/')}/{inner.lstrip('/')}" if outer is not None and inner is not None else outer or inner


def _cover_blueprint(world: World, blueprint: Blueprint) -> int:
    CORS(blueprint, **world.options())
    return world.count


def _cover_app(world: World, random: Random) -> None:
    resources = {key: world.options() for key in random.choice(KEYS)}
    world.paths = {key.rstrip("*").rstrip("/") or "/": options["max_age"] for key, options in resources.items()}
    CORS(world.app, resources=resources)


def _add_rule(world: World, random: Random, to: Flask | Blueprint, blueprint: str, hosts: str) -> None:
    parts = [random.choice(CONVERTERS if random.random() < 0.3 else SEGMENTS) for _ in range(random.randint(0, 3))]
    rule = "/" + "/".join(part.format(f"a{at}") for at, part in enumerate(parts))
    if random.random() < 0.3:
        rule = rule.rstrip("/") + "/"
    options: dict[str, Any] = {}
    if random.random() < 0.2:
        options["strict_slashes"] = random.random() < 0.5
    if hosts == "host":
        options["host"] = random.choice(("example", "api.example", "<domain>.example"))
    elif hosts == "subdomain" and isinstance(to, Flask):
        options["subdomain"] = random.choice(("", "www", "api"))
    if random.random() < 0.05:
        options["redirect_to"] = "/" + random.choice(SEGMENTS)
    methods = random.sample(HTTP_METHODS, random.randint(1, 3))
    if random.random() < 0.05:
        options["websocket"], methods = True, ["GET"]
    world.count += 1  # a name of its own
    name = f"r{world.count}"
    endpoint = f"{blueprint}.{name}".lstrip(".")
    wrap = random.choice(WRAPPERS)
    if random.random() < 0.3:
        view = _method_view(world, random, endpoint, methods)
        to.add_url_rule(rule, name, wrap(view), methods=methods, **options)
        return
    function: Callable[..., str] = lambda **_: ""  # noqa: E731 - each its own
    if random.random() < 0.35:
        if random.random() < 0.3:
            to.add_url_rule(f"/bare{rule}", f"bare-{name}", function, methods=methods, **options)
        function = cors(**world.options())(function)
        world.views[endpoint, ""] = world.count
    to.add_url_rule(rule, name, wrap(function), methods=methods, **options)


def _in_function(view: Any) -> Any:
    @wraps(view)
    def wrapper(**arguments: object) -> object:
        return view(**arguments)

    return wrapper


def _in_partial(view: Any) -> Any:
    return update_wrapper(partial(_called, view), view)


def _called(view: Any, **arguments: object) -> object:
    return view(**arguments)


WRAPPERS: Final[tuple[Callable[[Any], Any], ...]] = (lambda view: view, partial, _in_function, _in_partial)
"""What can stand between the app and a view."""


def _method_view(world: World, random: Random, endpoint: str, methods: list[str]) -> Any:
    """The view of a class that is possibly decorated, or has decorated methods."""
    body: dict[str, Any] = {}
    for method in methods:
        function: Callable[..., str] = lambda self, **_: ""  # noqa: E731
        if random.random() < 0.4:
            function = cors(**world.options())(function)
            world.views[endpoint, method] = world.count
        body[method.lower()] = function
    if "HEAD" not in methods and (endpoint, "GET") in world.views:
        world.views[endpoint, "HEAD"] = world.views[endpoint, "GET"]
    made: Any = type("Generated", (MethodView,), body)
    if random.random() < 0.2:
        made = cors(**world.options())(made)
        world.views[endpoint, ""] = world.count
    return made.as_view(endpoint.replace(".", "_"))


def request_of(random: Random, world: World) -> dict[str, Any]:
    """Generate an actual request, as a WSGI environ: half of them for likely paths of the app."""
    pool = (*SEGMENTS, *ODD) if random.random() < 0.5 else (*SEGMENTS, "5", "de")
    rules = [rule.rule for rule in world.app.url_map.iter_rules()]
    if rules and random.random() < 0.6:
        path = re.sub(r"<[^>]*>", lambda _: random.choice(pool), random.choice(rules))
        if random.random() < 0.3:
            at = random.randint(0, len(path))
            path = path[:at] + random.choice(("/", "//", "/./", "/../", ";", "x")) + path[at:]
    else:
        path = "/" + "/".join(random.choice(pool) for _ in range(random.randint(0, 4)))
    environ = EnvironBuilder("/", f"http://{random.choice(HOSTS)}/").get_environ()
    environ |= {"PATH_INFO": path, "REQUEST_METHOD": random.choice(RAW_METHODS), "HTTP_ORIGIN": ORIGIN}
    if random.random() < 0.05:
        environ |= {"HTTP_CONNECTION": "keep-alive, Upgrade", "HTTP_UPGRADE": "websocket"}
    return environ


def preflight_of(environ: dict[str, Any]) -> dict[str, Any]:
    """The preflight of an actual request."""
    return {**environ, "REQUEST_METHOD": "OPTIONS", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": environ["REQUEST_METHOD"]}


def answered(app: Flask, environ: dict[str, Any]) -> int | None:
    """The number of the policy that answers, or None."""
    _body, _status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    exposed, max_age = headers.get("Access-Control-Expose-Headers"), headers.get("Access-Control-Max-Age")
    if exposed is not None or max_age is not None:
        return int(max_age or str(exposed)[2:])
    return NOBODY if "Origin" in headers.get("Vary", "") else None


def check(world: World, environ: dict[str, Any]) -> None:
    """Check one request against the law."""
    served: list[tuple[str, str]] = []
    number = answered(world.app, {**environ, "served": served})
    if "HTTP_UPGRADE" not in environ:  # a handshake has no preflight
        assert answered(world.app, {**preflight_of(environ), "served": []}) == number, (
            "the preflight's policy is another than the request's"
        )
    path = "/" + environ["PATH_INFO"].lstrip("/")
    text = path.encode("latin-1").decode("utf-8", "replace")
    canonical = posixpath.normpath(text)
    ambiguous = canonical != text.rstrip("/") and text != "/"
    if served:
        [(endpoint, method)] = served
        own = world.of_view(endpoint, method)
        if own is not None:
            assert number == own, f"{endpoint} has policy {own}"
        elif endpoint == "static":
            assert number in ({world.of_path(canonical), NOBODY} if ambiguous else {world.of_path(text)}), (
                "a static file"
            )
        else:
            assert number in ({world.of_path(text)} | ({NOBODY} if ambiguous else set())), f"{endpoint} is the app's"
        return
    adapter = world.app.create_url_adapter(world.app.request_class(dict(environ)))
    assert adapter is not None
    try:
        adapter.match()
    except NotFound:
        expected = world.of_missing(text)
    except MethodNotAllowed as error:
        expected = {world.of_path(text)}
        for method in error.valid_methods or ():
            with suppress(HTTPException):  # one for websockets
                endpoint = _endpoint(adapter, method)
                expected |= {world.of_view(endpoint, method), world.of_view(endpoint.rpartition(".")[0] + ".", "")}
    except Exception:
        return
    assert number in (expected | ({NOBODY} if ambiguous else set())), f"nothing serves it: {expected}"


def _endpoint(adapter: MapAdapter, method: str) -> str:
    """The endpoint for a method, after a redirect to merged slashes or to a final slash."""
    try:
        return adapter.match(method=method)[0]
    except RequestRedirect as redirect:
        return adapter.match(unquote(urlsplit(redirect.new_url).path), method=method)[0]


def run(cases: int, first: int = 0, a_world: int = 25) -> None:
    """Check a number of requests against the law, beginning with the world of seed `first`.

    Raises:
        AssertionError: a request breaks the law; its seed, the request and the URL map.
    """
    warnings.simplefilter("ignore", UserWarning)  # Flask's, about a host that is not SERVER_NAME
    for seed in range(first, first + -(-cases // a_world)):
        random = Random(seed)
        world = generated(random)
        for _ in range(a_world):
            environ = request_of(random, world)
            try:
                check(world, environ)
            except AssertionError as error:
                asked = {name: environ[name] for name in ("REQUEST_METHOD", "PATH_INFO", "HTTP_HOST")}
                facts = f"seed {seed}: {asked}\n{world}\n{world.app.url_map!r}"
                raise AssertionError(f"{error}\n{facts}") from error


if __name__ == "__main__":
    run(int(sys.argv[1]), *map(int, sys.argv[2:]))
    print(f"{sys.argv[1]} requests obey the law")
