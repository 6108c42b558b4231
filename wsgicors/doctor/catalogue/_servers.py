"""What servers, proxies and gateways log or answer about a request that did not reach the app, or made it fail.

Each sentence is identified by a phrase in lower case with plain quotes, as those of browsers are in `_wordings`.
"""

from typing import Final

NGINX: Final = (
    ("client intended to send too large body", "proxy-body-too-large"),
    ("upstream timed out (", "proxy-timeout"),
    ("connect() failed (…while connecting to upstream", "proxy-bad-gateway"),
    ("upstream prematurely closed connection", "proxy-bad-gateway"),
    ("upstream sent too big header", "proxy-bad-gateway"),
    ("no live upstreams while connecting to upstream", "proxy-bad-gateway"),
    ("no required ssl certificate was sent", "client-certificate"),
    ("client sent no required ssl certificate", "client-certificate"),
)
"""Lines of nginx's error log, each with its cause: nginx answers such a request without the app's headers."""

GATEWAYS: Final = (
    ("no healthy upstream", "proxy-bad-gateway"),
    ("no server is available to handle this request", "proxy-bad-gateway"),
    ("failed to make connection to backend", "proxy-bad-gateway"),
    ("error reading status line from remote server", "proxy-bad-gateway"),
    ("proxy server received an invalid response from an upstream server", "proxy-bad-gateway"),
    ("invalid response while acting as a gateway or proxy server", "proxy-bad-gateway"),
    ("503 no available server", "proxy-bad-gateway"),
    ("request that exceeds the request content length", "proxy-body-too-large"),
    ("function_invocation_failed", "app-error"),
    ("upstream connect error or disconnect/reset before headers", "proxy-bad-gateway"),
    ("application failed to respond.", "proxy-bad-gateway"),
    ("function_invocation_timeout", "proxy-timeout"),
    ("endpoint request timed out.", "proxy-timeout"),
    ("function_payload_too_large", "proxy-body-too-large"),
    ("request entity too large", "proxy-body-too-large"),
    ("payloadtoolargeerror", "proxy-body-too-large"),
    ("malformed lambda proxy response", "app-error"),
    ("http proxy error: /", "proxy-bad-gateway"),
    ("error occurred while trying to proxy", "proxy-bad-gateway"),
    ("proxy error: could not proxy request ", "proxy-bad-gateway"),
)
"""What Envoy, HAProxy, Apache, IIS, Railway, Vercel, API Gateway, Lambda, Express, Vite and webpack's proxy say.

They say it without an app's headers.
"""

FAILURES: Final = (
    "traceback (most recent call last)", "exception in asgi application", "error in app: exception on ",
    "an unhandled exception has occurred while executing the request", "servlet.service() for servlet",
    "php fatal error: ", "fatal error: uncaught ",
)  # fmt: skip
"""How an application's log begins to say that a request made it fail: Python, Flask, ASP.NET, Spring, PHP."""
