"""Generate a page for each client library: what it sends and reads, and a policy for it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from wsgicors import clients


class Client(NamedTuple):
    """A client library.

    Attributes:
        title: Its name.
        sends: The names in `wsgicors.clients` of headers that it sends.
        reads: The names there of headers that it reads.
        exposed: Headers that apps usually read through it.
        methods: The methods that it uses besides ``GET``, ``HEAD`` and ``POST``.
        notes: Further notes.
    """

    title: str
    sends: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


REST: Final = ("PUT", "PATCH", "DELETE")

CLIENTS: Final = {
    "axios": Client(
        "axios",
        ("AXIOS",),
        exposed=("ETag", "Content-Disposition", "Content-Range", "Retry-After", "X-Total-Count"),
        methods=REST,
        notes=(
            (
                "axios sends its `X-XSRF-TOKEN` to other origins only with `withXSRFToken: true`; cookies need "
                "`withCredentials: true` and `allow_credentials`."
            ),
            (
                "`axios.patch` needs `PATCH` in `allow_methods`. `patch` in lower case is another method, and browsers "
                "do not correct it."
            ),
            "`response.headers` lacks, without any message, what is not exposed.",
            "ky, superagent, ofetch, openapi-fetch and jQuery add nothing of their own across origins.",
        ),
    ),
    "apollo": Client(
        "Apollo",
        ("APOLLO",),
        notes=(
            (
                "`apollo-require-preflight` is what Apollo Server asks of uploads and `GET`: it makes the browser send "
                "a preflight."
            ),
        ),
    ),
    "urql": Client(
        "urql and GraphiQL",
        exposed=(),
        notes=("Neither adds a header of its own: `Content-Type: application/json` is all that is preflighted.",),
    ),
    "trpc": Client(
        "tRPC",
        ("TRPC",),
        notes=('`httpBatchStreamLink({streamHeader: "accept"})` sends no header that needs a preflight.',),
    ),
    "htmx": Client(
        "htmx 2 and 4",
        ("HTMX",),
        ("HTMX_READS",),
        methods=REST,
        notes=(
            (
                "htmx 2 asks other origins only with `htmx.config.selfRequestsOnly = false`; htmx 4 with "
                '`htmx.config.mode = "cors"`.'
            ),
            "A header that is not exposed is ignored without any message: `HX-Redirect` then does not redirect.",
        ),
    ),
    "socket-io": Client(
        "Socket.IO",
        notes=(
            (
                "Its polling adds no header. Its server has a list of its own, `cors_allowed_origins`, and CORS does "
                "not govern WebSocket handshakes: see [WebSockets](../recipes/websockets.md)."
            ),
        ),
    ),
    "swagger-ui": Client(
        "Swagger UI and Redoc",
        ("SWAGGER_UI",),
        methods=REST,
        notes=(
            "“Try it out” on another origin than the API's is a page of another origin like any other.",
            "It shows only the response headers that are exposed.",
        ),
    ),
    "sentry": Client(
        "Sentry",
        ("SENTRY",),
        notes=(
            (
                "It adds them to requests that match `tracePropagationTargets`, so that an upgrade or a wider target "
                "can block requests that worked."
            ),
        ),
    ),
    "opentelemetry": Client(
        "OpenTelemetry",
        ("OPENTELEMETRY",),
        notes=("It adds them to other origins only where `propagateTraceHeaderCorsUrls` matches.",),
    ),
    "event-source": Client(
        "EventSource and fetch-event-source",
        ("EVENT_SOURCE",),
        notes=("The browser's own `EventSource` sends no header that needs a preflight.",),
    ),
    "mcp": Client(
        "MCP",
        ("MCP",),
        ("MCP_READS",),
        methods=("DELETE",),
        notes=("Without `Mcp-Session-Id` exposed, a client in a browser starts a new session with every request.",),
    ),
}
"""By the names of their pages."""


def pages() -> dict[str, str]:
    """Return the Markdown of every page below ``clients/`` by its name, without the suffix."""
    return {name: _page(client) for name, client in CLIENTS.items()}


def policy_of(client: Client) -> str:
    """Return Python for a policy that allows what a client sends and reads."""
    sets = [*client.sends, *client.reads]
    imported = f"from wsgicors.clients import {', '.join(sorted(sets))}\n" if sets else ""
    asked = ", ".join(['"Content-Type"', *(f"*{name}" for name in client.sends)])
    exposed = ", ".join([*(f'"{name}"' for name in client.exposed), *(f"*{name}" for name in client.reads)])
    methods = ", ".join(f'"{method}"' for method in client.methods)
    lines = [
        'allow_origins=["https://www.example.com"],',
        *([f"allow_methods=[{methods}],"] if methods else []),
        f"allow_headers=[{asked}],",
        *([f"expose_headers=[{exposed}],"] if exposed else []),
    ]
    return f"from wsgicors import Policy\n{imported}\npolicy = Policy(\n    " + "\n    ".join(lines) + "\n)\n"


def _page(client: Client) -> str:
    sent = _names(client.sends)
    read = (*client.exposed, *_names(client.reads))
    parts = [
        f"# {client.title}: its headers",
        "Beside `Content-Type` it sends " + (_listed(sent) if sent else "nothing that needs a preflight") + ".",
        *([f"It reads, or apps read through it: {_listed(read)}."] if read else []),
        *([f"It sends {_listed(client.methods)}."] if client.methods else []),
        f"```python\n{policy_of(client)}```",
        "\n".join(f"- {note}" for note in client.notes),
        "[All client libraries](../recipes/client-libraries.md).",
    ]
    return "\n\n".join(parts) + "\n"


def _names(sets: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for one in sets for name in getattr(clients, one))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
