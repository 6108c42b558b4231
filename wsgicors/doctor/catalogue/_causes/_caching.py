"""Root 10: a cached or fixed origin."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LIST_ORIGIN
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx, wsgi

CAUSES: Final = (
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
            flask(
                "Send Vary: Origin on every answer (this extension does), and purge the cache.",
                ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
            ),
            django(
                "Send Vary: Origin on every answer (this middleware does), and purge the cache.",
                'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]',
            ),
            wsgi("Send Vary: Origin on every answer (wsgicors does), and purge the cache."),
            nginx(
                "Make the origin part of the key where the cache ignores Vary, and purge it.",
                'proxy_cache_key "$scheme$request_method$host$request_uri$http_origin";',
            ),
            client(
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
        remedies=LIST_ORIGIN,
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
        remedies=LIST_ORIGIN,
    ),
)
