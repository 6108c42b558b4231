"""Words of a message in another sentence are no message, and no fact is taken from another role."""

import pytest

from tests.doctor.findings import named, only
from tests.doctor.wording_cases import PAGE, URL
from wsgicors.doctor import why
from wsgicors.doctor.evidence._console import read_console

OTHERS = [
    "error: 'await' is not allowed here",
    "SyntaxError: 'return' statement is not allowed here",
    'nginx: [emerg] "add_header" directive is not allowed here in /etc/nginx/conf.d/default.conf:3',
    "The origin of 'x' is unknown, and a parameter is not allowed here",
    "Unable to post message to Slack channel #alerts: channel_not_found",
    "The package was not installed because it does not appear in the lockfile",
    "celery: Task timed out after 30 seconds, retrying",
    "RuntimeError: Task timed out after 5 attempts",
    "Invalid request method POST",
    'gunicorn: [WARNING] Invalid request method "FOO"',
    "The 'PUT' HTTP method is unsupported by this API; use POST.",
    "requests.exceptions.InvalidSchema: unknown URL scheme 'ftp'",
    "The custom URL scheme 'myapp' is registered for this app",
    "fatal: 'main' is not an origin of this repository",
    "git: upstream is not a valid origin",
    "ValueError: 'abc' is not a valid origin; supported values are 'upper', 'lower'",
    "The channel is not an allowed origin of events",
    "This operation is disallowed by mode strict",
    "My laptop is connected to an insecure local network at the café.",
    "Windows: You are on an insecure private network.",
    "const corsDisabled = process.env.NO_CORS;",
    "CORS did not succeed at first, but after that header it works",
    "ERROR: the application failed to respond to SIGTERM within 10 s",
    "The endpoint request timed out of the pool after the test",
    "socket.c: connect() failed (errno=2)",
    "http proxy error: connection refused",
    "In AMQP, some headers are not allowed to be longer than 255 bytes.",
    "Domains, protocols and ports must match for this login to work",
    "The action you have requested is not allowed for unconfirmed users",
    "Reject: HTTP 'PUT' responses larger than 1 MB",
    "the cross-origin image at the top of the page was slow",
    "We found no route found for options trading",
    "Route options:/home is documented there",
    "The redirect is not allowed: redirect_uri mismatch",
    "gRPC failed. Invalid HTTP status code 502",
    "Security: the app may not load data from the cache",
    "Permission was denied for this request to access the bucket",
    "Failed to execute 'postMessage' on 'Window': #<Object> could not be cloned.",
    "WebSocket connection to 'wss://api.example/ws' established",
    "WebSocket connection to 'wss://api.example/ws' failed: WebSocket is closed before the connection is established.",
    "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header",
    "Traffic was blocked:corporate firewall",
    "status: blocked:others are fine",
    "The Access-Control-Request-Method 'PUT' was sent",
    "Error Code: 1020. Record has changed since last read in table 'items'",
    "error code: 10204",
    "The host check error was mended with the release",
    "git: unsupported origin: main",
    "The tag v1 does not match allowed origins of the release",
    "a serviceworker passed a test in our suite",
    "This package is not eligible for integrity checks",
    "It keeps them from accessing a frame with windows",
    "[DEBUG] csrf token from cookie matches",
    "✓ answers with no answer when it is not allowed by CORS (5 ms)",
    "The value of the Access-Control-Allow-Credentials header in the response is set by my proxy",
    "ok 12 - the bucket is refused: Origin not allowed",
    "tests/test_views.py::test_a Origin not allowed PASSED",
    "User bob is not allowed to request resource /admin",
    "Cookies without the 'SameSite' attribute are treated as Lax since Chrome 80.",
    "Security policy: The response is invalid",
    "url contains userinfo, which is disallowed",
    "Labels: blocked:other-team",
    "status:blocked:csp-review",
    "SSL_get_error returned SSL_ERROR_WANT_READ",
    "case SSL_ERROR_ZERO_RETURN:",
    "BIO_read: SSL_ERROR_SSL",
    "The build was blocked because tracking protection is enabled",
    "a resource was blocked due to its Cross-Origin-Resource-Policy header in the test fixtures",
    "TypeError: Method is forbidden for anonymous users",
    "error: script error in build step 3",
    "TypeError [ERR_INVALID_URL]: Invalid URL",
    "I set 'true' in CORS header Access-Control-Allow-Credentials but nothing changed",
    "if (err.code !== 'ERR_NETWORK') throw err;",
    "  switch (code) { case 'ERR_NAME_NOT_RESOLVED': retry() }",
    "export const ERR_CONNECTION_REFUSED = -102",
    "expect(err.message).toBe('Not allowed by CORS')",
    'assert "CORS is not enabled for this bucket" not in body',
    'grep -r "invalid csrf token" src/',
    '#: msgid "CSRF token missing"',
    "use Illuminate\\Session\\TokenMismatchException;",
    "rescue_from ActionController::InvalidAuthenticityToken",
    'I never see "Not allowed by CORS" in my logs.',
    "It doesn't say 'CSRF token missing', so I am lost",
    "This is not caused by net::ERR_CONNECTION_REFUSED: the server answers.",
    "Document load failed. Try again later.",
    "ModuleNotFoundError: No module named 'requests'",
    "How do I create a self-signed certificate for localhost?",
    "export SELF_SIGNED_CERT=/etc/ssl/dev.pem",
    "npm ERR! code ENOTFOUND registry.npmjs.org",
    "fetch('/api/items', { headers: { 'Content-Type': 'application/json' } })",
    "fatal error: could not find header file stdio.h",
    "I cannot see the table header in dark mode",
]


