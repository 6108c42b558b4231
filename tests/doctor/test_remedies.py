"""Every remedy with lines to write, on the real server: blocked before, allowed with the printed lines."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doctor.places import PAGE, SERVERS
from wsgicors.doctor import Decision, Examination, ask, probe
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place
from wsgicors.doctor.evidence._wire import Wire

pytestmark = pytest.mark.servers

OTHER = "https://other.example.com"
EXPRESS, FASTAPI, APACHE, CADDY, NGINX = Place.EXPRESS, Place.FASTAPI, Place.APACHE, Place.CADDY, Place.NGINX
FLASK, DJANGO, WSGI = Place.FLASK, Place.DJANGO, Place.WSGI
S3, SUPABASE = Place.S3, Place.SUPABASE
STRANGER = "https://stranger.example"


def in_bucket(origin: str = PAGE, method: str = "GET", header: str = "X-Known") -> str:
    """A bucket's CORS configuration."""
    return json.dumps([{"AllowedOrigins": [origin], "AllowedMethods": [method], "AllowedHeaders": [header]}])


def in_function(origin: str = PAGE, headers: str = '"Access-Control-Allow-Headers": "X-Known"') -> str:
    """The headers that an edge function sends."""
    return (
        f'const cors = {{ "Access-Control-Allow-Origin": "{origin}", {headers} }};\n'
        'if (request.method === "OPTIONS") return new Response("ok", { headers: cors });'
    )


def listed(origin: str = PAGE, *lines: str) -> str:
    """nginx with the header for one origin, and other lines."""
    allow = f'# in http {{ }}\nmap $http_origin $cors_origin {{ "{origin}" $http_origin; }}\n# in location {{ }}\n'
    return "\n".join([allow + "add_header Access-Control-Allow-Origin $cors_origin always;", *lines])


def answering(*lines: str) -> str:
    """nginx that answers preflights, with other lines for them."""
    inside = "\n".join(["add_header Access-Control-Allow-Origin $cors_origin;", *lines, "return 204;"])
    return f"{listed()}\nif ($request_method = OPTIONS) {{\n{inside}\n}}"


@dataclass(frozen=True)
class Fault:
    """A request, and for each place the lines at fault.

    Attributes:
        asks: The page's request, as `wsgicors.doctor.ask` takes it.
        before: The lines at fault.
        around: Lines that stay if the remedy only adds one: ``{}`` is the remedy's place.
    """

    asks: dict[str, Any] = field(default_factory=dict[str, Any])
    before: dict[Place, str] = field(default_factory=dict[Place, str])
    around: dict[Place, str] = field(default_factory=dict[Place, str])


_HEADER = "add_header Access-Control-Allow-{} always;"
_APACHE_OPTIONS = (
    "RewriteEngine On\nRewriteCond %{REQUEST_METHOD} OPTIONS\nRewriteRule ^ - [R=204,L]\n"
    f'Header always set Access-Control-Allow-Origin "{PAGE}"\n'
)
_CADDY_OPTIONS = f'header Access-Control-Allow-Origin "{PAGE}"\n@preflight method OPTIONS\nrespond @preflight 204\n'
_NGINX_OPTIONS = answering("{}")
_CREDENTIALS = _HEADER.format("Credentials true")
_WITH_CREDENTIALS = f"{answering(_CREDENTIALS, '{}')}\n{_CREDENTIALS}"
_BY_HAND = f"""@app.after_request
def by_hand(response):
    response.headers["Access-Control-Allow-Origin"] = "{PAGE}"
    response.headers["Access-Control-Allow-Headers"] = "X-Id"
    return response

"""
_WALL = 'MIDDLEWARE = ["tests.doctor.django_urls.wants_login", "django_wsgicors.CorsMiddleware"]'

_CACHE = "# in http { }\nproxy_cache_path cache keys_zone=tests:1m;\n# in location { }\n"
_SLASH = "# in server { }\nlocation /slashed/ { proxy_pass BACKEND; }\n"

