"""Root 4: authentication answers first."""

from typing import Final

from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import ALWAYS, OUTERMOST
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx

CAUSES: Final = (
    Cause(
        id="session-ended",
        root=4,
        title="The session ended, and the request was sent to a login page",
        sentence="{redirected} was redirected to a login, which no script can complete.",
        why=(
            "A login page is for people: it allows no page of another origin to read it, and needs a form. "
            "The redirect is right for a navigation and wrong for a request of a script."
        ),
        probe="The answer without a session is a redirect to a login; with a valid session there is none.",
        remedies=(
            flask(
                "Answer 401 to requests of scripts; redirect only what a person opens.",
                "@login_manager.unauthorized_handler\ndef unauthorized(): return {}, 401",
            ),
            django(
                "Answer 401 to requests of scripts; redirect only what a person opens.",
                "if not request.user.is_authenticated:\n    raise NotAuthenticated  # of Django REST framework",
            ),
            nginx("Where the proxy asks for the login, have it answer 401 below the API's path, not redirect."),
            client("On a 401, navigate to the login: never fetch it.", "location.href = loginUrl;"),
        ),
    ),
    Cause(
        id="preflight-authentication",
        root=4,
        title="The login check answered before CORS",
        sentence=("The preflight for {url} was answered with {status}: a login check stood before the CORS layer."),
        why=(
            "Browsers send no cookies and no Authorization with a preflight, so whatever asks for "
            "them refuses it, and the actual request, which would have had them, is never sent."
        ),
        probe="The OPTIONS request is answered with 401 or 403, and so it is without any Origin.",
        remedies=(
            *OUTERMOST,
            nginx(
                "Do not ask OPTIONS for a password.",
                "# in location { }\nlimit_except OPTIONS { auth_basic on; auth_basic_user_file /etc/nginx/users; }",
            ),
            *elsewhere.PREFLIGHTS,
        ),
    ),
    Cause(
        id="authentication-without-headers",
        root=4,
        title="The 401 or 403 has no CORS headers",
        sentence="{request} was refused with {status} by a layer above the CORS layer.",
        why=(
            "The refusal itself may be right; without the headers the page cannot read it, and the browser "
            "reports CORS instead."
        ),
        probe="The answer is 401 or 403, without Access-Control-Allow-Origin.",
        remedies=(
            *OUTERMOST,
            ALWAYS,
            client("Check that the token or the cookie is sent, and still valid."),
        ),
    ),
    Cause(
        id="client-certificate",
        root=4,
        title="The server demands a client certificate, which no preflight has",
        sentence="The server of {url} refused the connection, because it got no client certificate that it accepts.",
        why=(
            "A client certificate is a credential, and browsers send a preflight without credentials. Where every "
            "connection needs one, no preflight passes."
        ),
        probe=(
            "The TLS handshake fails with an alert of the server, or nginx answers 400; it sends no client certificate "
            "either."
        ),
        remedies=(
            nginx(
                "Ask for the certificate without demanding it, and refuse what has none and is no preflight.",
                (
                    "# in http { }\n"
                    'map "$request_method $ssl_client_verify" $is_known { "~^OPTIONS " 1; "~ SUCCESS$" 1; }\n'
                    "# in server { }\n"
                    "ssl_verify_client optional;\n"
                    "if ($is_known = '') { return 403; }"
                ),
            ),
            client(
                "Import the certificate into the browser. Firefox sends it with preflights too if "
                "network.cors_preflight.allow_client_cert is set."
            ),
        ),
    ),
)