@pytest.mark.parametrize("text", OTHERS)
def test_what_others_say(text: str) -> None:
    assert not [message for message in read_console(text).messages if message.failures or message.causes]
    [finding] = why(text).findings
    assert "certain" not in {str(suspect.certainty) for suspect in finding.suspects[1:]}
    assert finding.suspects[0].cause.id in {"unrecognised", "unspecified", "origin-not-allowed"}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("The origin 'https://a.example' is not allowed here.", "origin-not-allowed"),
        ("The method 'PATCH' is not allowed here.", "method-not-allowed"),
        ("Unable to post message to https://a.example. Recipient has origin https://b.example.", "post-message"),
        (f"Refused to load {URL} because it does not appear in the img-src directive", "content-security-policy"),
        ("2026-11-29T06:10:15Z 7f0c Task timed out after 3.00 seconds", "proxy-timeout"),
        ("Forbidden (CSRF token from POST incorrect.): /a", "csrf-token"),
        ("Forbidden (CSRF token from the 'X-Csrftoken' HTTP header has invalid characters.): /a", "csrf-token"),
        ("HTTP/1.1 403 Forbidden\n\nerror code: 1020", "blocked-by-firewall"),
        ("Window.fetch: Invalid request method TRACE.", "forbidden-method"),
        ("'CONNECT' HTTP method is unsupported.", "forbidden-method"),
        ("GET /items CORS Missing Allow Origin", "cors-absent"),
        ("The request's origin is not an allowed origin", "origin-not-allowed"),
        ("(blocked:NotSameOriginAfterDefaultedToSameOriginByCoep)", "resource-policy"),
        ("WebSocket connection to 'wss://api.example/ws' failed: ", "websocket-origin"),
        ("it fails: Redirect is not allowed for a pre", "unrecognised"),
        ("CORS: Redirect is not allowed", "preflight-redirect"),
        (f"[Error] Not allowed to request resource {URL}", "mixed-content"),
        ("SSL_ERROR_RX_RECORD_TOO_LONG", "certificate"),
        ("(blocked:corp-not-same-origin)", "resource-policy"),
        ("Error: connect failed, code: 'ENOTFOUND'", "name-not-found"),
        ("Error: self-signed certificate in certificate chain", "certificate"),
        ("response.headers: { 'content-type': 'application/json' }", "header-not-exposed"),
    ],
)  # fmt: skip
def test_the_same_words_in_their_own_sentence(text: str, cause: str) -> None:
    assert named(text)[0] == cause


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Not allowed by CORS", "certain"),
        ("callback(new Error('Not allowed by CORS'))", "likely"),
        ("I get a CORS policy violation in the browser", "likely"),
        ("CORS request rejected", "likely"),
    ],
)
def test_what_may_have_several_reasons_is_not_certain(text: str, certainty: str) -> None:
    assert only(text).suspects[0].certainty == certainty


