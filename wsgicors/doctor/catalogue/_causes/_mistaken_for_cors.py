"""Root 12, other errors and rules that are mistaken for CORS: error pages, sockets, frames, messages, workers."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import MEND_NETWORK
from wsgicors.doctor.catalogue._remedies import NGINX_BESIDE, client, django, flask, nginx

CAUSES: Final = (
    Cause(
        id="cross-origin-isolation",
        root=12,
        title="The page is not cross-origin isolated",
        sentence="The script needs SharedArrayBuffer, which only pages have that are cross-origin isolated.",
        why=(
            "The page's own answer has to say so, with Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy, "
            "over https or on localhost. CORS does not govern that."
        ),
        probe="Asked for the page itself, it shows neither of the two headers, or one of them only.",
        remedies=(
            flask(
                "Add both headers to the page's answer.",
                (
                    'response.headers["Cross-Origin-Opener-Policy"] = "same-origin"\n'
                    'response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"'
                ),
            ),
            django(
                "Add both headers to the page's answer; SecurityMiddleware adds the first.",
                'response["Cross-Origin-Embedder-Policy"] = "require-corp"',
            ),
            nginx(
                "Add both headers to the page's answer.",
                (
                    NGINX_BESIDE + "add_header Cross-Origin-Opener-Policy same-origin always;\n"
                    "add_header Cross-Origin-Embedder-Policy require-corp always;"
                ),
            ),
            client(
                "Load what is of other origins with CORS (crossorigin), or have it say "
                "Cross-Origin-Resource-Policy: cross-origin: the page then blocks everything else."
            ),
        ),
    ),
    Cause(
        id="http-error",
        root=12,
        title="The server answered with an error, and CORS let the page read it",
        sentence="{request} was answered with {status}. No rule of CORS was broken.",
        why=(
            "The message is the browser's note of a 4xx or 5xx answer. The answer's body and the server's log say more."
        ),
        probe="The exchange is allowed, and its status is 400 or above.",
        remedies=(
            flask("Look at the server's log for this request."),
            django("Look at the server's log for this request."),
        ),
    ),
    Cause(
        id="response-invalid",
        root=12,
        title="The response is invalid",
        sentence="The browser could not read the answer for {url}.",
        why="The answer is incomplete, comes from a service worker that failed, or is not HTTP.",
        probe="It shows what came back, byte by byte where it is not HTTP.",
        remedies=(client("Try with the service worker unregistered."), MEND_NETWORK),
    ),
    Cause(
        id="websocket-origin",
        root=12,
        title="A WebSocket server refused the page's origin, or the connection",
        sentence="The connection is a WebSocket's, or Socket.IO's: CORS does not govern it.",
        why=(
            "Browsers let every page open a WebSocket and send the page's Origin; the server has to check it. "
            "Socket.IO has a list of origins of its own, for its polling requests too."
        ),
        probe="It cannot open a WebSocket; look for the handshake's status in the server's log.",
        remedies=(
            flask("List the origin where Socket.IO looks.", 'SocketIO(app, cors_allowed_origins=["{origin}"])'),
            django(
                "List the page's host in ALLOWED_HOSTS, and wrap the router of Channels.",
                "AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))",
            ),
            nginx(
                "Pass the upgrade on.",
                (
                    "proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "
                    "upgrade;"
                ),
            ),
            client("Check the URL: ws: or wss:, host, port and path; an https page needs wss:."),
        ),
    ),
    Cause(
        id="frame-options",
        root=12,
        title="The page may not be shown in a frame",
        sentence="{url} forbids pages of other origins to show it in a frame. CORS does not govern that.",
        why="X-Frame-Options and the directive frame-ancestors of a Content Security Policy protect against "
        "clickjacking.",
        probe="It cannot see it: frames make no CORS requests.",
        remedies=(
            flask(
                "Name the pages that may frame it.",
                'response.headers["Content-Security-Policy"] = "frame-ancestors \'self\' {origin}"',
            ),
            django(
                "Name the pages that may frame it, and take X-Frame-Options off the view.",
                "@xframe_options_exempt\ndef view(request): ...",
            ),
            nginx(
                "Name the pages that may frame it.",
                NGINX_BESIDE + "add_header Content-Security-Policy \"frame-ancestors 'self' {origin}\" always;",
            ),
            client("If its owner does not allow frames, link to it or open it in a window."),
        ),
    ),
    Cause(
        id="post-message",
        root=12,
        title="postMessage was addressed to another origin",
        sentence="The second argument of postMessage is not the origin of the window that should receive the message.",
        why=(
            "A message is delivered only if the receiver's page has the named origin at that moment. CORS does "
            "not govern that."
        ),
        probe="It cannot see it: nothing is sent to a server.",
        remedies=(
            client(
                "Wait until the other page has loaded, and name its origin.",
                'frame.contentWindow.postMessage(message, "https://frame.example");',
            ),
        ),
    ),
    Cause(
        id="frame-access",
        root=12,
        title="A script reaches into a window of another origin",
        sentence="A script of {origin} used the document of a frame or window whose page is of another origin.",
        why=(
            "The same-origin policy keeps the windows of two origins apart. CORS does not govern that, and no header "
            "opens a window."
        ),
        probe="It cannot see it: nothing is sent to a server.",
        remedies=(
            client("Send messages between the windows: postMessage in one, a listener in the other."),
            client("Where both pages are yours, serve them from one origin: scheme, host and port."),
        ),
    ),
    Cause(
        id="worker-origin",
        root=12,
        title="A worker's script has to come from the page's own origin",
        sentence="The page tried to start a worker from a script of another origin.",
        why="new Worker loads from the page's own origin only. No header of the other server changes that.",
        probe="It shows whether the script may be fetched, which the workaround needs.",
        remedies=(
            client("Serve the script from the page's own origin.", 'new Worker("/worker.js")'),
            client(
                "Or load it inside a worker of the page's own.",
                'new Worker(URL.createObjectURL(new Blob([`importScripts("${script}")`])))',
            ),
        ),
    ),
)
