"""Every root cause of a blocked cross-origin request: its texts, and its remedies by place.

The texts are here only: `why`, the probe, the playground, `wsgicors.testing` and ``docs/errors.md`` take them from
`CAUSES`. Identifiers are stable: programs can depend on them.

Texts can contain facts in braces (``{origin}``, ``{method}``, …): `Cause.filled` inserts those of one request, and says
so if one is not known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from wsgicors.browser import Failure
from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._remedies import Place, Remedy


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause, with its texts for people.

    >>> CAUSES["method-case"].filled({"method": "patch"}).title
    'The client spells patch in lower case'
    >>> CAUSES["origin-not-allowed"].filled({}).sentence
    "The server answered this URL, but not with the page's origin in Access-Control-Allow-Origin."

    Attributes:
        id: The identifier, which is stable.
        root: The number of its family, a key of ``ROOTS``.
        title: One line.
        sentence: What happened.
        why: The rule behind it.
        probe: What ``wsgicors probe`` shows for this cause, to tell it from similar ones.
        remedies: The remedy for each place that has one.
    """

    id: str
    root: int
    title: str
    sentence: str
    why: str
    probe: str
    remedies: tuple[Remedy, ...]

    def filled(self, facts: Mapping[str, str]) -> "Cause":
        """Return this cause with `facts` in its texts. Unknown facts are called so, never replaced by an example."""

        def prose(text: str) -> str:
            return _filled(text, facts, UNKNOWN)

        def code(text: str) -> str:
            return _filled(text, facts, PLACEHOLDERS)

        return replace(
            self,
            title=prose(self.title),
            sentence=prose(self.sentence),
            why=prose(self.why),
            probe=code(self.probe),
            remedies=tuple(Remedy(item.place, prose(item.text), code(item.code)) for item in self.remedies),
        )

    @property
    def example(self) -> Mapping[str, str]:
        """Facts of a request with this cause, for the documentation."""
        return {**_EXAMPLE, **_EXAMPLES.get(self.id, {})}


UNKNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "origin": "the page's origin",
        "url": "this URL",
        "request": "this request",
        "redirected": "the request",
        "method": "the method",
        "header": "the header",
        "headers": "a request header",
        "value": "another value",
        "status": "an error status",
        "method_list": "...",
        "method_line": "...",
        "header_list": "...",
        "header_line": "...",
        "asked_method": "...",
        "asked_list": "...",
    }
)
"""What sentences say for a fact that is not known. Its keys are all the facts that a text may name."""

PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **UNKNOWN,
        "origin": "<the page's origin>",
        "url": "<the URL>",
        "method": "<METHOD>",
        "header": "<Header>",
        "headers": "<Header>",
    }
)
"""What code and commands have where a fact is not known: nothing that works by accident."""

_NAMED: Final = re.compile(r"\{(" + "|".join(UNKNOWN) + r")(?:\|([^{}]*))?\}")


def _filled(text: str, facts: Mapping[str, str], unknown: Mapping[str, str]) -> str:
    """Return `text` with its places filled: ``{name}``, or ``{name|what to say if it is not known}``."""

    def fact(match: re.Match[str]) -> str:
        known = facts.get(match[1])
        if known:
            return known
        words = unknown[match[1]] if match[2] is None else match[2]
        return words if match.start() else words[:1].upper() + words[1:]

    return _NAMED.sub(fact, text)


_EXAMPLE: Final[Mapping[str, str]] = {
    "origin": "https://www.example.com",
    "url": "https://service.example.com/items",
    "request": "PUT https://service.example.com/items",
    "redirected": "PUT https://service.example.com/items",
    "method": "PUT",
    "header": "X-Requested-With",
    "headers": "X-Requested-With",
    "value": "https://other.example.com",
    "status": "500",
    "method_list": '"PUT"',
    "method_line": "PUT",
    "header_list": '"Content-Type", "X-Requested-With"',
    "header_line": "Content-Type, X-Requested-With",
    "asked_method": '"PUT"',
    "asked_list": '"Content-Type"',
}

_EXAMPLES: Final[Mapping[str, Mapping[str, str]]] = {
    "origin-scheme": {"value": "http://www.example.com"},
    "origin-port": {"origin": "http://localhost:5173", "value": "http://localhost:3000"},
    "origin-www": {"value": "https://example.com"},
    "origin-loopback": {"origin": "http://localhost:3000", "value": "http://127.0.0.1:3000"},
    "origin-slash": {"value": "https://www.example.com/"},
    "origin-case": {"value": "https://WWW.Example.com"},
    "insecure-origin": {"origin": "http://www.example.com"},
    "ambiguous-path": {"url": "https://service.example.com/items/../admin"},
    "preflight-redirect-https": {"url": "http://service.example.com/items"},
    "preflight-authentication": {"status": "401"},
    "authentication-without-headers": {"status": "401"},
    "preflight-status": {"status": "418"},
    "two-layers": {"value": "https://www.example.com, https://www.example.com"},
    "allow-origin-list": {"value": "https://www.example.com, https://app.example.com"},
    "allow-origin-malformed": {"value": "www.example.com"},
    "proxy-bad-gateway": {"status": "502"},
    "header-of-responses": {"header": "Access-Control-Allow-Origin", "headers": "Access-Control-Allow-Origin"},
    "wildcard-with-credentials": {"value": "*"},
    "method-case": {"method": "patch"},
    "forbidden-method": {"method": "TRACE"},
    "allow-methods-malformed": {"value": "PUT DELETE"},
    "allow-headers-malformed": {"value": "Content-Type; X-Requested-With"},
    "not-found-without-headers": {"status": "404"},
    "content-security-policy": {"value": "connect-src"},
    "mixed-content": {"url": "http://service.example.com/items"},
    "outside-static": {"url": "https://service.example.com/static/font.woff2"},
    "header-not-exposed": {"header": "X-Total-Count"},
    "forbidden-request-header": {"header": "Cookie"},
    "header-misspelt": {"header": "Access-Control-Allow-Origins"},
    "session-ended": {"redirected": "GET https://service.example.com/items"},
    "proxy-timeout": {"status": "504"},
    "http-error": {"status": "404"},
    "unreachable": {"url": "http://localhost:8000/items"},
    "cleartext-forbidden": {"url": "http://service.example.com/items"},
    "crossorigin-missing": {"url": "https://service.example.com/app.js"},
    "url-scheme": {"url": "localhost:8000/items"},
    "local-network-permission": {"url": "http://192.168.1.20/items"},
    "local-network-insecure": {"origin": "http://www.example.com", "url": "http://192.168.1.20/items"},
    "local-network-mismatch": {"url": "http://192.168.1.20/items"},
    "private-network-header": {"url": "http://192.168.1.20/items"},
}
"""Where a cause has other examples: a set of facts that is true of it."""

ROOTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "The application failed outside the CORS layer",
        2: "The origin is not the one that is listed",
        3: "The request is redirected",
        4: "Authentication answers first",
        5: "The preflight is not served",
        6: "Two layers add the headers",
        7: "The proxy answered by itself",
        8: "Credentials",
        9: "A header or method is not allowed",
        10: "A cached or fixed origin",
        11: "The response comes from outside the CORS layer",
        12: "Not the server's CORS at all",
    }
)
"""The families of root causes, by number."""


STEPS: Final[Mapping[Failure, str]] = MappingProxyType(
    {
        Failure.FORBIDDEN_METHOD: "new Request: the method is a forbidden method",
        Failure.URL_CREDENTIALS: "HTTP-redirect fetch, 9 and 10: the URL includes credentials",
        Failure.SCHEME_NOT_HTTP: "main fetch, 12, or HTTP-redirect fetch, 6: the scheme is neither http nor https",
        Failure.NO_RESPONSE: "HTTP-network fetch: no response, a network error",
        Failure.ALLOW_ORIGIN_MISSING: "CORS check, 2: Access-Control-Allow-Origin is missing",
        Failure.ALLOW_ORIGIN_MULTIPLE: "CORS check, 4: Access-Control-Allow-Origin holds several values",
        Failure.ALLOW_ORIGIN_INVALID: "CORS check, 4: Access-Control-Allow-Origin is not the request's origin, nor any",
        Failure.ALLOW_ORIGIN_MISMATCH: "CORS check, 4: Access-Control-Allow-Origin is not the request's origin",
        Failure.ALLOW_ORIGIN_WILDCARD: "CORS check, 3 and 4: * does not count for a request with credentials",
        Failure.ALLOW_CREDENTIALS_NOT_TRUE: "CORS check, 7: Access-Control-Allow-Credentials is not true",
        Failure.STATUS_NOT_OK: "CORS-preflight fetch, 7: the status is not an ok status, 200 to 299",
        Failure.PREFLIGHT_REDIRECTED: "CORS-preflight fetch, 7: a redirect is not an ok status, and is not followed",
        Failure.PRIVATE_NETWORK_NOT_ALLOWED: "Private Network Access: Access-Control-Allow-Private-Network is not true",
        Failure.ALLOW_METHODS_UNPARSEABLE: (
            "CORS-preflight fetch, 7.3: Access-Control-Allow-Methods is no list of names"
        ),
        Failure.METHOD_NOT_ALLOWED: "CORS-preflight fetch, 7.5: Access-Control-Allow-Methods lacks the method",
        Failure.ALLOW_HEADERS_UNPARSEABLE: (
            "CORS-preflight fetch, 7.3: Access-Control-Allow-Headers is no list of names"
        ),
        Failure.AUTHORIZATION_NOT_NAMED: "CORS-preflight fetch, 7.6: Access-Control-Allow-Headers lacks Authorization",
        Failure.HEADER_NOT_ALLOWED: "CORS-preflight fetch, 7.7: Access-Control-Allow-Headers lacks the header",
        Failure.LOCATION_INVALID: "HTTP-redirect fetch, 5: the redirect's Location is not a URL",
        Failure.REDIRECT_LIMIT: "HTTP-redirect fetch, 7: more than twenty redirects",
    }
)
"""The step of the Fetch standard that each failure is, by its algorithm and number."""


def _flask(text: str, code: str = "") -> Remedy:
    return Remedy(Place.FLASK, text, code)


def _django(text: str, code: str = "") -> Remedy:
    return Remedy(Place.DJANGO, text, code)


