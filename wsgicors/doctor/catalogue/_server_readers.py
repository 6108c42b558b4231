"""Read the facts in what servers, CORS layers and gateways log or answer."""

import re
from typing import Final

from wsgicors.browser import Stage
from wsgicors.doctor.catalogue._readers import (
    LONGEST_VALUE,
    NEARBY,
    Around,
    Reader,
    Reading,
    first_url,
    handshake,
    last_token,
    last_url,
    origin_of_page,
    quoted,
)
from wsgicors.doctor.catalogue._settings_members import settings_beside


def word_before(around: Around, found: Reading) -> None:
    """The page's origin is the word in front of the phrase; what is neither an origin nor called one is prose."""
    found.origin = last_token(around.before)
    is_one = _ORIGIN.fullmatch(found.origin)
    found.is_prose = not (is_one or _SPOKEN_OF.search(around.before_lower[-NEARBY:]))


_ORIGIN: Final = re.compile(r"null|[a-z][a-z0-9+.-]{0,20}://\S{1,300}", re.IGNORECASE)
_SPOKEN_OF: Final = re.compile(r"\borigin ?'?$")


def node_error(around: Around, found: Reading) -> None:
    """Node's error behind the phrase of a proxy: why it has no answer of the server."""
    said = around.after_lower[:LONGEST_VALUE]
    found.causes = next(((cause,) for part, cause in _NODE_ERRORS if part in said), ())


_NODE_ERRORS: Final = (
    ("certificate", "certificate"),
    ("unable_to_verify_leaf_signature", "certificate"),
    ("econnrefused", "unreachable"),
    ("enotfound", "name-not-found"),
    ("etimedout", "timed-out"),
    ("econnreset", "connection-broken"),
)
"""https://nodejs.org/api/errors.html#common-system-errors, and what OpenSSL says of a certificate."""


def refused_origin(around: Around, found: Reading) -> None:
    """Read the page's origin in front of Socket.IO's phrase, which names no address of the server."""
    found.origin = origin_of_page(last_url(around.before))


def origin_before_blank(around: Around, found: Reading) -> None:
    """ASP.NET's ``Request origin X does not have permission …``."""
    if (at := around.before_lower.rfind("request origin ")) >= 0:
        found.origin = around.before[at + 15 :].strip(" '")
    else:
        found.is_prose = True  # a user has no permission


def aspnet_header(around: Around, found: Reading) -> None:
    """ASP.NET's ``Request header 'X' not allowed in CORS policy``, and the same of a method."""
    name = around.before.rpartition("'")[2]
    if around.before.removesuffix(f"'{name}").lower().endswith("request method "):
        found.method, found.causes = name, ("method-not-allowed",)
    else:
        found.header = name
    found.stage = Stage.PREFLIGHT


_ASPNET_NAME: Final = re.compile(r"request (method|header) ([\w-]{1,60}) ?$", re.IGNORECASE)


def aspnet_name(around: Around, found: Reading) -> None:
    """ASP.NET's ``Request method X not allowed in CORS policy``, which has no quotes."""
    found.stage = Stage.PREFLIGHT
    match = _ASPNET_NAME.search(around.before[-NEARBY:])
    if match and match[1].lower() == "method":
        found.method, found.causes = match[2], ("method-not-allowed",)
    elif match:
        found.header = match[2]


def of_phrase(phrase: str) -> Reader:
    """Return a reader for a log's `phrase`: what its end quotes or it says of, and whether it is about a preflight."""
    phrase = phrase.partition("…")[0]

    def read(around: Around, found: Reading) -> None:
        if "preflight" in phrase:
            found.stage = Stage.PREFLIGHT
        if phrase.endswith("origin '"):
            found.origin = quoted(around.after)
        elif phrase.endswith(("method '", "http '")):
            found.method = quoted(around.after)
        elif phrase.endswith("headers '"):  # Java and Go print a list in brackets, Go without commas
            found.headers = tuple(quoted(around.after).strip("[]").replace(",", " ").split())
            found.header, found.stage = next(iter(found.headers), ""), Stage.PREFLIGHT
        elif phrase.startswith((" is ", " does not match ")):
            word_before(around, found)
        elif phrase.endswith("origin: "):
            match = _ORIGIN.match(around.after)
            found.origin, found.is_prose = match[0] if match else "", match is None
        elif "origin" in phrase:
            origin_behind(around, found)

    return read


