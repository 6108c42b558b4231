"""Root 12, requests of other sites: opaque origins, checks against CSRF, and the rules of cookies."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx, wsgi

CAUSES: Final = (
    Cause(
        id="null-origin",
        root=12,
        title="The page's origin is null",
        sentence="The page has no origin of its own: the browser sends Origin: null.",
        why=(
            "Files opened from disk, sandboxed frames, data: pages and some redirects have the "
            "origin null. Anybody can make such a page, so allowing null allows everybody."
        ),
        probe=("With --origin null it is blocked; with the origin that the page should have, it is allowed."),
        remedies=(
            client("Serve the page over HTTP instead of opening the file.", "python -m http.server 8000"),
            client(
                "Give a sandboxed frame its origin back.",
                '<iframe sandbox="allow-scripts allow-same-origin">',
            ),
            wsgi('Do not list "null".'),
        ),
    ),
    Cause(
        id="csrf-origin",
        root=12,
        title="The server's CSRF check does not trust the origin",
        sentence="CORS let the request through; the server's CSRF protection refused it because of its origin.",
        why=(
            "Reading answers (CORS) and sending state-changing requests with cookies (CSRF) are two "
            "settings. The origin has to be in both, with its scheme."
        ),
        probe="The request is allowed by CORS, and its status is 403 with a page about CSRF.",
        remedies=(
            django("Trust the origin, with its scheme.", 'CSRF_TRUSTED_ORIGINS = ["{origin}"]'),
            nginx(
                "Behind a proxy, pass on the host and the scheme.",
                ("proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;"),
            ),
        ),
    ),
    Cause(
        id="csrf-token",
        root=12,
        title="The CSRF token or its cookie is missing",
        sentence=(
            "CORS let the request through; the server's CSRF protection refused it because its token is missing."
        ),
        why=(
            "The token stands in a cookie of the server's site and has to be sent back in a header. "
            "Across sites the cookie comes along only with credentials and SameSite=None; Secure, "
            "and the page cannot read it."
        ),
        probe="The request is allowed by CORS, and its status is 400 or 403 with a CSRF page.",
        remedies=(
            django(
                "Let the cookie be sent across sites, send the token in an answer, and allow its header.",
                ('CSRF_COOKIE_SAMESITE = "None"\nCSRF_COOKIE_SECURE = True\nCORS_ALLOW_CREDENTIALS = True'),
            ),
            flask(
                "Send the token in an answer, and have the client send it back in X-CSRFToken.",
                ('CORS(app, origins=["{origin}"], supports_credentials=True, allow_headers=["X-CSRFToken"])'),
            ),
            client(
                "Send credentials and the token.",
                ('fetch(url, { method: "POST", credentials: "include", headers: { "X-CSRFToken": token } })'),
            ),
        ),
    ),
    Cause(
        id="cookie-samesite",
        root=12,
        title="The cookie is not sent across sites",
        sentence=("The browser did not send a cookie, or did not store it, because of its SameSite attribute."),
        why=(
            "Without SameSite=None a cookie is not sent with requests that another site makes. CORS does not "
            "govern that, and no CORS message appears."
        ),
        probe=("With --credentials it lists the Set-Cookie attributes that keep the cookie from being sent."),
        remedies=(
            flask(
                "Let the cookie be sent across sites.",
                'app.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)',
            ),
            django(
                "Let the cookie be sent across sites.",
                (
                    'SESSION_COOKIE_SAMESITE = "None"\n'
                    "SESSION_COOKIE_SECURE = True\n"
                    'CSRF_COOKIE_SAMESITE = "None"\n'
                    "CSRF_COOKIE_SECURE = True"
                ),
            ),
            client(
                "Send credentials, and serve page and API from one site where that is possible.",
                'fetch(url, { credentials: "include" })',
            ),
        ),
    ),
    Cause(
        id="cookie-not-secure",
        root=12,
        title="The cookie needs https",
        sentence="The browser refused a cookie: it needs both the attribute Secure and https.",
        why="SameSite=None is accepted only with Secure, and a Secure cookie only over https.",
        probe="With --credentials it lists Set-Cookie lines without Secure, or with it over http.",
        remedies=(
            flask("Serve over https, and mark the cookie.", "app.config.update(SESSION_COOKIE_SECURE=True)"),
            django(
                "Serve over https, and mark the cookie.",
                ("SESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True"),
            ),
        ),
    ),
    Cause(
        id="third-party-cookies",
        root=12,
        title="The browser blocks third-party cookies",
        sentence="The user's browser does not send cookies of other sites, whatever their attributes.",
        why=("Tracking protection treats the API's site as a third party of the page. No header changes that."),
        probe="It cannot see it: it is a setting of the user's browser.",
        remedies=(
            client(
                "Serve the API from the page's own site (api.example.com for www.example.com), or send a "
                "token in the Authorization header instead of a cookie."
            ),
        ),
    ),
)