def _wsgi(text: str, code: str = "") -> Remedy:
    return Remedy(Place.WSGI, text, code)


def _nginx(text: str, code: str = "") -> Remedy:
    return Remedy(Place.NGINX, text, code)


def _client(text: str, code: str = "") -> Remedy:
    return Remedy(Place.CLIENT, text, code)


_LIST_ORIGIN = (
    _flask("List the exact origin.", 'CORS(app, origins=["{origin}"])'),
    _django("List the exact origin.", 'CORS_ALLOWED_ORIGINS = ["{origin}"]'),
    _wsgi("List the exact origin.", 'app = CORS(app, Policy(allow_origins=["{origin}"]))'),
    _nginx(
        ("Where nginx itself sends the header, send it to the listed origins only."),
        (
            'map $http_origin $cors_origin { "{origin}" $http_origin; }\n'
            "add_header Access-Control-Allow-Origin $cors_origin always;\n"
            "add_header Vary Origin always;"
        ),
    ),
    *elsewhere.ORIGINS,
)

_OUTERMOST = (
    _flask(
        (
            "Let the extension wrap the application: it then covers views, errors, redirects, static "
            "files and the debugger."
        ),
        ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
    ),
    _django(
        "Make the CORS middleware the first in the list.",
        'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]',
    ),
    _wsgi(
        "Wrap the application last, so that the CORS layer is the outermost.",
        'app = CORS(everything_else, Policy(allow_origins=["{origin}"]))',
    ),
)

_ONE_LAYER = (
    _flask(
        "Let the extension set the headers, and remove the app's own lines that set them (after_request, "
        "response.headers)."
    ),
    _django("Keep one CORS middleware, and remove the lines of views and decorators that set the headers."),
    _wsgi("Wrap the application once. wsgicors replaces the headers that the app sets; it never doubles them."),
    _nginx(
        ("Let one of the two send the headers: remove add_header, or hide the application's header."),
        "proxy_hide_header Access-Control-Allow-Origin;",
    ),
)

_FINAL_URL = _client("Ask for the address that the redirect leads to, letter for letter: scheme, host, trailing slash.")

_ABOVE_REDIRECTS = (
    *_OUTERMOST,
    _nginx("Do not redirect OPTIONS: pass it on to the application, which answers it."),
    _FINAL_URL,
)

_ALWAYS = _nginx(
    'nginx leaves add_header out of its 4xx and 5xx answers unless it ends in "always".',
    ("add_header Access-Control-Allow-Origin $cors_origin always;\nadd_header Vary Origin always;"),
)

_PREFLIGHT = _nginx(
    "Where nginx serves the files itself, answer the preflight in their location, and send the header on every answer.",
    (
        'map $http_origin $cors_origin { "{origin}" $http_origin; }\n'
        "add_header Access-Control-Allow-Origin $cors_origin always;\n"
        "add_header Vary Origin always;\n"
        "if ($request_method = OPTIONS) {\n"
        "    add_header Access-Control-Allow-Origin $cors_origin;\n"
        '    add_header Access-Control-Allow-Methods "{method_line}";\n'
        '    add_header Access-Control-Allow-Headers "{header_line}";\n'
        "    add_header Vary Origin;\n"
        "    return 204;\n"
        "}"
    ),
)

_NO_CREDENTIALS = _client(
    ("Where cookies are not needed, do not send credentials: leave out credentials and withCredentials."),
    'fetch(url, { credentials: "omit" })',
)

_ALLOW_CREDENTIALS = (
    _flask(
        "Name the origins and allow credentials.",
        'CORS(app, origins=["{origin}"], supports_credentials=True)',
    ),
    _django(
        "Name the origins and allow credentials.",
        'CORS_ALLOWED_ORIGINS = ["{origin}"]\nCORS_ALLOW_ALL_ORIGINS = False\nCORS_ALLOW_CREDENTIALS = True',
    ),
    _wsgi(
        "Name the origins and allow credentials.",
        'Policy(allow_origins=["{origin}"], allow_credentials=True)',
    ),
    _nginx(
        ("Where nginx itself sends the headers, send the one origin, never *, and the credentials header."),
        (
            'map $http_origin $cors_origin { "{origin}" $http_origin; }\n'
            "add_header Access-Control-Allow-Origin $cors_origin always;\n"
            "add_header Access-Control-Allow-Credentials true always;\n"
            "add_header Vary Origin always;"
        ),
    ),
    *elsewhere.CREDENTIALS,
)

_LOCAL_NETWORK = _client(
    "Ask from a page that is served over https, keep the request plain enough for the prompt "
    "to appear, and let the user grant it; in managed browsers a policy grants it for the "
    "page's origin."
)

_MEND_NETWORK = _client("Open the URL itself in a tab of the same browser: it shows the same failure, without CORS.")