HANDSHAKE = "Error during WebSocket handshake: Unexpected response code: "
STATUS_LINE = "The status code of the opening handshake response is not '101 Switching Protocols'. The status line is: "


@pytest.mark.parametrize("said", [f"WebSocket connection to 'wss://api.example/ws' failed: {HANDSHAKE}", STATUS_LINE])
def test_a_handshake_is_refused_with_403(said: str) -> None:
    line = "HTTP/1.1 " if said == STATUS_LINE else ""
    assert named(f"{said}{line}403")[0] == "websocket-origin"
    finding = only(f"{said}{line}502")
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("http-error", 502)


def test_the_net_error_of_a_websocket_is_one_finding_with_its_url() -> None:
    finding = only(
        "WebSocket connection to 'wss://api.example/ws' failed: Error in connection establishment: "
        "net::ERR_CONNECTION_REFUSED"
    )
    assert (finding.suspects[0].cause.id, finding.facts.url) == ("unreachable", "wss://api.example/ws")


DUMP = (
    '{"initiator": {"type": "script", "url": "https://cdn.example/a.js"}, "corsErrorStatus": {"corsError": '
    f'"MissingAllowOriginHeader"}}, "request": {{"url": "{URL}"}}}}'
)


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("It is not allowed by Access-Control-Allow-Headers.", "header", ""),
        ("That is not allowed by Access-Control-Allow-Methods", "method", ""),
        (f"Unsafe attempt to load URL {URL} from frame with URL {PAGE}/a. Domains, protocols and ports must match.",
         "url", URL),
        (f"Unsafe attempt to load URL {URL} from frame with URL {PAGE}/a. Domains, protocols and ports must match.",
         "origin", PAGE),
        (f"I read https://docs.example/a. {'I tried it. ' * 20}Now I get NS_ERROR_CONNECTION_REFUSED", "url", ""),
        (DUMP, "url", URL),
    ],
)  # fmt: skip
def test_a_fact_is_not_taken_from_another_role(text: str, fact: str, value: str) -> None:
    assert getattr(only(text).facts, fact) == value


@pytest.mark.parametrize(
    "text",
    [
        "The Access-Control-Allow-Origin header contains multiple values in my response headers",
        "The Access-Control-Allow-Origin header has a value in nginx which I set",
        "The Access-Control-Allow-Origin header contains the invalid value somewhere in my config",
        "CORS header Access-Control-Allow-Origin does not match my expectations at all",
    ],
)
def test_what_a_sentence_goes_on_with_is_no_value(text: str) -> None:
    assert only(text).facts.value == ""
    assert only(text.replace("Origin header", "'Origin' header")).facts.value == ""


@pytest.mark.parametrize("value", ["*", "null", "app.example", "https://a.example", "https://a.example, *", "a:1 b:2"])
def test_a_value_without_quotes(value: str) -> None:
    text = f"The Access-Control-Allow-Origin header contains multiple values {value}, but only one is allowed"
    assert only(text).facts.value == value


def test_of_several_causes_none_is_certain() -> None:
    certainties = [str(suspect.certainty) for suspect in only("SecurityError: The operation is insecure.").suspects]
    assert certainties == ["likely", "possible", "possible"]


