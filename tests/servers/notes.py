"""An app in every style that PEP 3333 has, behind the middleware. It tells what its server made of the request."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wsgicors import CORS, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGE = "https://a.example"
PARTS = (b"one ", b"two ", b"three")

POLICY = Policy(
    allow_origins=[PAGE, "https://*.tenants.example"],
    allow_methods=["PUT", "DELETE"],
    allow_headers=["Content-Type", "X-A"],
    expose_headers=["ETag"],
    allow_credentials=True,
    max_age=600,
)
FORBID = Policy(allow_origins=[PAGE], refuse="forbid")
PUBLIC = Policy(allow_origins="*")
RULES = {
    "/": POLICY,
    "/forbid": FORBID,
    "/public": PUBLIC,
    "/list": [POLICY, PUBLIC],
    "/200": Policy(allow_origins=[PAGE], preflight_status=200),
    "/a+b": PUBLIC,
    "/über": PUBLIC,
}


def bare(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer as the path's last segment says."""
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    headers = [
        ("Content-Type", "text/plain"),
        ("X-Method", environ["REQUEST_METHOD"]),
        ("X-Path", ascii(path)),
        ("X-Origin", ascii(environ.get("HTTP_ORIGIN"))),
    ]
    has_body = environ["REQUEST_METHOD"] != "HEAD"
    match path.rpartition("/")[2]:
        case "own":
            own = [("access-control-allow-origin", "*"), ("Access-Control-Allow-Methods", "TRACE"), ("vary", "Cookie")]
            start_response("200 OK", [*headers, *own, ("Vary", "Accept, origin")])
        case "star":
            start_response("200 OK", [*headers, ("Vary", "*")])
        case "error":
            start_response("500 Internal Server Error", headers)
        case "redirect":
            start_response("302 Found", [*headers, ("Location", "/")])
        case "unmodified":
            start_response("304 Not Modified", headers[1:])
            return []
        case "sorry":
            start_response("200 OK", headers)
            try:
                raise ZeroDivisionError
            except ZeroDivisionError:
                start_response("500 Internal Server Error", headers, sys.exc_info())
        case "write":
            write = start_response("200 OK", headers)
            if has_body:
                for part in PARTS[:-1]:
                    write(part)
                return PARTS[-1:]
        case "late":
            return late(headers if has_body else None, start_response, headers)
        case _:
            length = sum(map(len, PARTS))
            start_response("200 OK", [*headers, ("Content-Length", str(length)), ("Cache-Control", "max-age=60")])
    return list(PARTS) if has_body else []


def late(body: object, start_response: "StartResponse", headers: list[tuple[str, str]]) -> Iterable[bytes]:
    """Start when the first part is asked for."""
    start_response("200 OK", headers)
    yield from PARTS if body is not None else ()


app = CORS(bare, RULES)
debugging = CORS(bare, RULES, debug=True)
