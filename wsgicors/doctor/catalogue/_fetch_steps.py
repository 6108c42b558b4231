"""The step of the Fetch standard that each failure is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wsgicors.browser import Failure

STEPS: Final[Mapping[Failure, str]] = MappingProxyType(
    {
        Failure.FORBIDDEN_METHOD: "new Request: the method is a forbidden method",
        Failure.URL_CREDENTIALS: "HTTP-redirect fetch, 9 and 10: the URL includes credentials",
        Failure.SCHEME_NOT_HTTP: "main fetch, 12, or HTTP-redirect fetch, 6: the scheme is neither http nor https",
        Failure.NO_RESPONSE: "HTTP-network fetch: no response, a network error",
        Failure.ALLOW_ORIGIN_MISSING: "CORS check, 2: Access-Control-Allow-Origin is missing",
        Failure.ALLOW_ORIGIN_MULTIPLE: "CORS check, 4: Access-Control-Allow-Origin holds several values",
        Failure.ALLOW_ORIGIN_INVALID: "CORS check, 4: Access-Control-Allow-Origin is not the request's origin, nor any",
        Failure.ALLOW_ORIGIN_MISMATCH: "CORS check, 4: Access-Control-Allow-Origin is not the request's origin",
        Failure.ALLOW_ORIGIN_WILDCARD: "CORS check, 3 and 4: * does not count for a request with credentials",
        Failure.ALLOW_CREDENTIALS_NOT_TRUE: "CORS check, 7: Access-Control-Allow-Credentials is not true",
        Failure.STATUS_NOT_OK: "CORS-preflight fetch, 7: the status is not an ok status, 200 to 299",
        Failure.PREFLIGHT_REDIRECTED: "CORS-preflight fetch, 7: a redirect is not an ok status, and is not followed",
        Failure.PRIVATE_NETWORK_NOT_ALLOWED: "Private Network Access: Access-Control-Allow-Private-Network is not true",
        Failure.ALLOW_METHODS_UNPARSEABLE: (
            "CORS-preflight fetch, 7.3: Access-Control-Allow-Methods is no list of names"
        ),
        Failure.METHOD_NOT_ALLOWED: "CORS-preflight fetch, 7.5: Access-Control-Allow-Methods lacks the method",
        Failure.ALLOW_HEADERS_UNPARSEABLE: (
            "CORS-preflight fetch, 7.3: Access-Control-Allow-Headers is no list of names"
        ),
        Failure.AUTHORIZATION_NOT_NAMED: "CORS-preflight fetch, 7.6: Access-Control-Allow-Headers lacks Authorization",
        Failure.HEADER_NOT_ALLOWED: "CORS-preflight fetch, 7.7: Access-Control-Allow-Headers lacks the header",
        Failure.LOCATION_INVALID: "HTTP-redirect fetch, 5: the redirect's Location is not a URL",
        Failure.REDIRECT_LIMIT: "HTTP-redirect fetch, 7: more than twenty redirects",
    }
)
"""The step of each failure, by its algorithm and number."""