_CATALOGUE: Final = (
    # 1. The application failed outside the CORS layer.
    Cause(
        id="app-error",
        root=1,
        title="The application failed, and its error page has no CORS headers",
        sentence=("The answer to {request} is an error of the application, made outside its CORS layer."),
        why=(
            "A layer above the one that adds the headers turns an uncaught exception into a 500, so the browser "
            "reports CORS instead of the error. CORS is not the problem."
        ),
        probe=(
            "The answer has a 5xx status and no Access-Control-Allow-Origin, and other paths of the server have it."
        ),
        remedies=(
            _flask(
                (
                    "Read the traceback in the log and correct the error. Where decorators or after_request set "
                    "the headers, let the extension wrap the app instead."
                ),
                ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
            ),
            _django(
                (
                    "Read the traceback in the log and correct the error. Where another middleware stands first, put "
                    "this one first."
                ),
                'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]',
            ),
            _wsgi(
                (
                    "Correct the error. If the app raises, its server sends a 500 of its own, without CORS "
                    "headers: have middleware inside the CORS layer turn exceptions into responses."
                ),
                'app = CORS(ErrorPages(app), Policy(allow_origins=["{origin}"]))',
            ),
        ),
    ),
    Cause(
        id="preflight-error",
        root=1,
        title="The server failed on the preflight itself",
        sentence="The preflight for {url} was answered with {status}, a failure of the server.",
        why=(
            "A preflight passes only with a status from 200 to 299. Code that was never written for "
            "OPTIONS ran and failed."
        ),
        probe="The OPTIONS request is answered with a 5xx status.",
        remedies=_OUTERMOST,
    ),
    # 2. The origin is not the one that is listed.
    Cause(
        id="origin-not-allowed",
        root=2,
        title="The page's origin is not on the server's list",
        sentence="The server answered {url}, but not with {origin} in Access-Control-Allow-Origin.",
        why=(
            "Origins are compared letter for letter: scheme, host and port. http is not https, "
            "www.example.com is not example.com, localhost is not 127.0.0.1, port 3000 is not 5173."
        ),
        probe=("Access-Control-Allow-Origin is missing for {origin}, and there for an origin that is on the list."),
        remedies=_LIST_ORIGIN,
    ),
    Cause(
        id="origin-scheme",
        root=2,
        title="The listed origin has the other scheme",
        sentence="The server allows {value|another origin}, and not {origin}: only the scheme differs.",
        why="http and https are different origins, and a browser never treats one as the other.",
        probe="Access-Control-Allow-Origin is there with the other scheme and missing with the page's.",
        remedies=_LIST_ORIGIN,
    ),
    Cause(
        id="origin-port",
        root=2,
        title="The listed origin has another port",
        sentence="The server allows {value|another origin}, and not {origin}: only the port differs.",
        why=(
            "The port is part of an origin, and left out it means the scheme's own: 80 or 443. "
            "Development servers take the next free one when theirs is in use."
        ),
        probe="Access-Control-Allow-Origin is there with the listed port and missing with the page's.",
        remedies=(
            *_LIST_ORIGIN,
            _wsgi(
                "In development, admit every port of the loopback name.",
                'Policy(allow_origins=["http://localhost:*"])',
            ),
        ),
    ),
    Cause(
        id="origin-www",
        root=2,
        title="The listed origin has www. in front, or lacks it",
        sentence=("The server allows {value|another origin}, and not {origin}: one has www., the other does not."),
        why="A name with www. and one without are two hosts, so two origins.",
        probe="Access-Control-Allow-Origin is there for one of the two names and missing for the other.",
        remedies=(
            *_LIST_ORIGIN,
            _client("Redirect one of the two names of the site to the other, and list that one."),
        ),
    ),
    Cause(
        id="origin-loopback",
        root=2,
        title="localhost and 127.0.0.1 are mixed up",
        sentence=(
            "The server allows {value|another origin}, and not {origin}: both are this machine, by different names."
        ),
        why="Origins are compared as text. localhost, 127.0.0.1 and [::1] are three origins.",
        probe="Access-Control-Allow-Origin is there for one loopback name and missing for the other.",
        remedies=(*_LIST_ORIGIN, _client("Open the page under the name that is listed.")),
    ),
    Cause(
        id="origin-slash",
        root=2,
        title="The listed origin ends in a slash or a path",
        sentence="The server sends {value|another origin}; an origin is scheme, host and port, with nothing after "
        "them.",
        why="Browsers send {origin}, without a slash, and compare letter for letter.",
        probe="Access-Control-Allow-Origin is there, and ends in a slash or a path.",
        remedies=_LIST_ORIGIN,
    ),
    Cause(
        id="origin-case",
        root=2,
        title="The listed origin has capital letters",
        sentence="The server sends {value|another origin}; browsers send {origin}, always in lower case.",
        why="The header is compared letter for letter, although host names are case-insensitive.",
        probe="Access-Control-Allow-Origin is there, with capital letters in it.",
        remedies=_LIST_ORIGIN,
    ),
    Cause(
        id="origin-list-typo",
        root=2,
        title="The list of origins is not the list that was meant",
        sentence="{origin} seems to be in the settings, yet the server does not know it.",
        why=(
            'Without a comma Python joins two strings into one: "https://a.example" '
            '"https://b.example" is one origin that nobody has. A single string where a list is '
            "meant, and a variable of the environment that was never split, end the same way."
        ),
        probe=("Access-Control-Allow-Origin is missing for {origin} although the settings seem to name it."),
        remedies=(
            _flask("Check for a comma after every member.", ('CORS(app, origins=[\n    "{origin}",\n])')),
            _django(
                "Check for a comma after every member; `manage.py check` names such members.",
                ('CORS_ALLOWED_ORIGINS = [\n    "{origin}",\n]'),
            ),
            _wsgi(
                "Check for a comma after every member; a Policy with such a member does not build.",
                ('Policy(allow_origins=[\n    "{origin}",\n])'),
            ),
        ),
    ),
    Cause(
        id="insecure-origin",
        root=2,
        title="The page is plain http, which the policy does not allow with credentials",
        sentence="The server refuses {origin}, because it is plain http.",
        why=(
            "Anybody on the network path can change a page that is plain http, and read with it what the user's "
            "cookies give access to. A wsgicors policy with credentials allows such an origin only by name."
        ),
        probe="The server's answer says so; the same origin with https is allowed where it is on the list.",
        remedies=(
            _client("Serve the page over https, and list that origin."),
            _flask(
                "On a network that you trust, allow it by name.",
                'CORS(app, origins=["{origin}"], supports_credentials=True, dangerously_allow=["insecure-origin"])',
            ),
            _django(
                "On a network that you trust, allow it by name.",
                'CORS_ALLOWED_ORIGINS = ["{origin}"]\nCORS_ALLOW_CREDENTIALS = True\n'
                'CORS_DANGEROUSLY_ALLOW = ["insecure-origin"]',
            ),
            _wsgi(
                "On a network that you trust, allow it by name.",
                'Policy(allow_origins=["{origin}"], allow_credentials=True, dangerously_allow=["insecure-origin"])',
            ),
        ),
    ),
    # 3. The request is redirected.
    Cause(
        id="preflight-redirect",
        root=3,
        title="The preflight was redirected",
        sentence=(
            "The server answered the preflight for {url} with a redirect, and a preflight may not be redirected."
        ),
        why=(
            "A preflight asks about one URL. Only its own answer counts, and only with a status from 200 to 299; "
            "the usual reasons for the redirect are strict slashes, a move to https, a language prefix and a "
            "login page."
        ),
        probe=("The OPTIONS request is answered with a 3xx status; its Location says which redirect it is."),
        remedies=_ABOVE_REDIRECTS,
    ),
    Cause(
        id="preflight-redirect-slash",
        root=3,
        title="The preflight was redirected to the same path with or without a slash",
        sentence="The server answers {url} with a redirect that only adds or takes a trailing slash.",
        why=(
            "Flask's strict_slashes and Django's APPEND_SLASH send every method to the canonical "
            "path, OPTIONS too, and a preflight may not be redirected."
        ),
        probe="The OPTIONS request is answered with a 3xx whose Location differs by a slash.",
        remedies=(
            _client("Ask for the path exactly as the server routes it, slash and all."),
            _flask(
                "Serve both spellings, or let the CORS layer answer first.",
                '@app.route("/items/", strict_slashes=False)\ndef items(): ...',
            ),
            _django(
                "Keep the CORS middleware above CommonMiddleware, which redirects.",
                ('MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ..., "django.middleware.common.CommonMiddleware"]'),
            ),
            *_OUTERMOST[2:],
        ),
    ),
    Cause(
        id="preflight-redirect-https",
        root=3,
        title="The preflight was redirected from http to https",
        sentence="The server redirects {url} to https, and a preflight may not be redirected.",
        why=(
            "The redirect comes from Django's SECURE_SSL_REDIRECT, from nginx or from a CDN, before "
            "the application is asked."
        ),
        probe="The OPTIONS request is answered with a 3xx whose Location is the same URL with https.",
        remedies=(
            _client("Write https:// in the client's base URL."),
            _django(
                "Keep the CORS middleware above SecurityMiddleware.",
                (
                    'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", '
                    '"django.middleware.security.SecurityMiddleware", ...]'
                ),
            ),
            _nginx("Keep the redirect for people who type the address; pages of an https site should not need it."),
        ),
    ),
    Cause(
        id="preflight-redirect-login",
        root=3,
        title="The preflight was redirected to a login page",
        sentence=(
            "The server sends the preflight for {url} to a login page, because a preflight carries no credentials."
        ),
        why=(
            "Browsers never send cookies or Authorization with a preflight, so every login check "
            "refuses it, and a redirect ends it."
        ),
        probe="The OPTIONS request is answered with a 3xx to a sign-in URL.",
        remedies=(
            *_OUTERMOST,
            _client("For an API, let the server answer 401 to the actual request instead of a redirect to a page."),
        ),
    ),
    Cause(
        id="preflight-redirect-language",
        root=3,
        title="The preflight was redirected to a language prefix",
        sentence="The server redirects {url} to the same path below a language code.",
        why=(
            "Django's LocaleMiddleware answers an unprefixed path with a redirect, for OPTIONS too, "
            "and a preflight may not be redirected."
        ),
        probe="The OPTIONS request is answered with a 3xx whose Location has a language code in front.",
        remedies=(
            _django(
                "Keep the API outside i18n_patterns, and the CORS middleware above LocaleMiddleware.",
                ('MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ..., "django.middleware.locale.LocaleMiddleware"]'),
            ),
            _FINAL_URL,
        ),
    ),
    Cause(
        id="redirect-without-headers",
        root=3,
        title="A redirect, or the answer behind it, has no CORS headers",
        sentence="{url} redirects, or was reached by a redirect, and does not allow {origin}.",
        why=("Every answer of a cross-origin request is checked, the redirects on the way too, not only the last one."),
        probe=("One of the redirects, or the answer behind them, lacks Access-Control-Allow-Origin; it names which."),
        remedies=(_FINAL_URL, *_OUTERMOST),
    ),
    Cause(
        id="redirect-null-origin",
        root=3,
        title="After a redirect to a third origin the browser sends Origin: null",
        sentence=("The request was redirected from another origin to {url}; from there on its origin is null."),
        why=(
            "Once a cross-origin request is sent on to yet another origin, the browser hides who "
            "asked: Origin is null, and a list that names {origin} no longer matches. Listing null "
            "would let every sandboxed page in."
        ),
        probe=("The second request carries Origin: null and is not allowed; asked directly, the URL allows {origin}."),
        remedies=(
            _FINAL_URL,
            _flask("Answer instead of redirecting to another host, or fetch the other host's data on the server."),
            _django("Answer instead of redirecting to another host, or fetch the other host's data on the server."),
        ),
    ),
    Cause(
        id="redirect-url-credentials",
        root=3,
        title="The redirect's address holds a user name or password",
        sentence=(
            "The server redirects to an address with user:password@ in it, which cross-origin requests may not follow."
        ),
        why="Following it would send credentials that the page never gave.",
        probe="The Location of a redirect has a user name or a password before its host.",
        remedies=(
            _nginx("Take user and password out of the redirect's target."),
            _client("Send an Authorization header instead of a user and a password in the URL."),
        ),
    ),
    Cause(
        id="redirect-scheme",
        root=3,
        title="The redirect leads to something that is not http",
        sentence="The server redirects {url} to an address whose scheme is not http or https.",
        why="A cross-origin request can only be sent on to http and https.",
        probe="The Location of a redirect has another scheme.",
        remedies=(_FINAL_URL,),
    ),
    Cause(
        id="redirect-loop",
        root=3,
        title="The redirects do not end",
        sentence="{url} was redirected more than twenty times.",
        why=(
            "Two layers send the request to each other: often one that forces https behind a proxy "
            "that speaks http to the application, or a login page that itself needs a login."
        ),
        probe="The redirects repeat; it stops at the twentieth and lists them.",
        remedies=(
            _django(
                "Tell Django that the proxy ended the TLS.",
                'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")',
            ),
            _flask("Tell Flask that the proxy ended the TLS.", "app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)"),
            _nginx("Pass the scheme on.", "proxy_set_header X-Forwarded-Proto $scheme;"),
        ),
    ),
    Cause(
        id="redirect-refused",
        root=3,
        title="The request may not be redirected",
        sentence="{url} answered with a redirect that this request is not allowed to follow.",
        why=(
            'The request was made with redirect: "error", or it had a preflight, and the browser does not follow '
            "its redirects to another origin."
        ),
        probe="The actual request is answered with a 3xx status.",
        remedies=(_FINAL_URL, *_OUTERMOST),
    ),
    # 4. Authentication answers first.
    Cause(
        id="session-ended",
        root=4,
        title="The session ended, and the request was sent to a login page",
        sentence="{redirected} was redirected to a login, which no script can complete.",
        why=(
            "A login page is for people: it allows no page of another origin to read it, and needs a form. "
            "The redirect is right for a navigation and wrong for a request of a script."
        ),
        probe="The answer without a session is a redirect to a login; with a valid session there is none.",
        remedies=(
            _flask(
                "Answer 401 to requests of scripts; redirect only what a person opens.",
                "@login_manager.unauthorized_handler\ndef unauthorized(): return {}, 401",
            ),
            _django(
                "Answer 401 to requests of scripts; redirect only what a person opens.",
                "if not request.user.is_authenticated:\n    raise NotAuthenticated  # of Django REST framework",
            ),
            _nginx("Where the proxy asks for the login, have it answer 401 below the API's path, not redirect."),
            _client("On a 401, navigate to the login: never fetch it.", "location.href = loginUrl;"),
        ),
    ),
    Cause(
        id="preflight-authentication",
        root=4,
        title="The login check answered before CORS",
        sentence=("The preflight for {url} was answered with {status}: a login check stood before the CORS layer."),
        why=(
            "Browsers send no cookies and no Authorization with a preflight, so whatever asks for "
            "them refuses it, and the actual request, which would have had them, is never sent."
        ),
        probe="The OPTIONS request is answered with 401 or 403, and so it is without any Origin.",
        remedies=(
            *_OUTERMOST,
            _nginx(
                "Do not ask OPTIONS for a password.",
                "limit_except OPTIONS { auth_basic on; auth_basic_user_file /etc/nginx/users; }",
            ),
            *elsewhere.PREFLIGHTS,
        ),
    ),
    Cause(
        id="authentication-without-headers",
        root=4,
        title="The 401 or 403 has no CORS headers",
        sentence="{request} was refused with {status} by a layer above the CORS layer.",
        why=(
            "The refusal itself may be right; without the headers the page cannot read it, and the browser "
            "reports CORS instead."
        ),
        probe="The answer is 401 or 403, without Access-Control-Allow-Origin.",
        remedies=(
            *_OUTERMOST,
            _ALWAYS,
            _client("Check that the token or the cookie is sent, and still valid."),
        ),
    ),
    Cause(
        id="client-certificate",
        root=4,
        title="The server demands a client certificate, which no preflight has",
        sentence="The server of {url} refused the connection, because it got no client certificate that it accepts.",
        why=(
            "A client certificate is a credential, and browsers send a preflight without credentials. Where every "
            "connection needs one, no preflight passes."
        ),
        probe=(
            "The TLS handshake fails with an alert of the server, or nginx answers 400; it sends no client certificate "
            "either."
        ),
        remedies=(
            _nginx(
                "Ask for the certificate without demanding it, and refuse what has none and is no preflight.",
                (
                    'map "$request_method $ssl_client_verify" $is_known { "~^OPTIONS " 1; "~ SUCCESS$" 1; }\n'
                    "ssl_verify_client optional;\n"
                    "if ($is_known = '') { return 403; }"
                ),
            ),
            _client(
                "Import the certificate into the browser. Firefox sends it with preflights too if "
                "network.cors_preflight.allow_client_cert is set."
            ),
        ),
    ),
    # 5. The preflight is not served.
    Cause(
        id="preflight-not-found",
        root=5,
        title="Nothing answers the preflight at this path",
        sentence="The preflight for {url} was answered with 404.",
        why=(
            "The path is wrong (a missing prefix, slash or version), or only the CORS layer could "
            "have answered OPTIONS and it never got the request."
        ),
        probe=("The OPTIONS request is answered with 404; the same path with {method} says whether the path is right."),
        remedies=(_client("Check the path first: prefix, version, trailing slash."), *_OUTERMOST),
    ),
    Cause(
        id="preflight-method-refused",
        root=5,
        title="The server does not accept OPTIONS at this path",
        sentence=(
            "The preflight for {url} was answered with 405: the view knows its own methods and OPTIONS is not one."
        ),
        why=("A preflight is for the CORS layer, not for the view. A router that sees it first answers 405."),
        probe=(
            "The OPTIONS request is answered with 405 (or 501), with an Allow header that lists the view's methods."
        ),
        remedies=(
            *_OUTERMOST,
            _PREFLIGHT,
            *elsewhere.PREFLIGHTS,
        ),
    ),
    Cause(
        id="preflight-status",
        root=5,
        title="The preflight's status is not a success",
        sentence=("The preflight for {url} was answered with {status}; only 200 to 299 lets the request go on."),
        why="Something answered OPTIONS that does not know what a preflight is.",
        probe="It shows the status of the OPTIONS request, and who seems to have sent it.",
        remedies=(*_OUTERMOST, _PREFLIGHT),
    ),
    # 6. Two layers add the headers.
    Cause(
        id="two-layers",
        root=6,
        title="Two layers add Access-Control-Allow-Origin",
        sentence="The header arrived with {value|several values}, and only one is allowed.",
        why=(
            "The application and the proxy (or two middlewares) each add the header. A browser joins "
            "the two and finds an origin that nobody has."
        ),
        probe=("Access-Control-Allow-Origin is there twice; it tells two header lines from one line with a comma."),
        remedies=_ONE_LAYER,
    ),
    Cause(
        id="allow-origin-list",
        root=6,
        title="Access-Control-Allow-Origin holds a list",
        sentence="The header holds {value|several origins}; it can hold one origin or *, never a list.",
        why=(
            "The whole list was written into the header. A server compares the request's Origin with "
            "its list and sends back that one."
        ),
        probe="Access-Control-Allow-Origin is there once, with several origins in it, for every origin.",
        remedies=_LIST_ORIGIN,
    ),
    # 7. The proxy answered by itself.
    Cause(
        id="proxy-body-too-large",
        root=7,
        title="The proxy refused the body as too large",
        sentence="{request} was answered with 413 by the proxy; the application never saw it.",
        why=("The proxy's own error pages have no CORS headers, so the browser reports CORS instead of the size."),
        probe=("A small body is allowed, and the answer to a large one is 413 with the proxy's Server header."),
        remedies=(
            _nginx(
                "Raise the limit, and add the headers to errors too.",
                ("client_max_body_size 20m;\nadd_header Access-Control-Allow-Origin $cors_origin always;"),
            ),
            _client("Send less at a time, or straight to the object storage."),
        ),
    ),
    Cause(
        id="proxy-bad-gateway",
        root=7,
        title="The proxy could not reach the application",
        sentence=(
            "{request} was answered with {status} by the proxy: the application is down or closed the connection."
        ),
        why="The proxy's own error pages have no CORS headers. CORS is not the problem.",
        probe="The answer is 502 or 503, without CORS headers, with the proxy's Server header.",
        remedies=(
            _nginx(
                (
                    "Read the error log (is the application up, is the socket's path right), and add the headers "
                    "to errors too."
                ),
                "add_header Access-Control-Allow-Origin $cors_origin always;",
            ),
            _wsgi("Check whether the workers run, and why they ended: memory, time-out, start-up error."),
        ),
    ),
    Cause(
        id="proxy-timeout",
        root=7,
        title="The proxy gave up waiting for the application",
        sentence="{request} was answered with {status} by the proxy: the application took too long.",
        why="The proxy's own error pages have no CORS headers. CORS is not the problem.",
        probe="The answer is 504, after a time that is a round number of seconds.",
        remedies=(
            _nginx("Give it the time it needs.", "proxy_read_timeout 120s;"),
            _wsgi(
                "Move the long work out of the request, or raise the server's own time-out too.",
                "gunicorn --timeout 120 app:app",
            ),
        ),
    ),
    Cause(
        id="proxy-drops-headers",
        root=7,
        title="The proxy adds the headers to successes only",
        sentence=("{request} failed with {status}, and the proxy left its CORS headers out of the error."),
        why=(
            'nginx puts add_header on 2xx and 3xx answers alone unless it ends in "always", and a '
            "location with any add_header of its own inherits none."
        ),
        probe="The headers are there on a success of the same host and missing on an error.",
        remedies=(_ALWAYS, *_OUTERMOST),
    ),
    # 8. Credentials.
    Cause(
        id="credentials-wildcard",
        root=8,
        title="The server answers * to a request with credentials",
        sentence="The request carries credentials, and the answer's Access-Control-Allow-Origin is *.",
        why=(
            "With credentials the server has to name the one origin: with *, any page of the web could read what "
            "the user's cookies give access to."
        ),
        probe="With --credentials it is blocked by the *; without, the same URL is allowed.",
        remedies=(*_ALLOW_CREDENTIALS, _NO_CREDENTIALS),
    ),
    Cause(
        id="credentials-not-allowed",
        root=8,
        title="The server does not allow credentials",
        sentence=("The request carries credentials, and the answer has no Access-Control-Allow-Credentials: true."),
        why=("The value is exactly true, in lower case; on the preflight's answer as well as on the actual one."),
        probe="With --credentials it is blocked by this header; without, the same URL is allowed.",
        remedies=(*_ALLOW_CREDENTIALS, _NO_CREDENTIALS),
    ),
    # 9. A header or method is not allowed.
    Cause(
        id="header-not-allowed",
        root=9,
        title="The request header {header|that the page sets} is not allowed",
        sentence=("The request has {headers}, and the preflight's Access-Control-Allow-Headers does not allow that."),
        why=(
            "Apart from a few safelisted ones, every header that a page sets has to be allowed by "
            "name. Content-Type is among them as soon as it is application/json."
        ),
        probe="With --header {header} the preflight fails; without, it passes.",
        remedies=(
            _flask(
                "Add it to the list.",
                "CORS(app, ..., allow_headers=[{header_list}])",
            ),
            _django(
                "Add it to the list.",
                ("CORS_ALLOW_HEADERS = [{header_list}]"),
            ),
            _wsgi(
                "Add it to the list.",
                "Policy(..., allow_headers=[{header_list}])",
            ),
            _nginx(
                "Where nginx answers the preflight, add it there.",
                'add_header Access-Control-Allow-Headers "{header_line}" always;',
            ),
            _client("Leave the header out if nothing needs it."),
            *elsewhere.HEADERS,
        ),
    ),
    Cause(
        id="header-of-responses",
        root=9,
        title="{header|A header} is a header of responses, and the client sends it",
        sentence="The client sets {header|a header} on its request; it belongs on the server's answer.",
        why=("On a request it only makes a preflight necessary, which then fails. Servers should not allow it."),
        probe="Without --header {header} the preflight passes, or is not even needed.",
        remedies=(_client("Take the header out of the client: headers, axios.defaults, interceptors."),),
    ),
    Cause(
        id="header-wildcard-authorization",
        root=9,
        title="* does not cover Authorization",
        sentence=("Access-Control-Allow-Headers is *, and the request carries Authorization, which has to be named."),
        why=(
            "The standard leaves Authorization out of the wildcard. Engines still let it pass, and "
            "Firefox warns that it will not always."
        ),
        probe="It notes that Authorization is covered by * alone.",
        remedies=(
            _flask("Name it.", 'CORS(app, origins=["{origin}"], allow_headers=["*", "Authorization"])'),
            _django("Name it.", 'CORS_ALLOW_HEADERS = ["*", "Authorization"]'),
            _wsgi("Name it.", 'Policy(allow_origins=["{origin}"], allow_headers=["*", "Authorization"])'),
            _nginx("Name it.", 'add_header Access-Control-Allow-Headers "*, Authorization" always;'),
        ),
    ),
    Cause(
        id="wildcard-with-credentials",
        root=9,
        title="With credentials, * in the preflight's lists is only an asterisk",
        sentence=("The request carries credentials, and the server answers with * where it has to list names."),
        why=(
            "For a request with credentials, * in Access-Control-Allow-Headers or -Methods is a name "
            "like any other, and no request has it."
        ),
        probe="With --credentials the preflight fails at the list; without, it passes.",
        remedies=(
            _flask(
                "List the names.",
                (
                    'CORS(app, origins=["{origin}"], supports_credentials=True, methods=[{method_list}], '
                    "allow_headers=[{header_list}])"
                ),
            ),
            _django(
                "List the names.",
                ("CORS_ALLOW_METHODS = [{method_list}]\nCORS_ALLOW_HEADERS = [{header_list}]"),
            ),
            _wsgi(
                "wsgicors sends the asked names instead of * where credentials are allowed.",
                ('Policy(allow_origins=["{origin}"], allow_credentials=True, allow_headers="*", allow_methods="*")'),
            ),
            _nginx("List the names.", 'add_header Access-Control-Allow-Headers "{header_line}" always;'),
            _NO_CREDENTIALS,
        ),
    ),
    Cause(
        id="method-not-allowed",
        root=9,
        title="The method {method|of the request} is not allowed",
        sentence="The preflight asked for {method|a method}, and Access-Control-Allow-Methods does not name it.",
        why="Every method but GET, HEAD and POST has to be allowed by name.",
        probe="With --method {method} the preflight fails; with --method GET it is not needed.",
        remedies=(
            _flask("Add it to the list.", "CORS(app, ..., methods=[{method_list}])"),
            _django(
                "Add it to the list.",
                ("CORS_ALLOW_METHODS = [{method_list}]"),
            ),
            _wsgi("Add it to the list.", "Policy(..., allow_methods=[{method_list}])"),
            _nginx(
                "Where nginx answers the preflight, add it there.",
                'add_header Access-Control-Allow-Methods "{method_line}" always;',
            ),
            *elsewhere.METHODS,
        ),
    ),
    Cause(
        id="method-case",
        root=9,
        title="The client spells {method|the method} in lower case",
        sentence=(
            "The preflight asked for {method|a method}, in lower case, and methods are compared letter for letter."
        ),
        why=(
            "Browsers put get, post, put, delete, head and options into capitals, but not patch: a "
            "fetch with patch asks for a method that no server knows."
        ),
        probe="With --method {method} it is blocked; with the method in capitals it is allowed.",
        remedies=(_client("Write the method in capitals.", 'fetch(url, { method: "PATCH" })'),),
    ),
    Cause(
        id="forbidden-method",
        root=9,
        title="No page may use {method|this method}",
        sentence="The client asks for {method|a method}, which scripts may not use: nothing is sent.",
        why="CONNECT, TRACE and TRACK are forbidden to pages, because a server's answer could show secrets.",
        probe="It refuses the method and says so.",
        remedies=(_client("Use another method."),),
    ),
    Cause(
        id="allow-methods-malformed",
        root=9,
        title="Access-Control-Allow-Methods cannot be read",
        sentence="The preflight's Access-Control-Allow-Methods is not a list of method names.",
        why=(
            "It is a list of names with commas between them. Blanks, semicolons, quotes, brackets or "
            "colons between or around them make the whole header unreadable, and the preflight fails."
        ),
        probe="It shows the header's value and the member that is no name.",
        remedies=(
            _flask("Give a list of names.", 'CORS(app, origins=["{origin}"], methods=["PUT", "DELETE"])'),
            _django("Give a list of names.", 'CORS_ALLOW_METHODS = ["PUT", "DELETE"]'),
            _wsgi("Give a list of names.", 'Policy(allow_origins=["{origin}"], allow_methods=["PUT", "DELETE"])'),
            _nginx(
                "Commas between names, nothing else.",
                'add_header Access-Control-Allow-Methods "PUT, DELETE" always;',
            ),
        ),
    ),
    Cause(
        id="allow-headers-malformed",
        root=9,
        title="Access-Control-Allow-Headers cannot be read",
        sentence="The preflight's Access-Control-Allow-Headers is not a list of field names.",
        why=(
            "It is a list of names with commas between them. Blanks, semicolons, quotes, brackets or "
            "colons between or around them make the whole header unreadable, and the preflight fails."
        ),
        probe="It shows the header's value and the member that is no name.",
        remedies=(
            _flask(
                "Give a list of names.",
                'CORS(app, origins=["{origin}"], allow_headers=["Content-Type", "X-Requested-With"])',
            ),
            _django("Give a list of names.", 'CORS_ALLOW_HEADERS = ["content-type", "x-requested-with"]'),
            _wsgi(
                "Give a list of names.",
                'Policy(allow_origins=["{origin}"], allow_headers=["Content-Type", "X-Requested-With"])',
            ),
            _nginx(
                "Commas between names, nothing else.",
                'add_header Access-Control-Allow-Headers "Content-Type, X-Requested-With" always;',
            ),
        ),
    ),
    # 10. A cached or fixed origin.
    Cause(
        id="cached-origin",
        root=10,
        title="A cache gives one origin's answer to another",
        sentence="The answer for {url} was made for {value|another request}, and not for {origin}.",
        why=(
            "The answer depends on the Origin header and does not say so: without Vary: Origin a browser, a "
            "proxy or a CDN keeps one and gives it to everybody. The failure comes and goes with the cache. An "
            "answer that was cached for a request without Origin has no header at all."
        ),
        probe=(
            "Asked with two origins in turn, the second gets the first one's answer (see Age and "
            "X-Cache), or the answers differ and Vary lacks Origin."
        ),
        remedies=(
            _flask(
                "Send Vary: Origin on every answer (this extension does), and purge the cache.",
                ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
            ),
            _django(
                "Send Vary: Origin on every answer (this middleware does), and purge the cache.",
                'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]',
            ),
            _wsgi("Send Vary: Origin on every answer (wsgicors does), and purge the cache."),
            _nginx(
                "Make the origin part of the key where the cache ignores Vary, and purge it.",
                'proxy_cache_key "$scheme$request_method$host$request_uri$http_origin";',
            ),
            _client(
                "Bypass the browser's own cache until the server is corrected.",
                'fetch(url, { cache: "reload" })',
            ),
        ),
    ),
    Cause(
        id="fixed-origin",
        root=10,
        title="The server always names one fixed origin",
        sentence="The server sends {value|one origin} to everybody, and not {origin}.",
        why=(
            "The header was written as a constant. A browser compares it with the page's own origin, letter for letter."
        ),
        probe=("Access-Control-Allow-Origin is the same for every origin, and for a request without Origin."),
        remedies=_LIST_ORIGIN,
    ),
    Cause(
        id="allow-origin-malformed",
        root=10,
        title="Access-Control-Allow-Origin is not an origin",
        sentence=(
            "The server sends {value|a value} that is not an origin: scheme://host, with a port where it has one."
        ),
        why=(
            "A missing scheme, a pattern such as *.example.com, a quoted value or an empty one match "
            "no page. The header holds one origin or *, and patterns are for the server's own "
            "settings."
        ),
        probe="It shows the header's value and what is wrong with it.",
        remedies=_LIST_ORIGIN,
    ),
    # 11. The response comes from outside the CORS layer.
    Cause(
        id="cors-absent",
        root=11,
        title="The server has no CORS layer",
        sentence="{url} answers every origin without a CORS header: nothing on the server adds them.",
        why="Pages of another origin may read an answer only if it says so, and nothing here does.",
        probe=(
            "No path of the server has CORS headers, for no origin. Where another origin gets them, the page's is "
            "not on the server's list."
        ),
        remedies=(
            _flask("Add the extension.", ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])')),
            _django(
                "Add the middleware, first in the list.",
                ('MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]\nCORS_ALLOWED_ORIGINS = ["{origin}"]'),
            ),
            _wsgi(
                "Wrap the application.",
                ('from wsgicors import CORS, Policy\napp = CORS(app, Policy(allow_origins=["{origin}"]))'),
            ),
            _nginx(
                "For files that nginx serves itself.",
                (
                    'map $http_origin $cors_origin { "{origin}" $http_origin; }\n'
                    "add_header Access-Control-Allow-Origin $cors_origin always;\n"
                    "add_header Vary Origin always;"
                ),
            ),
            _client("If the server is not yours, have your own server make the request."),
            *elsewhere.ORIGINS,
        ),
    ),
    Cause(
        id="outside-static",
        root=11,
        title="Static files are served outside the CORS layer",
        sentence="{url} is a file that something other than the application serves, without CORS headers.",
        why=(
            "Django's development server, WhiteNoise above the middleware, nginx and object storages "
            "answer for files before the application is asked. Fonts, modules and canvas images are "
            "read with CORS."
        ),
        probe="The headers are there on a view of the same host and missing on the file.",
        remedies=(
            _django(
                "Wrap the whole WSGI application, files included.",
                'application = CORS(get_wsgi_application(), Policy(allow_origins=["{origin}"]))',
            ),
            _flask(
                "Let the extension wrap the application: its static folder is then covered.",
                ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
            ),
            _wsgi(
                "Wrap outside what serves the files.",
                'app = CORS(WhiteNoise(app), Policy(allow_origins=["{origin}"]))',
            ),
            _nginx(
                "Where nginx serves them: files that anybody may read need no list.",
                "location /static/ { add_header Access-Control-Allow-Origin * always; }",
            ),
        ),
    ),
    Cause(
        id="outside-order",
        root=11,
        title="Something above the CORS layer answers first",
        sentence="The answer for {url} was made by a middleware or a decorator outside the CORS layer.",
        why=(
            "A layer can only add headers to what passes through it. Middlewares above it, a "
            "decorator on the wrong side of @app.route, an abort in before_request and the debugger "
            "all answer outside."
        ),
        probe="Some answers of the same host have the headers, and this one has not.",
        remedies=(*_OUTERMOST,),
    ),
    Cause(
        id="host-not-allowed",
        root=11,
        title="The server does not answer for this host name",
        sentence="The server of {url} refused the request for its Host, before the app saw it.",
        why=(
            "Frameworks and development servers answer for the hosts that they know, because another name may be an "
            "attack by DNS rebinding. That check stands above the CORS layer, so its answer has no CORS headers."
        ),
        probe="The answer is an error without CORS headers, whatever the origin.",
        remedies=(
            _django("List the host in ALLOWED_HOSTS."),
            _flask("List the host in TRUSTED_HOSTS."),
            Remedy(Place.FASTAPI, "List the host in TrustedHostMiddleware's allowed_hosts."),
            Remedy(Place.VITE, "List the host in server.allowedHosts."),
            _nginx("Pass the name that the app knows with proxy_set_header Host."),
            _client("Ask the server by a name that it knows, such as localhost."),
        ),
    ),
    Cause(
        id="blocked-by-firewall",
        root=11,
        title="A firewall or a bot check answered",
        sentence="Something in front of the server of {url} refused the request, and its answer has no CORS headers.",
        why=(
            "Firewalls, bot checks and tunnels answer with a page of their own, which a person may pass and a script "
            "cannot. The app's CORS settings do not reach that page."
        ),
        probe="The answer is a page without CORS headers, and Server or another header names who made it.",
        remedies=(
            Remedy(Place.CLOUDFLARE, "Exempt the API's paths, with their preflights, from the rule that matched."),
            _client("Ask from where the firewall lets requests through; its log has the rule that matched."),
        ),
    ),
    Cause(
        id="not-found-without-headers",
        root=11,
        title="The address is wrong, and the 404 has no CORS headers",
        sentence="{request} was answered with {status} by something outside the CORS layer.",
        why=(
            "The address does not exist, or not for this method. Without the headers the page cannot "
            "read that, and the browser reports CORS instead."
        ),
        probe="The answer is 404 or 405, without CORS headers.",
        remedies=(_client("Check the address first: host, prefix, version, slash, method."), *_OUTERMOST),
    ),
    Cause(
        id="header-misspelt",
        root=11,
        title="The server sends {header|a header} that no browser knows",
        sentence="The answer has {header|a header whose name is misspelt}, and no Access-Control-Allow-Origin.",
        why="Header names are compared letter for letter: Access-Control-Allow-Origin has no s at its end.",
        probe="It lists the header, beside the missing Access-Control-Allow-Origin.",
        remedies=_LIST_ORIGIN,
    ),
    # 12. Not the server's CORS at all.
    Cause(
        id="null-origin",
        root=12,
        title="The page's origin is null",
        sentence="The page has no origin of its own: the browser sends Origin: null.",
        why=(
            "Files opened from disk, sandboxed frames, data: pages and some redirects have the "
            "origin null. Anybody can make such a page, so allowing null allows everybody."
        ),
        probe=("With --origin null it is blocked; with the origin that the page should have, it is allowed."),
        remedies=(
            _client("Serve the page over HTTP instead of opening the file.", "python -m http.server 8000"),
            _client(
                "Give a sandboxed frame its origin back.",
                '<iframe sandbox="allow-scripts allow-same-origin">',
            ),
            _wsgi('Do not list "null".'),
        ),
    ),
    Cause(
        id="csrf-origin",
        root=12,
        title="The server's CSRF check does not trust the origin",
        sentence="CORS let the request through; the server's CSRF protection refused it because of its origin.",
        why=(
            "Reading answers (CORS) and sending state-changing requests with cookies (CSRF) are two "
            "settings. The origin has to be in both, with its scheme."
        ),
        probe="The request is allowed by CORS, and its status is 403 with a page about CSRF.",
        remedies=(
            _django("Trust the origin, with its scheme.", 'CSRF_TRUSTED_ORIGINS = ["{origin}"]'),
            _nginx(
                "Behind a proxy, pass on the host and the scheme.",
                ("proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;"),
            ),
        ),
    ),
    Cause(
        id="csrf-token",
        root=12,
        title="The CSRF token or its cookie is missing",
        sentence=(
            "CORS let the request through; the server's CSRF protection refused it because its token is missing."
        ),
        why=(
            "The token stands in a cookie of the server's site and has to be sent back in a header. "
            "Across sites the cookie comes along only with credentials and SameSite=None; Secure, "
            "and the page cannot read it."
        ),
        probe="The request is allowed by CORS, and its status is 400 or 403 with a CSRF page.",
        remedies=(
            _django(
                "Let the cookie be sent across sites, send the token in an answer, and allow its header.",
                ('CSRF_COOKIE_SAMESITE = "None"\nCSRF_COOKIE_SECURE = True\nCORS_ALLOW_CREDENTIALS = True'),
            ),
            _flask(
                "Send the token in an answer, and have the client send it back in X-CSRFToken.",
                ('CORS(app, origins=["{origin}"], supports_credentials=True, allow_headers=["X-CSRFToken"])'),
            ),
            _client(
                "Send credentials and the token.",
                ('fetch(url, { method: "POST", credentials: "include", headers: { "X-CSRFToken": token } })'),
            ),
        ),
    ),
    Cause(
        id="cookie-samesite",
        root=12,
        title="The cookie is not sent across sites",
        sentence=("The browser did not send a cookie, or did not store it, because of its SameSite attribute."),
        why=(
            "Without SameSite=None a cookie is not sent with requests that another site makes. CORS does not "
            "govern that, and no CORS message appears."
        ),
        probe=("With --credentials it lists the Set-Cookie attributes that keep the cookie from being sent."),
        remedies=(
            _flask(
                "Let the cookie be sent across sites.",
                'app.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)',
            ),
            _django(
                "Let the cookie be sent across sites.",
                (
                    'SESSION_COOKIE_SAMESITE = "None"\n'
                    "SESSION_COOKIE_SECURE = True\n"
                    'CSRF_COOKIE_SAMESITE = "None"\n'
                    "CSRF_COOKIE_SECURE = True"
                ),
            ),
            _client(
                "Send credentials, and serve page and API from one site where that is possible.",
                'fetch(url, { credentials: "include" })',
            ),
        ),
    ),
    Cause(
        id="cookie-not-secure",
        root=12,
        title="The cookie needs https",
        sentence="The browser refused a cookie: it needs both the attribute Secure and https.",
        why="SameSite=None is accepted only with Secure, and a Secure cookie only over https.",
        probe="With --credentials it lists Set-Cookie lines without Secure, or with it over http.",
        remedies=(
            _flask("Serve over https, and mark the cookie.", "app.config.update(SESSION_COOKIE_SECURE=True)"),
            _django(
                "Serve over https, and mark the cookie.",
                ("SESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True"),
            ),
        ),
    ),
    Cause(
        id="third-party-cookies",
        root=12,
        title="The browser blocks third-party cookies",
        sentence="The user's browser does not send cookies of other sites, whatever their attributes.",
        why=("Tracking protection treats the API's site as a third party of the page. No header changes that."),
        probe="It cannot see it: it is a setting of the user's browser.",
        remedies=(
            _client(
                "Serve the API from the page's own site (api.example.com for www.example.com), or send a "
                "token in the Authorization header instead of a cookie."
            ),
        ),
    ),
    Cause(
        id="local-network-permission",
        root=12,
        title="The user has not allowed access to the local network",
        sentence=(
            "The browser did not send the request: {url} is on the local network or this machine, and the page is not."
        ),
        why=(
            "Local Network Access asks the user before a public page may reach such an address. It "
            "happens before anything is sent; no header helps."
        ),
        probe="It says whether the address is public, local or loopback, and that Chromium will ask.",
        remedies=(_LOCAL_NETWORK,),
    ),
    Cause(
        id="local-network-insecure",
        root=12,
        title="A page without https asks for an address of the local network",
        sentence=("The page is served over plain http, and {url} is in a more private network than the page."),
        why="Only secure pages may ask the user for access to the local network.",
        probe=("It says whether the address is public, local or loopback, and whether the page's origin is secure."),
        remedies=(_LOCAL_NETWORK,),
    ),
    Cause(
        id="local-network-mismatch",
        root=12,
        title="targetAddressSpace does not name the network of the address",
        sentence="The request said which network it would reach, and {url} is in another.",
        why=(
            'fetch takes targetAddressSpace: "loopback" for this machine and "local" for the local '
            "network; the wrong one blocks the request."
        ),
        probe="It says whether the address is public, local or loopback.",
        remedies=(_client("Name the right one, or leave it out.", 'fetch(url, { targetAddressSpace: "loopback" })'),),
    ),
    Cause(
        id="private-network-header",
        root=12,
        title="An older Chromium asks for Access-Control-Allow-Private-Network",
        sentence="The preflight for {url} lacked Access-Control-Allow-Private-Network: true.",
        why=(
            "Before Local Network Access, Chromium asked the server itself whether public pages may "
            "reach it. Newer versions ask the user instead."
        ),
        probe="Without the header in the preflight's answer it says so.",
        remedies=(
            _flask(
                "Allow it, only for servers that public pages are meant to reach.",
                'CORS(app, origins=["{origin}"], allow_private_network=True)',
            ),
            _django(
                "Allow it, only for servers that public pages are meant to reach.",
                "CORS_ALLOW_PRIVATE_NETWORK = True",
            ),
            _wsgi(
                "Allow it, only for servers that public pages are meant to reach.",
                'Policy(allow_origins=["{origin}"], allow_private_network=True)',
            ),
        ),
    ),
    Cause(
        id="mixed-content",
        root=12,
        title="An https page asks for an http address",
        sentence="The page is https and {url} is http: the browser does not send the request.",
        why="Mixed content is blocked before anything is sent. No header helps.",
        probe="It says that the page's origin is https and the URL http, and whether https answers.",
        remedies=(
            _client("Write https:// in the client's base URL."),
            _nginx("Serve the API over https.", "listen 443 ssl;"),
        ),
    ),
    Cause(
        id="cleartext-forbidden",
        root=12,
        title="The app's platform forbids plain http",
        sentence="The app asked for {url}, and its platform sends no request over plain http.",
        why=(
            "Android and Apple's systems let an app ask over https only, unless its own settings name exceptions. "
            "Nothing is sent, so no header helps."
        ),
        probe="It says whether https answers too. The rule is the app's, so plain http is allowed here.",
        remedies=(
            _client("Write https:// in the app's base URL."),
            _nginx("Serve the API over https.", "listen 443 ssl;"),
            _client(
                "In development, name the exception in the app's settings: a network security configuration on "
                "Android, NSAppTransportSecurity on Apple's systems."
            ),
        ),
    ),
    Cause(
        id="unreachable",
        root=12,
        title="Nothing answers at this address",
        sentence=("The connection to {url} failed: no server listens there, or something on the way refuses."),
        why="No answer means no headers, and some browsers report that as a CORS failure.",
        probe="It cannot connect either, and says why.",
        remedies=(
            _wsgi(
                "Start the server; in a container let it listen on all addresses.",
                "gunicorn --bind 0.0.0.0:8000 app:app",
            ),
            _client("Check scheme, host and port of the URL; http on an https port fails like this too."),
            _MEND_NETWORK,
        ),
    ),
    Cause(
        id="name-not-found",
        root=12,
        title="The host name is not known",
        sentence="The name of the host in {url} could not be resolved.",
        why=(
            "The name is misspelt, is known only inside a container network, or the machine is "
            "offline. No answer means no headers."
        ),
        probe="It cannot resolve the name either.",
        remedies=(
            _client("Use a name that the browser's machine knows; a container's service name is not one."),
            _MEND_NETWORK,
        ),
    ),
    Cause(
        id="timed-out",
        root=12,
        title="The server did not answer in time",
        sentence="The connection to {url} timed out.",
        why=("A firewall that drops packets, a wrong address or a server that hangs. No answer means no headers."),
        probe="It times out too, and says in which step.",
        remedies=(_MEND_NETWORK, _wsgi("Check whether all workers are busy.")),
    ),
    Cause(
        id="certificate",
        root=12,
        title="The server's certificate is not trusted",
        sentence=(
            "The TLS connection to {url} failed: the browser does not accept the server's certificate or protocol."
        ),
        why=(
            "A page's request cannot click through a warning: it fails, and some browsers report that as a CORS "
            "failure. Self-signed certificates of development servers are the usual case."
        ),
        probe=("It says what is wrong with the certificate: expired, self-signed, another name, an unknown issuer."),
        remedies=(
            _client("In development, open the URL once in a tab and accept the certificate, or trust your own issuer."),
            _nginx(
                "Send a certificate for this name with its whole chain.",
                "ssl_certificate /etc/ssl/fullchain.pem;",
            ),
        ),
    ),
    Cause(
        id="connection-broken",
        root=12,
        title="The connection ended before the answer was complete",
        sentence="The connection to {url} ended before an answer was complete.",
        why=(
            "The worker died, the body was not read, a proxy closed an idle connection, or the user's machine changed "
            "its network. For the page it is a network error, whatever the headers allow."
        ),
        probe="The connection ends without a response.",
        remedies=(
            _wsgi("Find out from the log why the worker ended: memory, time-out, a crash in a C library."),
            _MEND_NETWORK,
        ),
    ),
    Cause(
        id="blocked-by-extension",
        root=12,
        title="An extension or an ad blocker stopped the request",
        sentence="{url} was blocked in the browser, before anything was sent.",
        why="Blockers match words in addresses, such as ads, track or analytics.",
        probe="It is allowed here: the server has no part in it.",
        remedies=(_client("Try a window without extensions, and rename the path if it looks like tracking."),),
    ),
    Cause(
        id="content-security-policy",
        root=12,
        title="The page's own Content Security Policy forbids the address",
        sentence=("The page's Content-Security-Policy does not list {url}: the browser does not send the request."),
        why=(
            "Its {value|connect-src (or default-src)} says which addresses are allowed. It is sent by the page's "
            "server, not by the API's."
        ),
        probe="It is allowed here: the rule is on the page, not on this URL.",
        remedies=(
            _django(
                "On the page's server, add the API's origin.",
                "Content-Security-Policy: {value|connect-src} 'self' <API's origin>",
            ),
            _nginx(
                "On the page's server, add the API's origin.",
                "add_header Content-Security-Policy \"{value|connect-src} 'self' <API's origin>\" always;",
            ),
        ),
    ),
    Cause(
        id="resource-policy",
        root=12,
        title="Cross-Origin-Resource-Policy or the page's embedder policy forbids it",
        sentence="{url} was blocked by Cross-Origin-Resource-Policy, which is not CORS.",
        why=(
            "The answer says same-origin or same-site, or says nothing while the page asks for it "
            "(Cross-Origin-Embedder-Policy: require-corp)."
        ),
        probe="It shows Cross-Origin-Resource-Policy where there is one.",
        remedies=(
            _flask("Say who may embed it.", 'response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"'),
            _django("Say who may embed it.", 'response["Cross-Origin-Resource-Policy"] = "cross-origin"'),
            _nginx("Say who may embed it.", "add_header Cross-Origin-Resource-Policy cross-origin always;"),
            _client("Load it with CORS.", '<img crossorigin="anonymous" src="…">'),
        ),
    ),
    Cause(
        id="opaque-response-blocking",
        root=12,
        title="The browser withheld a response from a page that loaded it without CORS",
        sentence=("{url} was loaded as an image, a script or with no-cors, and its content is not of that kind."),
        why=("Opaque Response Blocking withholds JSON and HTML from pages that load them without CORS."),
        probe="It shows the Content-Type, and whether a request with CORS would be allowed.",
        remedies=(
            _client('Ask with fetch in its default mode, "cors".', "fetch(url)"),
            *_LIST_ORIGIN[:3],
        ),
    ),
    Cause(
        id="request-mode",
        root=12,
        title="The request's own mode forbids other origins",
        sentence=(
            'The request was made with mode: "same-origin" (or by something that only loads from its own origin).'
        ),
        why=(
            "Workers, some SVG references and requests with that mode may not leave the page's "
            "origin. The server was not asked."
        ),
        probe="It is allowed here: the mode is the client's.",
        remedies=(_client("Leave mode out.", 'fetch(url, { mode: "cors" })'),),
    ),
    Cause(
        id="no-cors-mode",
        root=12,
        title='mode: "no-cors" hides every answer',
        sentence=(
            'The request was made with mode: "no-cors": the page gets an opaque answer, without status and body.'
        ),
        why=(
            "no-cors never makes an answer readable; it is for sending without reading. It also "
            "drops the headers that would need a preflight."
        ),
        probe="It shows whether the same request with CORS would be allowed.",
        remedies=(
            _client("Take it out, and let the server allow the origin.", "fetch(url)"),
            *_LIST_ORIGIN[:3],
        ),
    ),
    Cause(
        id="url-scheme",
        root=12,
        title="The URL is not an http URL",
        sentence="The request's URL has a scheme that CORS does not know.",
        why=(
            '"localhost:8000/items" is read as the scheme localhost; a file:// page cannot read '
            "other files; custom schemes have to be registered for CORS in the app's shell."
        ),
        probe="It refuses the URL and says what is missing.",
        remedies=(
            _client("Write http:// or https:// in front.", 'fetch("http://localhost:8000/items")'),
            _client("Serve a page that was opened from disk.", "python -m http.server 8000"),
        ),
    ),
    Cause(
        id="cors-disabled",
        root=12,
        title="CORS is switched off in this Firefox",
        sentence="Firefox refuses every cross-origin request because content.cors.disable is set.",
        why="A preference of the user's browser, sometimes left by an old guide.",
        probe="It is allowed here: the setting is in the browser.",
        remedies=(_client("In about:config set content.cors.disable to false."),),
    ),
    Cause(
        id="origin-header-not-added",
        root=12,
        title="Firefox could not add the Origin header",
        sentence="Firefox could not set Origin on the request, so it did not send it.",
        why="An extension or a privileged setting interferes with the request's headers.",
        probe="It is allowed here: the fault is in the browser.",
        remedies=(_client("Try a window without extensions."),),
    ),
    Cause(
        id="header-not-exposed",
        root=12,
        title="The page may not read {header|a response header}",
        sentence="The request was allowed; {header|a header} of its answer is not exposed to the page.",
        why=(
            "Beyond a few safelisted ones, a page reads only headers that "
            "Access-Control-Expose-Headers names. With credentials, * there is only an asterisk."
        ),
        probe="It lists the answer's headers with those that the page can read.",
        remedies=(
            _flask("Expose it.", 'CORS(app, origins=["{origin}"], expose_headers=["{header}"])'),
            _django("Expose it.", 'CORS_EXPOSE_HEADERS = ["{header}"]'),
            _wsgi("Expose it.", 'Policy(allow_origins=["{origin}"], expose_headers=["{header}"])'),
            _nginx("Expose it.", 'add_header Access-Control-Expose-Headers "{header}" always;'),
            *elsewhere.EXPOSED,
        ),
    ),
    Cause(
        id="forbidden-request-header",
        root=12,
        title="No page may set {header|this request header}",
        sentence="The client tries to set {header|a header} that only the browser itself sets.",
        why=(
            "Host, Origin, Cookie, Content-Length, Sec-… and others are forbidden to pages. The "
            "request goes on without."
        ),
        probe="It refuses the header and says so.",
        remedies=(_client("Take the header out of the client."),),
    ),
    Cause(
        id="canvas-tainted",
        root=12,
        title="An image was loaded without CORS and drawn to a canvas",
        sentence="The canvas holds pixels of another origin that did not allow reading them.",
        why=(
            "An image loaded without the crossorigin attribute may be shown, not read. With it, the "
            "image's server has to allow the page's origin."
        ),
        probe="Asked for the image's URL with --origin {origin}, it says whether the image may be read.",
        remedies=(
            _client("Load the image with CORS.", 'image.crossOrigin = "anonymous"; image.src = url;'),
            *_LIST_ORIGIN,
        ),
    ),
    Cause(
        id="crossorigin-missing",
        root=12,
        title="A script, style sheet, audio or video was loaded without CORS",
        sentence="The page loaded {url} without CORS: it may use it, and not read it.",
        why=(
            "Without the attribute crossorigin, what an element loads from another origin stays closed to the page: a "
            "script's errors are only \"Script error.\", a style sheet's rules cannot be read, Web Audio gets silence, "
            "and integrity cannot be checked."
        ),
        probe="Asked for the file's URL with --origin {origin}, it says whether the page may read it.",
        remedies=(
            _client('Load it with CORS: give the element the attribute crossorigin="anonymous".'),
            *_LIST_ORIGIN,
        ),
    ),
    Cause(
        id="cross-origin-isolation",
        root=12,
        title="The page is not cross-origin isolated",
        sentence="The script needs SharedArrayBuffer, which only pages have that are cross-origin isolated.",
        why=(
            "The page's own answer has to say so, with Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy, "
            "over https or on localhost. CORS does not govern that."
        ),
        probe="Asked for the page itself, it shows neither of the two headers, or one of them only.",
        remedies=(
            _flask(
                "Add both headers to the page's answer.",
                (
                    'response.headers["Cross-Origin-Opener-Policy"] = "same-origin"\n'
                    'response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"'
                ),
            ),
            _django(
                "Add both headers to the page's answer; SecurityMiddleware adds the first.",
                'response["Cross-Origin-Embedder-Policy"] = "require-corp"',
            ),
            _nginx(
                "Add both headers to the page's answer.",
                (
                    "add_header Cross-Origin-Opener-Policy same-origin always;\n"
                    "add_header Cross-Origin-Embedder-Policy require-corp always;"
                ),
            ),
            _client(
                "Load what is of other origins with CORS (crossorigin), or have it say "
                "Cross-Origin-Resource-Policy: cross-origin: the page then blocks everything else."
            ),
        ),
    ),
    Cause(
        id="http-error",
        root=12,
        title="The server answered with an error, and CORS let the page read it",
        sentence="{request} was answered with {status}. No rule of CORS was broken.",
        why=(
            "The message is the browser's note of a 4xx or 5xx answer. The answer's body and the server's log say more."
        ),
        probe="The exchange is allowed, and its status is 400 or above.",
        remedies=(
            _flask("Look at the server's log for this request."),
            _django("Look at the server's log for this request."),
        ),
    ),
    Cause(
        id="response-invalid",
        root=12,
        title="The response is invalid",
        sentence="The browser could not read the answer for {url}.",
        why="The answer is incomplete, comes from a service worker that failed, or is not HTTP.",
        probe="It shows what came back, byte by byte where it is not HTTP.",
        remedies=(_client("Try with the service worker unregistered."), _MEND_NETWORK),
    ),
    Cause(
        id="websocket-origin",
        root=12,
        title="A WebSocket server refused the page's origin, or the connection",
        sentence="The connection is a WebSocket's, or Socket.IO's: CORS does not govern it.",
        why=(
            "Browsers let every page open a WebSocket and send the page's Origin; the server has to check it. "
            "Socket.IO has a list of origins of its own, for its polling requests too."
        ),
        probe="It cannot open a WebSocket; look for the handshake's status in the server's log.",
        remedies=(
            _flask("List the origin where Socket.IO looks.", 'SocketIO(app, cors_allowed_origins=["{origin}"])'),
            _django(
                "List the page's host in ALLOWED_HOSTS, and wrap the router of Channels.",
                "AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))",
            ),
            _nginx(
                "Pass the upgrade on.",
                (
                    "proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "
                    "upgrade;"
                ),
            ),
            _client("Check the URL: ws: or wss:, host, port and path; an https page needs wss:."),
        ),
    ),
    Cause(
        id="frame-options",
        root=12,
        title="The page may not be shown in a frame",
        sentence="{url} forbids pages of other origins to show it in a frame. CORS does not govern that.",
        why="X-Frame-Options and the directive frame-ancestors of a Content Security Policy protect against "
        "clickjacking.",
        probe="It cannot see it: frames make no CORS requests.",
        remedies=(
            _flask(
                "Name the pages that may frame it.",
                'response.headers["Content-Security-Policy"] = "frame-ancestors \'self\' {origin}"',
            ),
            _django(
                "Name the pages that may frame it, and take X-Frame-Options off the view.",
                "@xframe_options_exempt\ndef view(request): ...",
            ),
            _nginx(
                "Name the pages that may frame it.",
                "add_header Content-Security-Policy \"frame-ancestors 'self' {origin}\" always;",
            ),
            _client("If its owner does not allow frames, link to it or open it in a window."),
        ),
    ),
    Cause(
        id="post-message",
        root=12,
        title="postMessage was addressed to another origin",
        sentence="The second argument of postMessage is not the origin of the window that should receive the message.",
        why=(
            "A message is delivered only if the receiver's page has the named origin at that moment. CORS does "
            "not govern that."
        ),
        probe="It cannot see it: nothing is sent to a server.",
        remedies=(
            _client(
                "Wait until the other page has loaded, and name its origin.",
                'frame.contentWindow.postMessage(message, "https://frame.example");',
            ),
        ),
    ),
    Cause(
        id="frame-access",
        root=12,
        title="A script reaches into a window of another origin",
        sentence="A script of {origin} used the document of a frame or window whose page is of another origin.",
        why=(
            "The same-origin policy keeps the windows of two origins apart. CORS does not govern that, and no header "
            "opens a window."
        ),
        probe="It cannot see it: nothing is sent to a server.",
        remedies=(
            _client("Send messages between the windows: postMessage in one, a listener in the other."),
            _client("Where both pages are yours, serve them from one origin: scheme, host and port."),
        ),
    ),
    Cause(
        id="worker-origin",
        root=12,
        title="A worker's script has to come from the page's own origin",
        sentence="The page tried to start a worker from a script of another origin.",
        why="new Worker loads from the page's own origin only. No header of the other server changes that.",
        probe="It shows whether the script may be fetched, which the workaround needs.",
        remedies=(
            _client("Serve the script from the page's own origin.", 'new Worker("/worker.js")'),
            _client(
                "Or load it inside a worker of the page's own.",
                'new Worker(URL.createObjectURL(new Blob([`importScripts("${script}")`])))',
            ),
        ),
    ),
    Cause(
        id="navigation-not-allowed",
        root=12,
        title="A form of another origin was posted, and the policy refuses that",
        sentence="A page of {origin} posted a form to {url}, and was answered with 403.",
        why=(
            'CORS does not govern forms. A wsgicors policy with refuse = "forbid" answers 403 to what pages of '
            "other origins post, which also refuses logins and payments that return by a form."
        ),
        probe="The answer says so, where the request is a navigation; fetch and XMLHttpRequest make none.",
        remedies=(
            _flask(
                "Give the path of the returning form a policy of its own.",
                '@app.post("/sso/return")\n@cors(origins=["https://www.example.com"], refuse="withhold")\n'
                "def sso_return(): ...",
            ),
            _django(
                "Give the path of the returning form a policy of its own.",
                '@cors(allow_origins=["https://www.example.com"], refuse="withhold")\ndef sso_return(request): ...',
            ),
            _wsgi(
                "Give the path of the returning form a rule of its own.",
                'pages = Policy(allow_origins=["https://www.example.com"], refuse="forbid")\n'
                'returning = Policy(allow_origins=["https://www.example.com"], refuse="withhold")\n'
                'app = CORS(app, {"/": pages, "/sso/return": returning})',
            ),
        ),
    ),
    Cause(
        id="cross-site",
        root=12,
        title="A request of another site's page lost its Origin header",
        sentence="{request|The request} came from a page of another origin, without an Origin header.",
        why=(
            "Browsers send Origin with every POST, PUT, PATCH and DELETE. Sec-Fetch-Site says that another "
            'origin asks, so a proxy or an extension removed the header, and a policy with refuse = "forbid" '
            "answers 403: it cannot know which page asks."
        ),
        probe="It always sends Origin; asked past the proxy and through it, the answers differ.",
        remedies=(
            _nginx("Pass the header on, and remove what empties it.", "proxy_set_header Origin $http_origin;"),
            _client("Try a window without extensions."),
            _wsgi(
                "If pages of other origins may post here, give the path a rule of its own.",
                'pages = Policy(allow_origins=["https://www.example.com"], refuse="forbid")\n'
                'hooks = Policy(allow_origins=["https://www.example.com"], refuse="withhold")\n'
                'app = CORS(app, {"/": pages, "/hooks": hooks})',
            ),
        ),
    ),
    Cause(
        id="source-failed",
        root=1,
        title="The server could not find out whether the origin is allowed",
        sentence="The source that knows the allowed origins failed when it was asked for {origin}.",
        why="A source of origins (a database, a cache, a function) that raises an error allows nobody.",
        probe="The server's answer says so; the error is in its log.",
        remedies=(
            _flask("Read the traceback in the log, and correct the source."),
            _django("Read the traceback in the log, and correct the source."),
            _wsgi("Read the traceback in the log, and correct the source."),
        ),
    ),
    Cause(
        id="ambiguous-path",
        root=11,
        title="The URL's path can be read in several ways",
        sentence="The path of {url} leads to different rules depending on how it is read, so no rule answers.",
        why=(
            "Servers read //, ../, %2F and backslashes in different ways. Where two readings lead to different "
            "rules, wsgicors applies neither."
        ),
        probe="The server's answer says so; the plain spelling of the path is allowed.",
        remedies=(
            _client(
                "Ask for the path without dot segments, empty segments, parameters, backslashes and encoded slashes."
            ),
        ),
    ),
    Cause(
        id="malformed-request",
        root=12,
        title="The request has a header of CORS that no browser sends",
        sentence="The server could not read the request's own Origin or Access-Control-Request header.",
        why="Browsers write these headers themselves. Another client wrote them, or a proxy changed them.",
        probe="It sends the headers as a browser does, and is not refused for them.",
        remedies=(
            _client("Leave Origin and Access-Control-Request-… to the browser; in other clients, send scheme://host."),
            _nginx("Pass them on unchanged.", "proxy_set_header Origin $http_origin;"),
        ),
    ),
    Cause(
        id="unspecified",
        root=12,
        title="The page's script never learns the reason",
        sentence=("The script only learns that the request failed; the reason is only in the console."),
        why=(
            "A page may not find out what an address of another origin answered, so every failure "
            "looks alike to it: blocked by CORS, no connection, wrong certificate, extension."
        ),
        probe="It makes the same request and names the step at which it fails.",
        remedies=(
            _client(
                "Open the developer tools, repeat the request, and give `wsgicors why` the red lines of "
                "the console or the HAR of the network panel."
            ),
        ),
    ),
    Cause(
        id="unrecognised",
        root=12,
        title="The message is not known",
        sentence="The text has no message of a browser about CORS, nor one that is often mistaken for it.",
        why="The text may be cut off, or the browser's wording may be a new one.",
        probe="It makes the request and says what a browser would do.",
        remedies=(
            _client(
                "Copy the whole red line from the console, from its first word to its end, or save the "
                "network panel's HAR."
            ),
        ),
    ),
)

CAUSES: Final[Mapping[str, Cause]] = MappingProxyType({cause.id: cause for cause in _CATALOGUE})
"""Every cause by its identifier, in the order of their families."""
