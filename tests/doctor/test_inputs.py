"""Every kind of text that people paste, by name, and the cause that `why` names first.

`tests.doctor.wording_cases` has the sentences of each kind, word by word.
"""

from typing import Final, NamedTuple

import pytest

from tests.doctor.archives import PAGE, URL
from tests.doctor.test_pasted import CURL, PANEL
from tests.doctor.wording_cases import MISSING, PF, chromium
from wsgicors.doctor import why

LOGIN: Final = "https://login.example/oauth2/authorize"
NOT_OK: Final = f"{PF}It does not have HTTP ok status."
CLOUDFLARE: Final = {
    520: "proxy-bad-gateway", 521: "proxy-bad-gateway", 522: "proxy-timeout", 523: "proxy-bad-gateway",
    524: "proxy-timeout", 525: "proxy-bad-gateway", 526: "proxy-bad-gateway", 527: "proxy-bad-gateway",
    530: "proxy-bad-gateway",
}  # fmt: skip


class Input(NamedTuple):
    """A text, the cause that it leads to, and how certain that is."""

    name: str
    text: str
    cause: str
    certainty: str = "certain"


def firefox(reason: str, status: str = "") -> str:
    return f"Cross-Origin Request Blocked: … at {URL}. (Reason: {reason}).{status}"


def redirected(to: str, tail: str) -> str:
    message = f"Access to fetch at '{to}' (redirected from '{URL}') from origin '{PAGE}' has been blocked by CORS"
    return f"{message} policy: {tail}"


NULL: Final = "CORS header ‘Access-Control-Allow-Origin’ does not match ‘(null)’"
FIELDS: Final = "Access-Control-Allow-Origin: https://other.example"

INPUTS: Final = (
    # Firefox.
    Input("a header that is missing or doubled", firefox(NULL), "cors-absent", "possible"),
    Input(
        "no response at all",
        firefox("CORS request did not succeed",
        " Status code: (null)."),
        "unreachable",
        "possible",
    ),
    Input("a URL that is not http", firefox("CORS request not http"), "url-scheme", "likely"),
    # Chromium.
    Input(
        "a scheme that is not supported, with its list",
        f"{redirected('app://x/', 'Cross origin requests are only supported for protocol schemes: http, https.')}",
        "redirect-scheme",
    ),
    Input(
        "a scheme of a URL that fetch does not know",
        'Fetch API cannot load file:///items.json. URL scheme "file" is not supported.',
        "url-scheme",
    ),
    Input(
        "a line of a Content-Security-Policy",
        f"Refused to connect to '{URL}' because it violates the following Content Security Policy directive: "
        "\"connect-src 'self'\".",
        "content-security-policy",
    ),
    Input(
        "the status in the line above: 401",
        f"OPTIONS {URL} 401 (Unauthorized)\n{chromium(NOT_OK)}",
        "preflight-authentication",
        "likely",
    ),
    Input(
        "the status in the line above: 405",
        f"OPTIONS {URL} 405 (Method Not Allowed)\n{chromium(NOT_OK)}",
        "preflight-method-refused",
    ),
    Input(
        "the status in the line above: 404",
        f"OPTIONS {URL} 404 (Not Found)\n{chromium(NOT_OK)}",
        "preflight-not-found",
    ),
    Input(
        "the status in the line above: 500",
        f"GET {URL} 500 (Internal Server Error)\n{chromium(MISSING)}",
        "app-error",
        "likely",
    ),
    *(
        Input(f"Cloudflare's {status}", f"GET {URL} net::ERR_FAILED {status}\n{chromium(MISSING)}", cause, "likely")
        for status, cause in CLOUDFLARE.items()
    ),
    Input("a redirect of a request to a login", redirected(LOGIN, MISSING), "session-ended", "likely"),
    Input("a redirect of a preflight to a login", redirected(LOGIN, PF + MISSING), "session-ended", "likely"),
    Input(
        "a redirect to a path of a login",
        redirected("https://api.example/accounts/login/?next=/", MISSING),
        "session-ended",
        "likely",
    ),
    # Servers.
    Input("Starlette: the origin", "Disallowed CORS origin", "origin-not-allowed"),
    Input("Starlette: the headers", "Disallowed CORS headers", "header-not-allowed"),
    Input("Starlette: the method", "Disallowed CORS method", "method-not-allowed"),
    Input("Spring", "Invalid CORS request", "origin-not-allowed", "likely"),
    Input("S3: no rules", "<Message>CORSResponse: CORS is not enabled for this bucket.</Message>", "cors-absent"),
    Input(
        "S3: no rule fits",
        "<Message>CORSResponse: This CORS request is not allowed.</Message>",
        "origin-not-allowed",
        "likely",
    ),
    Input("API Gateway", '{"message":"Missing Authentication Token"}', "not-found-without-headers", "likely"),
    Input(
        "django-cors-headers: a check",
        "?: (corsheaders.E013) Origin 'localhost:3000' in CORS_ALLOWED_ORIGINS is missing scheme or netloc",
        "origin-list-typo",
    ),
    Input("this library: the origin", f"The origin '{PAGE}' is not allowed here.", "origin-not-allowed"),
    Input("this library: the headers", "These request headers are not allowed here: 'x-a'.", "header-not-allowed"),
    # Other pasted text.
    Input("curl -v", CURL.format(f"< {FIELDS}"), "fixed-origin", "likely"),
    Input("the fields of a network panel", PANEL.format(FIELDS), "fixed-origin", "likely"),
    Input("a misspelt header", PANEL.format("Access-Control-Allow-Origins: *"), "header-misspelt", "likely"),
    # Not CORS.
    Input(
        "X-Frame-Options",
        f"Refused to display '{URL}' in a frame because it set 'X-Frame-Options' to 'deny'.",
        "frame-options",
    ),
    Input(
        "postMessage",
        "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('https://a.example') does not "
        "match the recipient window's origin ('https://b.example').",
        "post-message",
    ),
    Input(
        "a WebSocket",
        "WebSocket connection to 'wss://api.example/ws' failed: Error during WebSocket handshake: Unexpected response "
        "code: 403",
        "websocket-origin",
    ),
    Input(
        "new Worker of another origin",
        "SecurityError: Failed to construct 'Worker': Script at 'https://cdn.example/w.js' cannot be accessed from "
        f"origin '{PAGE}'.",
        "worker-origin",
    ),
    Input(
        "CORB in the Issues panel",
        "Response was blocked by CORB (Cross-Origin Read Blocking)",
        "opaque-response-blocking",
    ),
    Input("Socket.IO", f"{PAGE} is not an accepted origin.", "websocket-origin"),
    # Messages of frameworks.
    Input("Angular", f"Http failure response for {URL}: 0 Unknown Error", "unspecified", "possible"),
    Input("Flutter", "Error: XMLHttpRequest error. dart-sdk/lib", "unspecified", "possible"),
    Input("Swagger UI", "Failed to fetch.\nPossible Reasons:\nCORS\nNetwork Failure", "unspecified", "possible"),
)  # fmt: skip


