"""Root 7: the proxy answered by itself."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import ALWAYS, OUTERMOST
from wsgicors.doctor.catalogue._remedies import client, nginx, wsgi

CAUSES: Final = (
    Cause(
        id="proxy-body-too-large",
        root=7,
        title="The proxy refused the body as too large",
        sentence="{request} was answered with 413 by the proxy; the application never saw it.",
        why=("The proxy's own error pages have no CORS headers, so the browser reports CORS instead of the size."),
        probe=("A small body is allowed, and the answer to a large one is 413 with the proxy's Server header."),
        remedies=(
            nginx(
                "Raise the limit.",
                "client_max_body_size 20m;",
            ),
            client("Send less at a time, or straight to the object storage."),
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
            nginx("Read the error log: it says whether the application is up and the socket's path is right."),
            wsgi("Check whether the workers run, and why they ended: memory, time-out, start-up error."),
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
            nginx("Give it the time it needs.", "proxy_read_timeout 120s;"),
            wsgi(
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
        remedies=(ALWAYS, *OUTERMOST),
    ),
)