FAULTS = {
    "cors-absent": Fault(
        {},
        {WSGI: "pass", FLASK: "pass", DJANGO: "MIDDLEWARE = []", NGINX: "", APACHE: "", CADDY: "", EXPRESS: "",
         FASTAPI: "", S3: "", SUPABASE: ""},
    ),
    "origin-not-allowed": Fault(
        {},
        {
            WSGI: f'Policy(allow_origins=["{OTHER}"])',
            FLASK: f'CORS(app, origins=["{OTHER}"])',
            DJANGO: f'CORS_ALLOWED_ORIGINS = ["{OTHER}"]',
            NGINX: listed(OTHER, "add_header Vary Origin always;"),
            APACHE: f"<If \"%{{HTTP:Origin}} == '{OTHER}'\">\nHeader always set Access-Control-Allow-Origin {OTHER}\n"
            "</If>\nHeader always merge Vary Origin",
            CADDY: f'@listed header Origin "{OTHER}"\nheader @listed Access-Control-Allow-Origin "{OTHER}"\n'
            "header +Vary Origin",
            EXPRESS: f'app.use(cors({{ origin: ["{OTHER}"] }}));',
            FASTAPI: f'app.add_middleware(CORSMiddleware, allow_origins=["{OTHER}"])',
            S3: in_bucket(OTHER),
        },
    ),
    "origin-list-typo": Fault(
        {},
        {
            WSGI: f'Policy(allow_origins=["{OTHER}"])',
            FLASK: f'CORS(app, origins=["{OTHER}"])',
            DJANGO: f'CORS_ALLOWED_ORIGINS = ["{OTHER}"]',
        },
    ),
    "origin-port": Fault({"unseen": tuple(SERVERS), "origin": "http://localhost:5173"}, {WSGI: 'Policy(allow_origins=["http://localhost:3000"])'}),
    "fixed-origin": Fault(
        {}, {NGINX: f'add_header Access-Control-Allow-Origin "{OTHER}" always;', SUPABASE: in_function(OTHER)}
    ),
    "two-layers": Fault(
        {},
        {NGINX: listed(PAGE, "proxy_pass BACKEND;")},
        {NGINX: listed(PAGE, "proxy_pass BACKEND;", "{}")},
    ),
    "credentials-wildcard": Fault(
        {"credentials": True},
        {
            WSGI: 'Policy(allow_origins="*")',
            FLASK: 'CORS(app, origins="*")',
            DJANGO: "CORS_ALLOWED_ORIGINS = []\nCORS_ALLOW_ALL_ORIGINS = True",
            NGINX: 'add_header Access-Control-Allow-Origin "*" always;',
            APACHE: 'Header always set Access-Control-Allow-Origin "*"',
            CADDY: 'header Access-Control-Allow-Origin "*"',
            EXPRESS: "app.use(cors());",
            FASTAPI: 'app.add_middleware(CORSMiddleware, allow_origins=["*"])',
        },
    ),
    "method-not-allowed": Fault(
        {"method": "PUT"},
        {
            WSGI: f'Policy(allow_origins=["{PAGE}"], allow_methods=["PATCH"])',
            FLASK: f'CORS(app, origins=["{PAGE}"], methods=["PATCH"])',
            DJANGO: 'CORS_ALLOW_METHODS = ["PATCH"]',
            NGINX: _NGINX_OPTIONS.replace("{}", _HEADER.format("Methods PATCH")),
            APACHE: _APACHE_OPTIONS + "Header always set Access-Control-Allow-Methods PATCH",
            CADDY: _CADDY_OPTIONS + "header Access-Control-Allow-Methods PATCH",
            EXPRESS: f'app.use(cors({{ origin: ["{PAGE}"], methods: ["PATCH"] }}));',
            FASTAPI: f'app.add_middleware(CORSMiddleware, allow_origins=["{PAGE}"], allow_methods=["PATCH"])',
            S3: in_bucket(),
        },
        {
            WSGI: f'Policy(allow_origins=["{PAGE}"], ',
            FLASK: f'CORS(app, origins=["{PAGE}"], ',
            EXPRESS: f'app.use(cors({{ origin: ["{PAGE}"], ',
            FASTAPI: f'app.add_middleware(CORSMiddleware, allow_origins=["{PAGE}"], ',
            NGINX: _NGINX_OPTIONS,
            APACHE: _APACHE_OPTIONS + "{}",
            CADDY: _CADDY_OPTIONS + "{}",
        },
    ),
    "header-not-allowed": Fault(
        {"headers": ["X-Known", "X-Id", "X-Trace"]},
        {
            WSGI: f'Policy(allow_origins=["{PAGE}"], allow_headers=["X-Known"])',
            FLASK: f'CORS(app, origins=["{PAGE}"], allow_headers=["X-Known"])',
            DJANGO: 'CORS_ALLOW_HEADERS = ["x-known"]',
            NGINX: _NGINX_OPTIONS.replace("{}", _HEADER.format("Headers X-Known")),
            APACHE: _APACHE_OPTIONS + "Header always set Access-Control-Allow-Headers X-Known",
            CADDY: _CADDY_OPTIONS + "header Access-Control-Allow-Headers X-Known",
            EXPRESS: f'app.use(cors({{ origin: ["{PAGE}"], allowedHeaders: ["X-Known"] }}));',
            FASTAPI: f'app.add_middleware(CORSMiddleware, allow_origins=["{PAGE}"], allow_headers=["X-Known"])',
            S3: in_bucket(),
            SUPABASE: in_function(),
        },
        {
            SUPABASE: in_function(headers="{}"),
            WSGI: f'Policy(allow_origins=["{PAGE}"], ',
            FLASK: f'CORS(app, origins=["{PAGE}"], ',
            EXPRESS: f'app.use(cors({{ origin: ["{PAGE}"], ',
            FASTAPI: f'app.add_middleware(CORSMiddleware, allow_origins=["{PAGE}"], ',
            NGINX: _NGINX_OPTIONS,
            APACHE: _APACHE_OPTIONS + "{}",
            CADDY: _CADDY_OPTIONS + "{}",
        },
    ),
    "header-wildcard-authorization": Fault(
        {"headers": ["Authorization"], "unseen": (FLASK,)},
        {
            WSGI: f'Policy(allow_origins=["{PAGE}"], allow_headers="*")',
            FLASK: f'CORS(app, origins=["{PAGE}"], allow_headers=["X-Id"])',
            DJANGO: 'CORS_ALLOW_HEADERS = ["*"]',
            NGINX: _NGINX_OPTIONS.replace("{}", _HEADER.format('Headers "*"')),
        },
        {NGINX: _NGINX_OPTIONS},
    ),
    "wildcard-with-credentials": Fault(
        {"headers": ["X-Id"], "credentials": True},
        {NGINX: _WITH_CREDENTIALS.replace("{}", _HEADER.format('Headers "*"'))},
        {NGINX: _WITH_CREDENTIALS},
    ),
    "allow-methods-malformed": Fault(
        {"method": "PUT"},
        {NGINX: _NGINX_OPTIONS.replace("{}", _HEADER.format('Methods "PUT DELETE"'))},
        {NGINX: _NGINX_OPTIONS},
    ),
    "allow-headers-malformed": Fault(
        {"headers": ["X-Requested-With"]},
        {NGINX: _NGINX_OPTIONS.replace("{}", _HEADER.format('Headers "Content-Type; X-Requested-With"'))},
        {NGINX: _NGINX_OPTIONS},
    ),
    "private-network-header": Fault(
        {"private_network": True},
        {
            WSGI: f'Policy(allow_origins=["{PAGE}"])',
            FLASK: f'CORS(app, origins=["{PAGE}"])',
            DJANGO: f'CORS_ALLOWED_ORIGINS = ["{PAGE}"]',
        },
    ),
    "insecure-origin": Fault(
        {"origin": "http://intranet.example", "credentials": True, "unseen": tuple(SERVERS)},
        {
            WSGI: f'Policy(allow_origins=["{PAGE}"], allow_credentials=True)',
            FLASK: f'CORS(app, origins=["{PAGE}"], supports_credentials=True)',
            DJANGO: "CORS_ALLOW_CREDENTIALS = True",
        },
    ),
    "preflight-method-refused": Fault(
        {"method": "PUT", "headers": ["X-Id"]},
        {NGINX: "", APACHE: "RewriteEngine On\nRewriteCond %{REQUEST_METHOD} OPTIONS\nRewriteRule ^ - [R=405,L]",
         CADDY: "@preflight method OPTIONS\nrespond @preflight 405", EXPRESS: "", FASTAPI: "",
         FLASK: '@app.route("/items", methods=["PUT"], provide_automatic_options=False)\ndef items(): ...'},
        {FLASK: '@app.route("/items", methods=["PUT"], provide_automatic_options=False)\ndef items(): ...\n{}'},
    ),
    "preflight-authentication": Fault(
        {"method": "PUT", "headers": ["Authorization: Basic dXNlcjpwYXNzd29yZA=="]},
        {NGINX: 'auth_basic "users";\nauth_basic_user_file /etc/nginx/users;\nproxy_pass BACKEND;'},
        {NGINX: "proxy_pass BACKEND;\n{}"},
    ),
    "authentication-without-headers": Fault(
        {},
        {
            WSGI: f'app = login_wall(CORS(app, Policy(allow_origins=["{PAGE}"])))',
            FLASK: "@app.before_request\ndef login(): abort(401)",
            DJANGO: _WALL,
            NGINX: listed(PAGE, "return 401;").replace(" always", ""),
        },
        {FLASK: "@app.before_request\ndef login(): abort(401)\n{}", DJANGO: '"tests.doctor.django_urls.wants_login"',
         NGINX: "{}\nreturn 401;"},
    ),
    "app-error": Fault(
        {},
        {WSGI: f'app = ErrorPages(CORS(failing, Policy(allow_origins=["{PAGE}"])))'},
        {WSGI: "app = failing\n{}"},
    ),
    "outside-static": Fault({"path": "/static/items", "is_public": True}, {NGINX: ""}),
    "preflight-redirect-slash": Fault(
        {"unseen": (DJANGO,), "path": "/slashed", "headers": ["X-Id"]},
        {DJANGO: 'MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django_wsgicors.CorsMiddleware"]\n'
                 'CORS_ALLOW_HEADERS = ["X-Id"]',
         FLASK: _BY_HAND + '@app.route("/slashed/")\ndef items(): ...',
         NGINX: _SLASH},
        {FLASK: _BY_HAND + "{}", NGINX: _SLASH + "{}",
         DJANGO: '"django.middleware.http.ConditionalGetMiddleware"'},
    ),
    "preflight-redirect-https": Fault(
        {"method": "PUT", "preflight_only": True},
        {DJANGO: "SECURE_SSL_REDIRECT = True\nMIDDLEWARE = "
                 '["django.middleware.security.SecurityMiddleware", "django_wsgicors.CorsMiddleware"]'},
        {DJANGO: '"django.middleware.common.CommonMiddleware"'},
    ),
    "preflight-redirect-language": Fault(
        {"unseen": tuple(SERVERS), "path": "/pages", "method": "PUT"},
        {DJANGO: 'MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware", "django_wsgicors.CorsMiddleware"]'},
        {DJANGO: '"django.middleware.http.ConditionalGetMiddleware"'},
    ),
    "proxy-body-too-large": Fault(
        {"method": "POST", "body": b"x" * 1_100_000},
        {NGINX: "proxy_pass BACKEND;"},
        {NGINX: "proxy_pass BACKEND;\n{}"},
    ),
    "cached-origin": Fault(
        {"asked_before_by": OTHER},
        {NGINX: f"{_CACHE}proxy_pass BACKEND;\nproxy_cache tests;\n"
                "proxy_cache_valid 1m;\nproxy_ignore_headers Vary;"},
        {NGINX: f"{_CACHE}proxy_pass BACKEND;\nproxy_cache tests;\n"
                "proxy_cache_valid 1m;\nproxy_ignore_headers Vary;\n{}"},
    ),
}  # fmt: skip


