"""What a browser concludes from an exchange, step by step, as the Fetch standard says.

This package is an independent second opinion on the server side, and shares nothing with it: no import, no list of
names, no notion of a policy. From a page's request and a server's responses it concludes whether the page may read the
response and, if not, at which step of the standard the fetch failed:

>>> page = Request("https://api.example/notes/7", origin="https://app.example", method="put")
>>> allow = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET, POST")]
>>> conclusion = judge(page, Response(204, allow), None)
>>> conclusion.allowed, str(conclusion.failed.stage), str(conclusion.failed.failure), conclusion.failed.names
(False, 'preflight', 'method-not-allowed', ('PUT',))
>>> conclusion.failed.section, conclusion.failed.detail
('#cors-preflight-fetch-0', "'PUT' is not among the methods allowed: 'GET', 'POST'")

Modeled: ``fetch()`` and ``XMLHttpRequest`` of a page in request mode "cors", following redirects, with empty caches.
Not modeled: headers that the user agent adds (Host, User-Agent, Accept-Language, …), and checks that ignore CORS
headers (content security policy, mixed content, bad ports, service workers, streamed bodies, password prompts).

Header values are isomorphic strings, one character for each byte, as in WSGI. A section is a fragment of
https://fetch.spec.whatwg.org/, or the whole address of a section elsewhere. "HTTP-redirect fetch, 7" in a
comment is step 7 of that algorithm.
"""

from wsgicors.browser._conclusion import Check, Conclusion, Exchange, Failure, Note, Outcome, Stage, Step
from wsgicors.browser._fetch import fetch, judge, preflight_request
from wsgicors.browser._messages import Credentials, Headers, Request, Response
from wsgicors.browser._methods import is_forbidden_method, is_safelisted_method, normalize_method
from wsgicors.browser._preflight import MAX_AGE_LIMITS
from wsgicors.browser._request_headers import is_forbidden_header, is_safelisted_header, unsafe_header_names

__all__ = [
    "MAX_AGE_LIMITS",
    "Check",
    "Conclusion",
    "Credentials",
    "Exchange",
    "Failure",
    "Headers",
    "Note",
    "Outcome",
    "Request",
    "Response",
    "Stage",
    "Step",
    "fetch",
    "is_forbidden_header",
    "is_forbidden_method",
    "is_safelisted_header",
    "is_safelisted_method",
    "judge",
    "normalize_method",
    "preflight_request",
    "unsafe_header_names",
]