def test_a_header_that_is_missing_or_doubled_is_both() -> None:
    suspects = [suspect.cause.id for suspect in why(firefox(NULL)).findings[0].suspects]
    assert {"cors-absent", "origin-not-allowed", "two-layers"} <= {*suspects}
    assert "allow-origin-malformed" not in suspects


@pytest.mark.parametrize("given", INPUTS, ids=lambda given: given.name)
def test_what_is_named_first(given: Input) -> None:
    [finding] = why(given.text).findings
    first = finding.suspects[0]
    assert (first.cause.id, first.certainty) == (given.cause, given.certainty)


@pytest.mark.parametrize(
    "given", [given for given in INPUTS if given.cause == "unspecified"], ids=lambda given: given.name
)
def test_what_says_nothing_leads_to_the_next_step(given: Input) -> None:
    [finding] = why(given.text).findings
    assert finding.probe.startswith("wsgicors probe ")
    [remedy] = finding.suspects[0].cause.remedies
    assert "`wsgicors why`" in remedy.text


@pytest.mark.parametrize(
    ("given", "governs"),
    [
        ("X-Frame-Options", "frame-ancestors"),
        ("postMessage", "the second argument of postMessage"),
        ("a WebSocket", "Origin"),
        ("new Worker of another origin", "from the page's own origin"),
        ("CORB in the Issues panel", "without CORS"),
        ("Socket.IO", "Origin"),
        ("a line of a Content-Security-Policy", "connect-src"),
    ],
)
def test_what_is_not_cors_is_told_with_what_governs_it(given: str, governs: str) -> None:
    text = next(one.text for one in INPUTS if one.name == given)
    cause = why(text).findings[0].suspects[0].cause
    told = " ".join((cause.title, cause.sentence, cause.why, *(remedy.text + remedy.code for remedy in cause.remedies)))
    assert governs.lower() in told.lower()
