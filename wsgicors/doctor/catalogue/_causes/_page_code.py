"""Root 12, the page's own code: how it makes the request, and what it may read."""

from typing import Final

from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LIST_ORIGIN
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx, wsgi

CAUSES: Final = (
    Cause(
        id="request-mode",
        root=12,
        title="The request's own mode forbids other origins",
        sentence=(
            'The request was made with mode: "same-origin" (or by something that only loads from its own origin).'
        ),
        why=(
            "Workers, some SVG references and requests with that mode may not leave the page's "
            "origin. The server was not asked."
        ),
        probe="It is allowed here: the mode is the client's.",
        remedies=(client("Leave mode out.", 'fetch(url, { mode: "cors" })'),),
    ),
    Cause(
        id="no-cors-mode",
        root=12,
        title='mode: "no-cors" hides every answer',
        sentence=(
            'The request was made with mode: "no-cors": the page gets an opaque answer, without status and body.'
        ),
        why=(
            "no-cors never makes an answer readable; it is for sending without reading. It also "
            "drops the headers that would need a preflight."
        ),
        probe="It shows whether the same request with CORS would be allowed.",
        remedies=(
            client("Take it out, and let the server allow the origin.", "fetch(url)"),
            *LIST_ORIGIN[:3],
        ),
    ),
    Cause(
        id="url-scheme",
        root=12,
        title="The URL is not an http URL",
        sentence="The request's URL has a scheme that CORS does not know.",
        why=(
            '"localhost:8000/items" is read as the scheme localhost; a file:// page cannot read '
            "other files; custom schemes have to be registered for CORS in the app's shell."
        ),
        probe="It refuses the URL and says what is missing.",
        remedies=(
            client("Write http:// or https:// in front.", 'fetch("http://localhost:8000/items")'),
            client("Serve a page that was opened from disk.", "python -m http.server 8000"),
        ),
    ),
    Cause(
        id="cors-disabled",
        root=12,
        title="CORS is switched off in this Firefox",
        sentence="Firefox refuses every cross-origin request because content.cors.disable is set.",
        why="A preference of the user's browser, sometimes left by an old guide.",
        probe="It is allowed here: the setting is in the browser.",
        remedies=(client("In about:config set content.cors.disable to false."),),
    ),
    Cause(
        id="origin-header-not-added",
        root=12,
        title="Firefox could not add the Origin header",
        sentence="Firefox could not set Origin on the request, so it did not send it.",
        why="An extension or a privileged setting interferes with the request's headers.",
        probe="It is allowed here: the fault is in the browser.",
        remedies=(client("Try a window without extensions."),),
    ),
    Cause(
        id="header-not-exposed",
        root=12,
        title="The page may not read {header|a response header}",
        sentence="The request was allowed; {header|a header} of its answer is not exposed to the page.",
        why=(
            "Beyond a few safelisted ones, a page reads only headers that "
            "Access-Control-Expose-Headers names. With credentials, * there is only an asterisk."
        ),
        probe="It lists the answer's headers with those that the page can read.",
        remedies=(
            flask("Expose it.", 'CORS(app, origins=["{origin}"], expose_headers=["{header}"])'),
            django("Expose it.", 'CORS_EXPOSE_HEADERS = ["{header}"]'),
            wsgi("Expose it.", 'Policy(allow_origins=["{origin}"], expose_headers=["{header}"])'),
            nginx("Expose it.", elsewhere.NGINX_BESIDE + 'add_header Access-Control-Expose-Headers "{header}" always;'),
            *elsewhere.EXPOSED,
        ),
    ),
    Cause(
        id="forbidden-request-header",
        root=12,
        title="No page may set {header|this request header}",
        sentence="The client tries to set {header|a header} that only the browser itself sets.",
        why=(
            "Host, Origin, Cookie, Content-Length, Sec-… and others are forbidden to pages. The "
            "request goes on without."
        ),
        probe="It refuses the header and says so.",
        remedies=(client("Take the header out of the client."),),
    ),
    Cause(
        id="canvas-tainted",
        root=12,
        title="An image was loaded without CORS and drawn to a canvas",
        sentence="The canvas holds pixels of another origin that did not allow reading them.",
        why=(
            "An image loaded without the crossorigin attribute may be shown, not read. With it, the "
            "image's server has to allow the page's origin."
        ),
        probe="Asked for the image's URL with --origin {origin}, it says whether the image may be read.",
        remedies=(
            client("Load the image with CORS.", 'image.crossOrigin = "anonymous"; image.src = url;'),
            *LIST_ORIGIN,
        ),
    ),
    Cause(
        id="crossorigin-missing",
        root=12,
        title="A script, style sheet, audio or video was loaded without CORS",
        sentence="The page loaded {url} without CORS: it may use it, and not read it.",
        why=(
            "Without the attribute crossorigin, what an element loads from another origin stays closed to the page: a "
            "script's errors are only \"Script error.\", a style sheet's rules cannot be read, Web Audio gets silence, "
            "and integrity cannot be checked."
        ),
        probe="Asked for the file's URL with --origin {origin}, it says whether the page may read it.",
        remedies=(
            client('Load it with CORS: give the element the attribute crossorigin="anonymous".'),
            *LIST_ORIGIN,
        ),
    ),
)
