"""A WSGI app: ``tests.browsers.refusing.wsgi:app``."""

from typing import TYPE_CHECKING

from tests.browsers.refusing import allowed
from wsgicors import CORS, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def notes(_: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"notes"]


ALLOWED = allowed()
app = CORS(
    notes,
    Policy(allow_origins=ALLOWED["origins"], allow_methods=ALLOWED["methods"], allow_headers=ALLOWED["headers"]),
)
