"""Root 3: the request is redirected."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import ABOVE_REDIRECTS, FINAL_URL, OUTERMOST
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx

CAUSES: Final = (
    Cause(
        id="preflight-redirect",
        root=3,
        title="The preflight was redirected",
        sentence=(
            "The server answered the preflight for {url} with a redirect, and a preflight may not be redirected."
        ),
        why=(
            "A preflight asks about one URL. Only its own answer counts, and only with a status from 200 to 299; "
            "the usual reasons for the redirect are strict slashes, a move to https, a language prefix and a "
            "login page."
        ),
        probe=("The OPTIONS request is answered with a 3xx status; its Location says which redirect it is."),
        remedies=ABOVE_REDIRECTS,
    ),
    Cause(
        id="preflight-redirect-slash",
        root=3,
        title="The preflight was redirected to the same path with or without a slash",
        sentence="The server answers {url} with a redirect that only adds or takes a trailing slash.",
        why=(
            "Flask's strict_slashes, Django's APPEND_SLASH, and nginx for a folder or a location whose name ends in a "
            "slash, send every method to the canonical path, OPTIONS too, and a preflight may not be redirected."
        ),
        probe="The OPTIONS request is answered with a 3xx whose Location differs by a slash.",
        remedies=(
            client("Ask for the path exactly as the server routes it, slash and all."),
            flask(
                "Serve both spellings, or let the CORS layer answer first.",
                '@app.route("/items/", strict_slashes=False)\ndef items(): ...',
            ),
            django(
                "Keep the CORS middleware above CommonMiddleware, which redirects.",
                ('MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ..., "django.middleware.common.CommonMiddleware"]'),
            ),
            nginx(
                "Where nginx itself redirects to the path with the slash, serve that path without a redirect.",
                "# in server { }\nlocation = /items { rewrite ^ /items/ last; }",
            ),
            *OUTERMOST[2:],
        ),
    ),
    Cause(
        id="preflight-redirect-https",
        root=3,
        title="The preflight was redirected from http to https",
        sentence="The server redirects {url} to https, and a preflight may not be redirected.",
        why=(
            "The redirect comes from Django's SECURE_SSL_REDIRECT, from nginx or from a CDN, before "
            "the application is asked."
        ),
        probe="The OPTIONS request is answered with a 3xx whose Location is the same URL with https.",
        remedies=(
            client("Write https:// in the client's base URL."),
            django(
                "Keep the CORS middleware above SecurityMiddleware.",
                (
                    'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", '
                    '"django.middleware.security.SecurityMiddleware", ...]'
                ),
            ),
            nginx("Keep the redirect for people who type the address; pages of an https site should not need it."),
        ),
    ),
    Cause(
        id="preflight-redirect-login",
        root=3,
        title="The preflight was redirected to a login page",
        sentence=(
            "The server sends the preflight for {url} to a login page, because a preflight carries no credentials."
        ),
        why=(
            "Browsers never send cookies or Authorization with a preflight, so every login check "
            "refuses it, and a redirect ends it."
        ),
        probe="The OPTIONS request is answered with a 3xx to a sign-in URL.",
        remedies=(
            *OUTERMOST,
            client("For an API, let the server answer 401 to the actual request instead of a redirect to a page."),
        ),
    ),
    Cause(
        id="preflight-redirect-language",
        root=3,
        title="The preflight was redirected to a language prefix",
        sentence="The server redirects {url} to the same path below a language code.",
        why=(
            "Django's LocaleMiddleware answers an unprefixed path with a redirect, for OPTIONS too, "
            "and a preflight may not be redirected."
        ),
        probe="The OPTIONS request is answered with a 3xx whose Location has a language code in front.",
        remedies=(
            django(
                "Keep the API outside i18n_patterns, and the CORS middleware above LocaleMiddleware.",
                ('MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ..., "django.middleware.locale.LocaleMiddleware"]'),
            ),
            FINAL_URL,
        ),
    ),
    Cause(
        id="redirect-without-headers",
        root=3,
        title="A redirect, or the answer behind it, has no CORS headers",
        sentence="{url} redirects, or was reached by a redirect, and does not allow {origin}.",
        why=("Every answer of a cross-origin request is checked, the redirects on the way too, not only the last one."),
        probe=("One of the redirects, or the answer behind them, lacks Access-Control-Allow-Origin; it names which."),
        remedies=(FINAL_URL, *OUTERMOST),
    ),
    Cause(
        id="redirect-null-origin",
        root=3,
        title="After a redirect to a third origin the browser sends Origin: null",
        sentence=("The request was redirected from another origin to {url}; from there on its origin is null."),
        why=(
            "Once a cross-origin request is sent on to yet another origin, the browser hides who "
            "asked: Origin is null, and a list that names {origin} no longer matches. Listing null "
            "would let every sandboxed page in."
        ),
        probe=("The second request carries Origin: null and is not allowed; asked directly, the URL allows {origin}."),
        remedies=(
            FINAL_URL,
            flask("Answer instead of redirecting to another host, or fetch the other host's data on the server."),
            django("Answer instead of redirecting to another host, or fetch the other host's data on the server."),
        ),
    ),
    Cause(
        id="redirect-url-credentials",
        root=3,
        title="The redirect's address holds a user name or password",
        sentence=(
            "The server redirects to an address with user:password@ in it, which cross-origin requests may not follow."
        ),
        why="Following it would send credentials that the page never gave.",
        probe="The Location of a redirect has a user name or a password before its host.",
        remedies=(
            nginx("Take user and password out of the redirect's target."),
            client("Send an Authorization header instead of a user and a password in the URL."),
        ),
    ),
    Cause(
        id="redirect-scheme",
        root=3,
        title="The redirect leads to something that is not http",
        sentence="The server redirects {url} to an address whose scheme is not http or https.",
        why="A cross-origin request can only be sent on to http and https.",
        probe="The Location of a redirect has another scheme.",
        remedies=(FINAL_URL,),
    ),
    Cause(
        id="redirect-loop",
        root=3,
        title="The redirects do not end",
        sentence="{url} was redirected more than twenty times.",
        why=(
            "Two layers send the request to each other: often one that forces https behind a proxy "
            "that speaks http to the application, or a login page that itself needs a login."
        ),
        probe="The redirects repeat; it stops at the twentieth and lists them.",
        remedies=(
            django(
                "Tell Django that the proxy ended the TLS.",
                'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")',
            ),
            flask("Tell Flask that the proxy ended the TLS.", "app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)"),
            nginx("Pass the scheme on.", "proxy_set_header X-Forwarded-Proto $scheme;"),
        ),
    ),
    Cause(
        id="redirect-refused",
        root=3,
        title="The request may not be redirected",
        sentence="{url} answered with a redirect that this request is not allowed to follow.",
        why=(
            'The request was made with redirect: "error", or it had a preflight, and the browser does not follow '
            "its redirects to another origin."
        ),
        probe="The actual request is answered with a 3xx status.",
        remedies=(FINAL_URL, *OUTERMOST),
    ),
)
