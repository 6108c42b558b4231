"""Root 11: the response comes from outside the CORS layer."""

from typing import Final

from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LIST_ORIGIN, OUTERMOST
from wsgicors.doctor.catalogue._remedies import Place, Remedy, client, django, flask, nginx, wsgi

CAUSES: Final = (
    Cause(
        id="cors-absent",
        root=11,
        title="The server has no CORS layer",
        sentence="{url} answers every origin without a CORS header: nothing on the server adds them.",
        why="Pages of another origin may read an answer only if it says so, and nothing here does.",
        probe=(
            "No path of the server has CORS headers, for no origin. Where another origin gets them, the page's is "
            "not on the server's list."
        ),
        remedies=(
            flask("Add the extension.", ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])')),
            django(
                "Add the middleware, first in the list.",
                ('MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]\nCORS_ALLOWED_ORIGINS = ["{origin}"]'),
            ),
            wsgi(
                "Wrap the application.",
                ('from wsgicors import CORS, Policy\napp = CORS(app, Policy(allow_origins=["{origin}"]))'),
            ),
            nginx(
                "For files that nginx serves itself.",
                elsewhere.NGINX_ORIGIN,
            ),
            client("If the server is not yours, have your own server make the request."),
            *elsewhere.ORIGINS,
        ),
    ),
    Cause(
        id="outside-static",
        root=11,
        title="Static files are served outside the CORS layer",
        sentence="{url} is a file that something other than the application serves, without CORS headers.",
        why=(
            "Django's development server, WhiteNoise above the middleware, nginx and object storages "
            "answer for files before the application is asked. Fonts, modules and canvas images are "
            "read with CORS."
        ),
        probe="The headers are there on a view of the same host and missing on the file.",
        remedies=(
            django(
                "Wrap the whole WSGI application, files included.",
                'application = CORS(get_wsgi_application(), Policy(allow_origins=["{origin}"]))',
            ),
            flask(
                "Let the extension wrap the application: its static folder is then covered.",
                ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
            ),
            wsgi(
                "Wrap outside what serves the files.",
                'app = CORS(WhiteNoise(app), Policy(allow_origins=["{origin}"]))',
            ),
            nginx(
                "Where nginx serves them: files that anybody may read need no list.",
                "# in server { }\nlocation /static/ { add_header Access-Control-Allow-Origin * always; }",
            ),
        ),
    ),
    Cause(
        id="outside-order",
        root=11,
        title="Something above the CORS layer answers first",
        sentence="The answer for {url} was made by a middleware or a decorator outside the CORS layer.",
        why=(
            "A layer can only add headers to what passes through it. Middlewares above it, a "
            "decorator on the wrong side of @app.route, an abort in before_request and the debugger "
            "all answer outside."
        ),
        probe="Some answers of the same host have the headers, and this one has not.",
        remedies=(*OUTERMOST,),
    ),
    Cause(
        id="host-not-allowed",
        root=11,
        title="The server does not answer for this host name",
        sentence="The server of {url} refused the request for its Host, before the app saw it.",
        why=(
            "Frameworks and development servers answer for the hosts that they know, because another name may be an "
            "attack by DNS rebinding. That check stands above the CORS layer, so its answer has no CORS headers."
        ),
        probe="The answer is an error without CORS headers, whatever the origin.",
        remedies=(
            django("List the host in ALLOWED_HOSTS."),
            flask("List the host in TRUSTED_HOSTS."),
            Remedy(Place.FASTAPI, "List the host in TrustedHostMiddleware's allowed_hosts."),
            Remedy(Place.VITE, "List the host in server.allowedHosts."),
            nginx("Pass the name that the app knows with proxy_set_header Host."),
            client("Ask the server by a name that it knows, such as localhost."),
        ),
    ),
    Cause(
        id="blocked-by-firewall",
        root=11,
        title="A firewall or a bot check answered",
        sentence="Something in front of the server of {url} refused the request, and its answer has no CORS headers.",
        why=(
            "Firewalls, bot checks and tunnels answer with a page of their own, which a person may pass and a script "
            "cannot. The app's CORS settings do not reach that page."
        ),
        probe="The answer is a page without CORS headers, and Server or another header names who made it.",
        remedies=(
            Remedy(Place.CLOUDFLARE, "Exempt the API's paths, with their preflights, from the rule that matched."),
            client("Ask from where the firewall lets requests through; its log has the rule that matched."),
        ),
    ),
    Cause(
        id="not-found-without-headers",
        root=11,
        title="The address is wrong, and the 404 has no CORS headers",
        sentence="{request} was answered with {status} by something outside the CORS layer.",
        why=(
            "The address does not exist, or not for this method. Without the headers the page cannot "
            "read that, and the browser reports CORS instead."
        ),
        probe="The answer is 404 or 405, without CORS headers.",
        remedies=(client("Check the address first: host, prefix, version, slash, method."), *OUTERMOST),
    ),
    Cause(
        id="header-misspelt",
        root=11,
        title="The server sends {header|a header} that no browser knows",
        sentence="The answer has {header|a header whose name is misspelt}, and no Access-Control-Allow-Origin.",
        why="Header names are compared letter for letter: Access-Control-Allow-Origin has no s at its end.",
        probe="It lists the header, beside the missing Access-Control-Allow-Origin.",
        remedies=LIST_ORIGIN,
    ),
)