def origin_after(around: Around, found: Reading) -> None:
    """Read the page's origin after Django's phrase."""
    found.origin = first_url(around.after)
    if around.after_lower.startswith("null "):
        found.origin, found.causes = "null", ("null-origin", "csrf-origin")


def django_token(around: Around, found: Reading) -> None:
    """Django's ``CSRF token from POST incorrect.``, or ``from the 'X-Csrftoken' HTTP header has incorrect length.``."""
    found.is_prose = not _WRONG_TOKEN.match(around.after_lower)


_WRONG_TOKEN: Final = re.compile(r"(?:post|the '[^']{1,60}' http header) (?:has )?in")


def router(around: Around, found: Reading) -> None:
    """Heroku's ``at=error code=H12 desc="Request timeout" … status=503``."""
    code = re.match(r"\d{2}", around.after)
    found.causes = ("proxy-timeout",) if code and code[0] in _HEROKU_TIMEOUTS else ("proxy-bad-gateway",)
    if match := re.search(r" status=(\d{3})\b", around.after):
        found.status = int(match[1])


def of_lambda(around: Around, found: Reading) -> None:
    """Lambda's ``Task timed out after 3.00 seconds``; what runs jobs rounds."""
    found.is_prose = not _HUNDREDTHS.match(around.after)


_HUNDREDTHS: Final = re.compile(r"\d{1,3}\.\d\d seconds\b")
_HEROKU_TIMEOUTS: Final = frozenset({"12", "15", "28"})
"""https://devcenter.heroku.com/articles/error-codes: request timeout, idle connection, client too slow."""
ORIGIN_LOGGED: Final = re.compile(
    r"(?<![\w-])origin'?(?: ?[=:] ?| )(?:some\()?['\[(]?(null\b|[a-z][a-z0-9+.-]{1,20}://[^\s'();,\]]{1,300}(?<![.:]))",
    re.IGNORECASE,
)
"""How a log names the origin that it refused."""
_LOGGED_METHOD: Final = re.compile(r";method=([a-z]{3,7})\b")


def origin_logged(around: Around, found: Reading) -> None:
    """The origin behind the phrase, as in ``origin: null``."""
    match = ORIGIN_LOGGED.search(around.after[:NEARBY])
    if match and not any(at <= match.start() < past for at, past in settings_beside(around.after, 0)):
        found.origin = match[1]


def origin_behind(around: Around, found: Reading) -> None:
    """Read the origin that follows the phrase, or that a log names behind it."""
    if match := _ORIGIN_NEXT.match(around.after) or _HEADER_LOGGED.search(around.after[:NEARBY]):
        found.origin = match[1]
    else:
        origin_logged(around, found)


_HEADER_LOGGED: Final = re.compile(
    r"\b(?:origin|referer) header: '([a-z][a-z0-9+.-]{1,20}://[^\s/']{1,300})", re.IGNORECASE
)
"""The header that qBittorrent logs behind the address of the client."""
_ORIGIN_NEXT: Final = re.compile(
    r"\W{0,2}(?:Some\()?['\[(]?([a-z][a-z0-9+.-]{1,20}://[^\s'();,\]]{1,300})", re.IGNORECASE
)


def cors_filter(around: Around, found: Reading) -> None:
    """``Invalid CORS request``, to which Play adds ``;Origin=Some(X);Method=M``: only an OPTIONS has lists to fail."""
    origin_logged(around, found)
    match = _LOGGED_METHOD.search(around.after_lower[:NEARBY])
    if match and match[1] != "options":
        found.causes = ("origin-not-allowed",)


def refused_by_cors(around: Around, found: Reading) -> None:
    """``Origin X is not allowed by CORS``, and the same of a method or a header; not what somebody says of a status."""
    said = around.before[-NEARBY:]
    if _SAID_OF_IT.search(said):
        found.is_prose = True
    elif _IN_CODE.search(said):
        found.causes, found.is_code = ("origin-not-allowed", "cors-absent"), True
    elif match := _REFUSED_NAME.search(said):
        found.stage = Stage.PREFLIGHT
        if match[1].lower() == "method":
            found.method, found.causes = match[2], ("method-not-allowed",)
        else:
            found.header, found.causes = match[2], ("header-not-allowed",)
    elif match := _REFUSED_ORIGIN.search(said):
        found.origin = match[1]
    else:
        origin_logged(around, found)