def probed(url: str, asks: dict[str, Any]) -> Examination:
    asking = {name: value for name, value in asks.items() if name in ("method", "headers", "credentials")}
    asking["private_network"] = asks.get("private_network", False)
    url = url.replace("/items", asks.get("path", "/items"))
    if before := asks.get("asked_before_by"):
        probe(ask(url, before, **asking), wire=Wire(5))
    options = {name: asks[name] for name in ("preflight_only", "body") if name in asks}
    return probe(ask(url, asks.get("origin", PAGE), **asking), wire=Wire(5), **options)


def lines_of(cause: str, place: Place, found: Examination) -> str:
    filled = CAUSES[cause].filled(found.facts.texts())
    return next(remedy.code for remedy in filled.remedies if remedy.place is place)


def applied(lines: str, around: str, place: Place, before: str) -> str:
    """The lines in their place. `...` stands for what is there already."""
    if place is DJANGO:
        others = [line for line in before.splitlines() if line.partition(" ")[0] not in lines]
        lines = lines.replace("...", around) if around else lines.replace(", ...]", "]")
        return "\n".join([*others, lines.replace("[, ", "[")])
    lines = lines.replace("[..., ", "[").replace('"..., ', '"').replace("[...]", "[]")
    if "{}" in around:
        return around.replace("{}", lines)
    start, dots, rest = lines.partition("..., ")
    return around + rest if around and dots else start + rest


