"""Remedies that several causes have."""

from typing import Final

from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx, wsgi

LIST_ORIGIN: Final = (
    flask("List the exact origin.", 'CORS(app, origins=["{origin}"])'),
    django("List the exact origin.", 'CORS_ALLOWED_ORIGINS = ["{origin}"]'),
    wsgi("List the exact origin.", 'app = CORS(app, Policy(allow_origins=["{origin}"]))'),
    nginx(
        ("Where nginx itself sends the header, send it to the listed origins only."),
        elsewhere.NGINX_ORIGIN,
    ),
    *elsewhere.ORIGINS,
)

OUTERMOST: Final = (
    flask(
        (
            "Let the extension wrap the application: it then covers views, errors, redirects, static "
            "files and the debugger."
        ),
        ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
    ),
    django(
        "Make the CORS middleware the first in the list.",
        'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]',
    ),
    wsgi(
        "Wrap the application last, so that the CORS layer is the outermost.",
        'app = CORS(everything_else, Policy(allow_origins=["{origin}"]))',
    ),
)

ONE_LAYER: Final = (
    flask(
        "Let the extension set the headers, and remove the app's own lines that set them (after_request, "
        "response.headers)."
    ),
    django("Keep one CORS middleware, and remove the lines of views and decorators that set the headers."),
    wsgi("Wrap the application once. wsgicors replaces the headers that the app sets; it never doubles them."),
    nginx(
        ("Let one of the two send the headers: remove add_header, or hide the application's header."),
        "proxy_hide_header Access-Control-Allow-Origin;",
    ),
)

FINAL_URL: Final = client(
    "Ask for the address that the redirect leads to, letter for letter: scheme, host, trailing slash."
)

ABOVE_REDIRECTS: Final = (
    *OUTERMOST,
    nginx("Do not redirect OPTIONS: pass it on to the application, which answers it."),
    FINAL_URL,
)

ALWAYS: Final = nginx(
    'nginx leaves add_header out of its 4xx and 5xx answers unless it ends in "always".',
    elsewhere.NGINX_ORIGIN,
)

PREFLIGHT: Final = nginx(
    "Where nginx serves the files itself, answer the preflight in their location, and send the header on every answer.",
    (
        elsewhere.NGINX_ORIGIN + "\n"
        "if ($request_method = OPTIONS) {\n"
        "    add_header Access-Control-Allow-Origin $cors_origin;\n"
        '    add_header Access-Control-Allow-Methods "{method_line}";\n'
        '    add_header Access-Control-Allow-Headers "{header_line}";\n'
        "    add_header Vary Origin;\n"
        "    return 204;\n"
        "}"
    ),
)

NO_CREDENTIALS: Final = client(
    ("Where cookies are not needed, do not send credentials: leave out credentials and withCredentials."),
    'fetch(url, { credentials: "omit" })',
)

ALLOW_CREDENTIALS: Final = (
    flask(
        "Name the origins and allow credentials.",
        'CORS(app, origins=["{origin}"], supports_credentials=True)',
    ),
    django(
        "Name the origins and allow credentials.",
        'CORS_ALLOWED_ORIGINS = ["{origin}"]\nCORS_ALLOW_ALL_ORIGINS = False\nCORS_ALLOW_CREDENTIALS = True',
    ),
    wsgi(
        "Name the origins and allow credentials.",
        'Policy(allow_origins=["{origin}"], allow_credentials=True)',
    ),
    nginx(
        ("Where nginx itself sends the headers, send the one origin, never *, and the credentials header."),
        (
            elsewhere.NGINX_ORIGIN + "\n"
            "proxy_hide_header Access-Control-Allow-Credentials;\n"
            "add_header Access-Control-Allow-Credentials true always;"
        ),
    ),
    *elsewhere.CREDENTIALS,
)

SERVE_TLS: Final = nginx(
    "Serve the API over https.",
    (
        "# in server { }\n"
        "listen 443 ssl;\n"
        "ssl_certificate /etc/ssl/fullchain.pem;\n"
        "ssl_certificate_key /etc/ssl/key.pem;"
    ),
)

LOCAL_NETWORK: Final = client(
    "Ask from a page that is served over https, keep the request plain enough for the prompt "
    "to appear, and let the user grant it; in managed browsers a policy grants it for the "
    "page's origin."
)

MEND_NETWORK: Final = client(
    "Open the URL itself in a tab of the same browser: it shows the same failure, without CORS."
)