def test_what_a_browser_loads_into_its_own_page_of_an_error_could_not_be_loaded() -> None:
    finding = only(
        f"Unsafe attempt to load URL {URL} from frame with URL chrome-error://chromewebdata/. Domains, protocols and "
        "ports must match."
    )
    assert [suspect.cause.id for suspect in finding.suspects] == ["unreachable", "frame-options"]
    assert (finding.facts.url, finding.facts.origin) == (URL, "")


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("The header field is not allowed by Access-Control-Allow-Headers in preflight response", "header", ""),
        ("One of them is not allowed by Access-Control-Allow-Headers", "header", ""),
        ("Authorization is not allowed by Access-Control-Allow-Headers", "header", "Authorization"),
        ("Why is it that delete is not allowed by Access-Control-Allow-Methods", "method", ""),
        ("Method delete is not allowed by Access-Control-Allow-Methods", "method", "delete"),
        ("Request header field x-a, x-b is not allowed by Access-Control-Allow-Headers", "headers", ("x-a", "x-b")),
        ("Blocked by Content Security Policy. See https://docs.example/csp", "url", ""),
        (f"The image from {URL} was blocked by Content Security Policy; connect-src has https://x.example", "url", URL),
        ("Load denied by X-Frame-Options. See https://docs.example/frames", "url", ""),
        (("Mixed Content: The page at 'https://a.example/' was loaded over HTTPS, but requested an insecure\n"
          "GET https://api.example/b 200"), "url", ""),
        (f"page.goto: net::ERR_CONNECTION_REFUSED at {URL}", "url", URL),
        ("SEC7120: Origin https://a\nno idea. My origin https://b.example is not there", "origin", ""),
        ("Firefox can’t establish a connection to the server at wss://api.example/ws.", "url", "wss://api.example/ws"),
        (f"{URL}:1 Failed to load resource: net::ERR_CONNECTION_REFUSED", "url", URL),
        ("http://localhost:3000 Failed to load resource: net::ERR_CONNECTION_REFUSED", "url", "http://localhost:3000"),
        ("see https://docs.example/\nFailed to load resource: net::ERR_CONNECTION_REFUSED", "url", ""),
    ],
)  # fmt: skip
def test_a_fact_stands_in_its_own_sentence(text: str, fact: str, value: object) -> None:
    assert getattr(why(text).findings[0].facts, fact) == value


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("One or more reserved bits are on: reserved1 = 1", "connection-broken"),
        ("WebSocket opening handshake timed out", "timed-out"),
        ("The network connection was lost.", "connection-broken"),
        ("Error during WebSocket handshake: net::ERR_CONNECTION_RESET", "connection-broken"),
    ],
)
def test_a_connection_that_fails_otherwise_is_not_refused_for_its_origin(reason: str, cause: str) -> None:
    finding = only(f"WebSocket connection to 'wss://api.example/ws' failed: {reason}")
    assert (finding.suspects[0].cause.id, finding.facts.url) == (cause, "wss://api.example/ws")


REFUSED = f"Refused to connect to '{URL}' because it violates the following Content Security Policy directive: \"x\"."
FRAMED = (
    f"Refused to frame '{URL}' because an ancestor violates the following Content Security Policy directive: \"x\"."
)


@pytest.mark.parametrize(
    "text",
    [
        f"[Report Only] {REFUSED}",
        f"[Report Only] {FRAMED}",
        (
            f"Connecting to '{URL}' violates the following Content Security Policy directive: \"x\". The policy is "
            "report-only, so the violation has been logged but no further action has been taken."
        ),
        (
            "Content-Security-Policy: (Report-Only policy) The page’s settings would block the loading of a resource "
            f"(img-src) at {URL}"
        ),
        (
            f"Content-Security-Policy: The page’s settings observed the loading of a resource at {URL} (“img-src”). A "
            "CSP report is being sent."
        ),
    ],
)
def test_a_policy_that_only_reports_blocks_nothing(text: str) -> None:
    found = why(text).findings[0]
    assert (found.suspects[0].cause.id, found.blocked) in {(cause, False) for cause in REPORTED}
    both = [finding for finding in why(f"{text}\n{REFUSED}").findings if finding.blocked]
    assert [finding.suspects[0].cause.id for finding in both] == ["content-security-policy"]


REPORTED = ("content-security-policy", "frame-options", "unrecognised")  # Firefox's in parentheses is in every language


def test_the_value_of_a_policy_is_no_message() -> None:
    assert named("Content-Security-Policy: default-src 'self'; img-src * (img-src)") == ["unrecognised"]
