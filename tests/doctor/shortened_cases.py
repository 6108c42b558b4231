"""Messages as people paste them: quoted in part, without their quotes, with what a server's log says."""

from typing import Final

from tests.doctor.wording_cases import ALL, PAGE, Case
from wsgicors.doctor.catalogue._wordings import FAILURE_LINE, WORDINGS


def _without_quotes(text: str) -> str:
    """Return a message as a forum shows it that drops all quotes."""
    return text.translate(dict.fromkeys(map(ord, "'‘’\"`")))


QUOTED_IN_PART: Final = [
    *(
        Case(said, "firefox/CORSMissingAllowOrigin", "cors-absent", "possible")
        for said in (
            "CORS-header ‘Access-Control-Allow-Origin’ missing", "'Access-Control-Allow-Origin' is missing",
            "the 'Access-Control-Allow-Origin' header is missing", "the 'Access-Control-Allow-Origin' header missing",
            "missing `Access-Control-Allow-Origin`", "header Access-Control-Allow-Origin missing",
            "The Access-Control-Allow-Origin is missing", "the Access-Control-Allow-Origin header is missing",
            "the Access-Control-Allow-Origin header missing", "missing Access-Control-Allow-Origin",
        )
    ),
    Case("`The 'Access-Control-Allow-Origin' header contains multiple values`", "chromium/MultipleAllowOriginValues",
         "two-layers", "likely"),
    Case("'Access-Control-Allow-Origin' header in the response must not be the wildcard",
         "chromium/WildcardOriginNotAllowed", "credentials-wildcard"),
    *(
        Case(f"fails with `ERR_INVALID_REDIRECT on the {preflight} request`", "chromium/PreflightDisallowedRedirect",
             "preflight-redirect")
        for preflight in ("CORS preflight", "preflight")
    ),
    Case("Redirect is not allow for a preflight", "chromium/PreflightDisallowedRedirect", "preflight-redirect"),
    Case("Reason: missing token ‘x-a’ in CORS header", "firefox/CORSMissingAllowHeaderFromPreflight",
         "header-not-allowed", "likely"),
    Case("An error occured: Check your connection and your registry must have `Access-Control-Allow-Origin` header",
         "script/registry", "cors-absent", "possible"),
]  # fmt: skip

LOGS: Final = [
    Case("Failed to execute 'send' on 'XMLHttpRequest': Failed to load 'https://api.example/a'.", "script/xhr",
         "unspecified", "possible"),
    Case("Error: Network Error", "script/axios", "unspecified", "possible"),
    Case("Failed to fetch http://api.example/a.yaml", "script/fetch", "unspecified", "possible"),
    Case("Failed to fetch https://api.example/a.yaml", "script/fetch", "unspecified", "possible"),
    Case("Possible cross-origin (CORS) issue? The URL origin (http://localhost:3000) does not match the page",
         "script/swagger", "unspecified", "possible"),
    *(
        Case(f"Not found because of proxy error: Error: {said}", "server/cors-anywhere", cause)
        for said, cause in (
            ("self signed certificate in certificate chain", "certificate"),
            ("unable to verify the first certificate", "certificate"),
            ("connect ECONNREFUSED 127.0.0.1:9", "unreachable"),
            ("getaddrinfo ENOTFOUND api.example", "name-not-found"),
            ("connect ETIMEDOUT 192.0.2.7:443", "timed-out"),
            ("read ECONNRESET", "connection-broken"),
            ("Parse Error: Expected HTTP/", "proxy-bad-gateway"),
        )
    ),
    Case("code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'", "server/node", "certificate"),
    Case("CORS error: Some headers are not allowed", "server/relay", "header-not-allowed"),
    Case("Blocking Cross Origin API request.  Origin: http://a.example/, Host: b.example", "server/jupyter",
         "origin-not-allowed"),
    Case("Blocking Cross Origin request from b.example", "server/jupyter", "origin-not-allowed"),
    Case('{"message":"origin not allowed"}', "server/origin-check", "origin-not-allowed", "likely"),
    Case('"cors.credentials" must be one of [false]', "server/hapi", "credentials-wildcard"),
    Case('at=error code=H12 desc="Request timeout" method=GET path="/" status=503', "server/heroku", "proxy-timeout"),
    Case('at=error code=H10 desc="App crashed" method=GET path="/" status=503', "server/heroku", "proxy-bad-gateway"),
    *(
        Case(said, "server/gateway", cause)
        for said, cause in (
            ("no healthy upstream", "proxy-bad-gateway"),
            ("upstream connect error or disconnect/reset before headers. reset reason: overflow", "proxy-bad-gateway"),
            ("Application failed to respond", "proxy-bad-gateway"),
            ("This Serverless Function has timed out. FUNCTION_INVOCATION_TIMEOUT", "proxy-timeout"),
            ('{"message": "Endpoint request timed out"}', "proxy-timeout"),
            ("Task timed out after 3.00 seconds", "proxy-timeout"),
            ("FUNCTION_PAYLOAD_TOO_LARGE", "proxy-body-too-large"),
            ("<center><h1>Request Entity Too Large</h1></center>", "proxy-body-too-large"),
            ("PayloadTooLargeError", "proxy-body-too-large"),
        )
    ),
    *(
        Case(said, FAILURE_LINE, "unrecognised", "possible")
        for said in (
            "Traceback (most recent call last):", "ERROR: Exception in ASGI application",
            "ERROR in app: Exception on /items [POST]",
            "An unhandled exception has occurred while executing the request.",
            "Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception",
            "PHP Fatal error: Uncaught Error", "Fatal error: Uncaught Error",
        )
    ),
]  # fmt: skip

_QUOTELESS: Final = {wording.phrase: wording.id for wording in WORDINGS if "'" not in wording.phrase}

WITHOUT_QUOTES: Final = [
    case._replace(text=_without_quotes(case.text))
    for case in ALL
    if "'access-control-" in case.text.lower().translate(dict.fromkeys(map(ord, "‘’`"), "'"))
    and any(case.wording == wording and phrase in _without_quotes(case.text).lower()
            for phrase, wording in _QUOTELESS.items())
    and not case.text.startswith(("No 'Access", PAGE))
]  # fmt: skip
"""The sentences that are recognized by a header's name, without any quotes."""

SHORTENED: Final = [*QUOTED_IN_PART, *LOGS, *WITHOUT_QUOTES]
