"""The WSGI middleware around an app in every style that PEP 3333 has."""

import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.layers import recording
from tests.layers.site import LIST, PARTS, RULES, STATUSES, Broken, headers_of, parts_of, segment_of
from wsgicors import CORS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def bare(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer as the path's last segment says."""
    segment = segment_of(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
    body = [] if environ["REQUEST_METHOD"] == "HEAD" else [*parts_of(segment)]
    headers = headers_of(segment)
    status = HTTPStatus(STATUSES.get(segment, 200))
    line = f"{status.value} {status.phrase}"
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    match segment:
        case "raises":
            raise Broken
        case "raises-late":
            return raises_late(start_response, headers)
        case "sorry":
            start_response(line, headers)
            try:
                raise Broken
            except Broken:
                start_response("500 Internal Server Error", headers, sys.exc_info())
        case "write":
            write = start_response(line, headers)
            for part in body[:-1]:
                write(part)
            return body[-1:]
        case "late":
            return late(start_response, headers, body)
        case "stream" | "endless":
            start_response(line, headers)
            return iter(body)
        case "unmodified":
            start_response(line, headers)
        case _:
            start_response(line, [*headers, ("Content-Length", str(sum(map(len, parts_of(segment)))))])
    return body


def late(start_response: "StartResponse", headers: list[tuple[str, str]], body: list[bytes]) -> Iterable[bytes]:
    """Start when the first part is requested."""
    start_response("200 OK", headers)
    yield from body


def raises_late(start_response: "StartResponse", headers: list[tuple[str, str]]) -> Iterable[bytes]:
    start_response("200 OK", headers)
    yield PARTS[0]
    raise Broken


app = recording.wsgi(CORS(bare, {**RULES, **LIST}))