CASES = [(cause, place) for cause, fault in FAULTS.items() for place in fault.before]


@pytest.mark.parametrize(("cause", "place"), CASES)
def test_a_remedy_works_as_it_is_printed(cause: str, place: Place) -> None:
    fault = FAULTS[cause]
    serve = SERVERS[place]
    with serve(fault.before[place]) as url:
        before = probed(url, fault.asks)
    assert before.decision is Decision.BLOCKED
    assert place in fault.asks.get("unseen", ()) or cause in [suspect.cause.id for suspect in before.suspects]
    lines = lines_of(cause, place, before).replace("/items", fault.asks.get("path", "/items"))
    with serve(applied(lines, fault.around.get(place, ""), place, fault.before[place])) as url:
        after = probed(url, fault.asks)
        stranger = probed(url, {**fault.asks, "origin": STRANGER})
    assert after.decision is Decision.ALLOWED, (after.suspects[0].cause.id, after.suspects[0].cause.sentence)
    assert stranger.decision is (Decision.ALLOWED if fault.asks.get("is_public") else Decision.BLOCKED)


EXPOSING = {
    place: "ETag" if place in {NGINX, APACHE, CADDY, S3} else "X-Total-Count"
    for place in SERVERS
    if place is not SUPABASE
}


@pytest.mark.parametrize("place", EXPOSING)
def test_a_header_is_exposed_as_it_is_printed(place: Place) -> None:
    facts = {"origin": PAGE, "header": EXPOSING[place], "asked_method": '"GET"'}
    remedies = CAUSES["header-not-exposed"].filled(facts).remedies
    lines = next(remedy.code for remedy in remedies if remedy.place is place)
    listed_alone = next(
        remedy.code for remedy in CAUSES["origin-not-allowed"].filled(facts).remedies if remedy.place is place
    )
    start, _, rest = lines.partition("..., ")
    kept = listed_alone.removeprefix(start).rstrip(" });")
    one_line = f"{start}{kept}, {rest}" if rest else lines
    both = f"{listed_alone}\n{lines}" if place in {NGINX, APACHE, CADDY} else one_line
    with SERVERS[place](listed_alone) as url:
        assert EXPOSING[place].lower() in probed(url, {}).hidden
    with SERVERS[place](both) as url:
        assert EXPOSING[place].lower() in probed(url, {}).conclusion.readable


