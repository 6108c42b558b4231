"""Header names that client libraries send and read, for ``allow_headers`` and ``expose_headers``.

Each set has the names that a client adds to its requests besides ``Content-Type``, or that it reads from responses
(``…_READS``). Of the names that the app's own code chooses, only the most common are included.

>>> from wsgicors import Policy
>>> from wsgicors.clients import HTMX, HTMX_READS, TRACING
>>> policy = Policy(
...     allow_origins=["https://www.example.com"],
...     allow_headers=["Content-Type", *TRACING, *HTMX],
...     expose_headers=HTMX_READS,
... )
>>> policy.preflight("https://www.example.com", "POST", "baggage,hx-request,sentry-trace").allowed
True
"""

from typing import Final

__all__ = [
    "APOLLO", "AXIOS", "EVENT_SOURCE", "HTMX", "HTMX_READS", "MCP", "MCP_READS", "OPENTELEMETRY", "SENTRY",
    "SWAGGER_UI", "TRACING", "TRPC",
]  # fmt: skip

AXIOS: Final = ("Authorization", "X-Requested-With", "X-XSRF-TOKEN")
"""What axios and Angular send; ``X-XSRF-TOKEN`` only if configured to send it to other origins."""

SENTRY: Final = ("sentry-trace", "baggage", "traceparent")
"""What Sentry sends; ``traceparent`` only with ``propagateTraceparent``."""

OPENTELEMETRY: Final = ("traceparent", "tracestate", "baggage")
"""What OpenTelemetry sends, by W3C Trace Context and Baggage."""

TRACING: Final = ("sentry-trace", "baggage", "traceparent", "tracestate")
"""What Sentry and OpenTelemetry send together."""

APOLLO: Final = (
    "Authorization", "apollo-require-preflight", "apollographql-client-name", "apollographql-client-version",
    "x-apollo-operation-name",
)  # fmt: skip
"""What Apollo Client, Apollo iOS and Apollo Kotlin send."""

TRPC: Final = ("Authorization", "trpc-accept", "x-trpc-source")
"""What tRPC sends; ``trpc-accept`` comes from ``httpBatchStreamLink``, ``x-trpc-source`` is set in its examples."""

HTMX: Final = (
    "HX-Boosted", "HX-Current-URL", "HX-History-Restore-Request", "HX-Prompt", "HX-Request", "HX-Request-Type",
    "HX-Source", "HX-Target", "HX-Trigger", "HX-Trigger-Name",
)  # fmt: skip
"""What htmx 2 and 4 send; ``HX-Request-Type`` and ``HX-Source`` only 4, ``HX-Prompt`` and ``HX-Trigger…`` only 2."""

HTMX_READS: Final = (
    "HX-Location", "HX-Push-Url", "HX-Redirect", "HX-Refresh", "HX-Replace-Url", "HX-Reselect", "HX-Reswap",
    "HX-Retarget", "HX-Trigger", "HX-Trigger-After-Settle", "HX-Trigger-After-Swap",
)  # fmt: skip
"""Response headers that htmx acts on."""

SWAGGER_UI: Final = ("Authorization", "X-API-Key")
"""What Swagger UI and Redoc send; the API's description names the header of the key."""

EVENT_SOURCE: Final = ("Last-Event-ID", "Cache-Control")
"""What fetch-event-source and polyfills send. The browser's own EventSource needs neither."""

MCP: Final = ("Authorization", "Last-Event-ID", "Mcp-Protocol-Version", "Mcp-Session-Id")
"""What clients of the Model Context Protocol send. They end their sessions with ``DELETE``."""

MCP_READS: Final = ("Mcp-Session-Id", "WWW-Authenticate")
"""Response headers that clients of the Model Context Protocol read."""
