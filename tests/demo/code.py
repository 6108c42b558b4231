"""The measure for code that implements a policy: browsers' conclusions about an app that the code covers."""

from typing import Final

from werkzeug.test import Client

from wsgicors import Policy
from wsgicors.browser import Request, Response, fetch
from wsgicors.demo._scenarios import scenarios

API, HERE, STRANGER = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://localhost:2"

HEADERS: Final = {"X-Total-Count": "1", "X-Other": "1", "Content-Type": "text/plain"}
"""The app's own headers."""

POLICIES: Final = tuple(dict.fromkeys([
    Policy(allow_origins="*"),
    Policy(allow_origins=["https://a.example"]),
    Policy(allow_origins=["null"], allow_methods="*", allow_headers="*"),
    Policy(allow_origins=["https://a.example"], allow_headers=["*", "Authorization"], max_age=600),
    Policy(allow_origins=["https://a.example"], allow_headers="*", allow_methods="*", allow_credentials=True,
           max_age=0),
    Policy(
        allow_origins=["https://a.example", "https://*.b.example", "http://localhost:*"],
        allow_methods=["PUT", "PATCH"],
        allow_headers=["Content-Type", "X-A"],
        expose_headers=["X-Total-Count"],
        allow_credentials=True,
        max_age=60,
        refuse="forbid",
    ),
    Policy(allow_origins=["http://a.example"], allow_credentials=True, dangerously_allow=["insecure-origin"]),
    Policy(allow_origins=["https://a.example"], allow_private_network=True, preflight_status=200),
    *(Policy.from_mapping(scenario.policy) for scenario in scenarios(HERE, STRANGER)),
]))  # fmt: skip

REQUESTS: Final = [
    Request(f"{API}/", origin, method, headers, "include" if credentials else "omit", private)
    for origin in ("https://a.example", "https://x.b.example", "http://a.example", "null", HERE, STRANGER)
    for method in ("GET", "PUT")
    for headers in ([], [("X-A", "1")], [("Authorization", "1")])
    for credentials, private in ((False, False), (True, False), (False, True))
]


def outcomes(client: Client) -> list[object]:
    """For each request: where it fails, what the page may read, and how long the preflight's response is cached."""

    def send(sent: Request) -> Response:
        answer = client.open("/", method=sent.method, base_url=API, headers=list(sent.headers))
        return Response(answer.status_code, list(answer.headers))

    told: list[object] = []
    for page in REQUESTS:
        found = fetch(page, send)
        readable = {*found.readable} - {"content-length"}  # servers differ in it
        told.append((found.failed and found.failed.failure, readable, found.status, found.max_age))
    return told