ROUNDS = {
    FASTAPI: (f'app.add_middleware(CORSMiddleware, allow_origins=["{OTHER}"])', "{}={}"),
    EXPRESS: (f'app.use(cors({{ origin: ["{OTHER}"], allowedHeaders: ["X-Known"], methods: ["GET"] }}));', "{}: {}"),
    S3: (in_bucket(OTHER), '"{}": {}'),
}
"""Places with one line for all settings: one that lists another origin, and how a setting is written."""


@pytest.mark.parametrize("place", ROUNDS)
def test_remedies_applied_one_after_the_other_end_in_an_allowed_request(place: Place) -> None:
    """None undoes the one before it: each changes its own settings, and keeps those that the dots stand for."""
    line, written = ROUNDS[place]
    setting = written.format(r"(\w+)", r"(\[[^]]*\]|\w+)")
    asks = {"method": "PUT", "headers": ["X-Known", "X-Id", "X-Trace"], "credentials": place is not S3}
    rounds: list[str] = []
    with SERVERS[place](line) as url:
        found = probed(url, asks)
    while found.decision is Decision.BLOCKED and len(rounds) < 6:
        rounds.append(found.suspects[0].cause.id)
        printed = lines_of(rounds[-1], place, found).replace("[..., ", "[").replace("[...]", "[]")
        known = dict(re.findall(setting, line if "..., " in printed else "") + re.findall(setting, printed))
        start, *_, end = re.split(setting, printed.replace("..., ", ""))
        line = start + ", ".join(written.format(*pair) for pair in known.items()) + end
        with SERVERS[place](line) as url:
            found = probed(url, asks)
    assert found.decision is Decision.ALLOWED, rounds
    assert len(rounds) == len(set(rounds))


@pytest.mark.parametrize("place", [APACHE, CADDY])
def test_only_preflights_are_answered(place: Place) -> None:
    """Another OPTIONS, such as WebDAV's, gets the response that it gets without the lines."""
    facts = {"origin": PAGE, "method_line": "PUT", "header_line": "X-Id"}
    remedies = CAUSES["preflight-method-refused"].filled(facts).remedies
    lines = next(remedy.code for remedy in remedies if remedy.place is place)
    plain, preflight = {"Origin": PAGE}, {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}
    with SERVERS[place]("") as url:
        usual = httpx.options(url, headers=plain).status_code
    with SERVERS[place](lines) as url:
        assert httpx.options(url, headers=preflight).status_code == 204
        assert httpx.options(url, headers=plain).status_code == usual != 204