_IN_CODE: Final = re.compile(r"\bnew \w{0,20}Error\( ?'$", re.IGNORECASE)
"""What a server would say is not what it said."""
_SAID_OF_IT: Final = re.compile(r"\b(?:it|that|this|which) is $", re.IGNORECASE)
_REFUSED_NAME: Final = re.compile(
    r"\b(method|header):? '?(?!(?:is|was)\b)([\w-]{2,60})'? (?:is |was )?$", re.IGNORECASE
)


_REFUSED_ORIGIN: Final = re.compile(
    r"(?<![^\s'(:])(null|[a-z][a-z0-9+.-]{1,20}://[^\s'(),]{1,300})'?[,:]? (?:is |was )?$", re.IGNORECASE
)


def origin_named(around: Around, found: Reading) -> None:
    """Jupyter's ``Blocking Cross Origin API request.  Origin: X, Host: Y``."""
    if (at := around.after_lower.find("origin: ")) >= 0:
        found.origin = around.after[at + 8 :].partition(",")[0].rstrip("/")


def handshake_refused(around: Around, found: Reading) -> None:
    """A client's ``opening handshake response is not '101 Switching Protocols'. The status line is: …``."""
    if match := _STATUS_LINE.search(around.after[:NEARBY]):
        handshake(int(match[1]), found)


_STATUS_LINE: Final = re.compile(r"\bHTTP/[\d.]+ (\d{3})\b")


def own_refusal(around: Around, found: Reading) -> None:
    """Wsgicors' own ``The origin 'X' is not allowed here.``, and of a method, the null origin, Authorization."""
    match = _OWN_REFUSAL.search(around.before[-LONGEST_VALUE:])
    if match is None:
        found.is_prose = True
    elif match[1]:
        found.origin = match[1]
    elif match[2]:
        found.causes, found.method = ("method-not-allowed",), match[2]
    elif match[0].lower().endswith("origin"):
        found.causes = ("null-origin",)
    else:
        found.causes, found.header = ("header-wildcard-authorization",), "Authorization"


_OWN_REFUSAL: Final = re.compile(
    r"(?<![a-z])the (?:null origin|origin '?([^\s']{1,300})'?|method '?([^\s']{1,80})'?|request header authorization)$",
    re.IGNORECASE,
)


def own_malformed(around: Around, found: Reading) -> None:
    """Wsgicors' own ``The Origin header 'X' is not an origin.``."""
    found.is_prose = not _OWN_ORIGIN.search(around.before_lower[-LONGEST_VALUE:])


_OWN_ORIGIN: Final = re.compile(r"\borigin header '[^']{0,280}$")


def origin_before(around: Around, found: Reading) -> None:
    """Wsgicors' own ``The origin 'X' is …``: the page's origin stands in front of the phrase."""
    found.origin = around.before.rpartition(" '")[2].rstrip("'")


def own_headers(around: Around, found: Reading) -> None:
    """Wsgicors' own ``These request headers are not allowed here: 'x-a, x-b'.``."""
    found.headers = tuple(name.strip() for name in around.after.lstrip("'").partition("'")[0].split(","))
    found.header = found.headers[0]
    found.stage = Stage.PREFLIGHT


def starlette(around: Around, found: Reading) -> None:
    """``Disallowed CORS origin, method, headers``: what was refused, each by its name."""
    refused = re.match(r"(?:origin|method|headers|private-network|, )+", around.after_lower)
    names = refused[0].split(", ") if refused else []
    found.causes = tuple(_STARLETTE[name] for name in names if name in _STARLETTE)
    found.is_prose = not found.causes
    found.stage = Stage.PREFLIGHT


_STARLETTE: Final = {
    "origin": "origin-not-allowed",
    "method": "method-not-allowed",
    "headers": "header-not-allowed",
    "private-network": "private-network-header",
}


def of_backend(around: Around, found: Reading) -> None:
    """Read nothing; what an app's own connection to its database became is no message."""
    near = around.before_lower[-_LONGEST_DIAL:]
    found.is_prose = "dial tcp" not in near or bool(_OF_OTHERS.search(near))


BACKENDS: Final = (
    r":(?:22|25|143|389|465|587|636|993|1433|1521|3306|5432|5672|6379|9042|9092|9093|9200|11211|27017|27018)\b"
)
"""The usual ports of databases, caches, queues and mail, which an app connects to and no page does."""

_LONGEST_DIAL: Final = 200
_OF_OTHERS: Final = re.compile(
    rf"{BACKENDS}|\b(?:postgres|mysql|mongo|redis|smtp|ldap|kafka)|\b(?:get|post|put) 'https?:"
)
"""The same and their names, and a client's own request."""
