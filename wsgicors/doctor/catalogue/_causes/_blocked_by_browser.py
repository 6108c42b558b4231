"""Root 12, the browser: what else blocks a request or its answer there."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LIST_ORIGIN
from wsgicors.doctor.catalogue._remedies import NGINX_BESIDE, client, django, flask, nginx

CAUSES: Final = (
    Cause(
        id="blocked-by-extension",
        root=12,
        title="An extension or an ad blocker stopped the request",
        sentence="{url} was blocked in the browser, before anything was sent.",
        why="Blockers match words in addresses, such as ads, track or analytics.",
        probe="It is allowed here: the server has no part in it.",
        remedies=(client("Try a window without extensions, and rename the path if it looks like tracking."),),
    ),
    Cause(
        id="content-security-policy",
        root=12,
        title="The page's own Content Security Policy forbids the address",
        sentence=("The page's Content-Security-Policy does not list {url}: the browser does not send the request."),
        why=(
            "Its {value|connect-src (or default-src)} says which addresses are allowed. It is sent by the page's "
            "server, not by the API's."
        ),
        probe="It is allowed here: the rule is on the page, not on this URL.",
        remedies=(
            django(
                "On the page's server, add the API's origin.",
                "Content-Security-Policy: {value|connect-src} 'self' <API's origin>",
            ),
            nginx(
                "On the page's server, add the API's origin.",
                NGINX_BESIDE
                + "add_header Content-Security-Policy \"{value|connect-src} 'self' <API's origin>\" always;",
            ),
        ),
    ),
    Cause(
        id="resource-policy",
        root=12,
        title="Cross-Origin-Resource-Policy or the page's embedder policy forbids it",
        sentence="{url} was blocked by Cross-Origin-Resource-Policy, which is not CORS.",
        why=(
            "The answer says same-origin or same-site, or says nothing while the page asks for it "
            "(Cross-Origin-Embedder-Policy: require-corp)."
        ),
        probe="It shows Cross-Origin-Resource-Policy where there is one.",
        remedies=(
            flask("Say who may embed it.", 'response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"'),
            django("Say who may embed it.", 'response["Cross-Origin-Resource-Policy"] = "cross-origin"'),
            nginx(
                "Say who may embed it.", NGINX_BESIDE + "add_header Cross-Origin-Resource-Policy cross-origin always;"
            ),
            client("Load it with CORS.", '<img crossorigin="anonymous" src="…">'),
        ),
    ),
    Cause(
        id="opaque-response-blocking",
        root=12,
        title="The browser withheld a response from a page that loaded it without CORS",
        sentence=("{url} was loaded as an image, a script or with no-cors, and its content is not of that kind."),
        why=("Opaque Response Blocking withholds JSON and HTML from pages that load them without CORS."),
        probe="It shows the Content-Type, and whether a request with CORS would be allowed.",
        remedies=(
            client('Ask with fetch in its default mode, "cors".', "fetch(url)"),
            *LIST_ORIGIN[:3],
        ),
    ),
)