@pytest.mark.parametrize("place", [APACHE, CADDY])
def test_what_is_exposed_stays_exposed(place: Place) -> None:
    facts = {"origin": PAGE, "header": "ETag"}
    lines = next(one.code for one in CAUSES["header-not-exposed"].filled(facts).remedies if one.place is place)
    listed_alone = next(one.code for one in CAUSES["origin-not-allowed"].filled(facts).remedies if one.place is place)
    before = lines.replace("ETag", "Accept-Ranges")
    with SERVERS[place](f"{listed_alone}\n{before}\n{lines}") as url:
        assert {"etag", "accept-ranges"} <= set(probed(url, {}).conclusion.readable)


@pytest.mark.parametrize("place", [NGINX, APACHE, CADDY, EXPRESS, FASTAPI])
@pytest.mark.parametrize("origin", [PAGE, STRANGER])
def test_the_response_varies_with_the_origin(place: Place, origin: str) -> None:
    """A cache does not give one origin's response to another."""
    remedies = CAUSES["origin-not-allowed"].filled({"origin": PAGE}).remedies
    with SERVERS[place](next(one.code for one in remedies if one.place is place)) as url:
        varies = httpx.get(url, headers={"Origin": origin}).headers.get("vary", "")
    assert "origin" in varies.lower()


_FORM = "A form's post, a cookie or a frame, which no request of fetch shows"
_OTHER = "Needs a server of its own kind: sockets, a login or a certificate"

UNTRIED = {
    **dict.fromkeys(["navigation-not-allowed", "cross-site", "csrf-token", "csrf-origin", "cookie-samesite"], _FORM),
    **dict.fromkeys(["cookie-not-secure", "frame-options", "resource-policy", "content-security-policy"], _FORM),
    **dict.fromkeys(["websocket-origin", "session-ended", "certificate", "mixed-content", "redirect-loop"], _OTHER),
    "cleartext-forbidden": _OTHER,
    "client-certificate": "test_remedies_of_certificates tries them",
    "cross-origin-isolation": "Headers of the page itself, which no request of fetch shows",
    **dict.fromkeys(["proxy-timeout", "unreachable"], "Commands, and seconds to wait"),
    "malformed-request": "The lines of cross-site",
    "outside-static": "nginx's are tried; WhiteNoise and Django's own static files wrap the app like any other layer",
    "allow-methods-malformed": "A wsgicors policy with such a list does not build; nginx's lines are tried",
    "allow-headers-malformed": "A wsgicors policy with such a list does not build; nginx's lines are tried",
    "wildcard-with-credentials": "wsgicors sends no asterisk then; nginx's lines are tried",
}
"""Causes whose lines are not tried here, and why."""


def test_every_remedy_with_lines_is_tried_or_said_not_to_be() -> None:
    tried = {
        (place, remedy.code) for cause, place in CASES for remedy in CAUSES[cause].remedies if remedy.place is place
    }
    left = {
        cause.id
        for cause in CAUSES.values()
        for remedy in cause.remedies
        if remedy.code and remedy.place in SERVERS and (remedy.place, remedy.code) not in tried
    }
    assert left - {"header-not-exposed"} == UNTRIED.keys()


ELSEWHERE = {
    Place.SPRING: "doctor/test_remedies_of_spring.py",
    Place.ASPNET: "doctor/test_remedies_of_aspnet.py",
    **dict.fromkeys((Place.CLIENT, Place.VITE), "browsers/test_client_remedies.py"),
}
"""Places whose lines other tests try."""

UNAVAILABLE = {
    **dict.fromkeys(
        (Place.CLOUDFRONT, Place.API_GATEWAY), "A service of AWS: test_remedies_of_services reads its model"
    ),
    Place.CLOUDFLARE: "A service: test_remedies_of_services has its parser read the rule",
    Place.KEYCLOAK: "Its server is on none of the registries: test_remedies_of_services has its types",
}
"""Places whose lines no server here runs, and why."""


def test_every_place_whose_lines_are_not_run_is_named() -> None:
    with_lines = {remedy.place for cause in CAUSES.values() for remedy in cause.remedies if remedy.code}
    assert with_lines == SERVERS.keys() | ELSEWHERE.keys() | UNAVAILABLE.keys()
    assert all(Path("tests", path).exists() for path in ELSEWHERE.values())
