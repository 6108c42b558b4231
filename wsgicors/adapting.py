"""What an adapter for another framework needs: decide, answer, set headers, report, look up policies, read settings.

An adapter calls `decide` for each request. If the verdict has a status, it sends the response of `answer` instead of
calling the app. Otherwise it calls the app, and puts the verdict's headers on the response: with `set_headers` for a
mapping of headers, with `merge_headers` for a list of pairs. It passes a verdict with a refusal to `report`.

>>> from wsgicors import Policy
>>> rules = Rules({"/api": Policy(allow_origins=["https://www.example.com"])})
>>> request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/notes", "HTTP_ORIGIN": "https://www.example.com"}
>>> policy = rules.find(path_of(request))
>>> verdict = decide(request, policy)
>>> verdict.status, merge_headers([("Vary", "Cookie")], verdict)
(None, [('Vary', 'Cookie, Origin'), ('Access-Control-Allow-Origin', 'https://www.example.com')])
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from wsgicors._answers import CORE_NAMES, Answer
from wsgicors._answers import answer as _answer
from wsgicors._checks import Checks, corrected_origin
from wsgicors._decisions import CROSS_SITE
from wsgicors._grammar import split_pattern
from wsgicors._harmless import build_policy, ignored
from wsgicors._headers import Headers, merge_headers, set_headers
from wsgicors._http import SAFE_METHODS
from wsgicors._log import log, refusals
from wsgicors._same_origin import is_same_origin
from wsgicors._text_settings import read_text
from wsgicors.origins import is_loopback
from wsgicors.patterns import Member
from wsgicors.policy import SETTINGS, Origins, Policy
from wsgicors.problems import ALLOWABLE, nearest, page_of
from wsgicors.rules import NO_RULES, Answerer, Policies, PolicyList, Rules, RuleSet, members_of, settled
from wsgicors.verdict import Refusal, Verdict

__all__ = [
    "ALLOWABLE",
    "NO_RULES",
    "SETTINGS",
    "Answer",
    "Answerer",
    "Checks",
    "Headers",
    "Member",
    "Origins",
    "Policies",
    "PolicyList",
    "RuleSet",
    "Rules",
    "admits_everybody",
    "answer",
    "build_policy",
    "corrected_origin",
    "decide",
    "ignored",
    "is_loopback",
    "is_preflight",
    "listed_origins",
    "log",
    "members_of",
    "merge_headers",
    "nearest",
    "other_sites",
    "page_of",
    "path_of",
    "read_text",
    "report",
    "set_headers",
    "settled",
]


def is_preflight(environ: Mapping[str, Any]) -> bool:
    """Whether a request is a CORS preflight (Fetch, "CORS-preflight request").

    >>> is_preflight({"REQUEST_METHOD": "OPTIONS", "HTTP_ORIGIN": "https://a.example"})
    False
    """
    return (
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        and "HTTP_ORIGIN" in environ
        and environ.get("REQUEST_METHOD") == "OPTIONS"
    )


def path_of(environ: Mapping[str, Any]) -> str:
    """Return the path for `Rules.find`: SCRIPT_NAME and PATH_INFO."""
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return path


def decide(environ: Mapping[str, Any], policy: Answerer, *, host: Callable[[], str] | None = None) -> Verdict:
    """Decide on a request, a preflight or an actual one.

    `wsgicors.Policy.actual` and `wsgicors.Policy.preflight` decide by the origin; this function adds what depends on
    the rest of the request. Requests of the server's own pages are not refused: they are not cross-origin.

    Args:
        environ: The request, as a mapping with WSGI's keys, such as Django's ``request.META``.
        policy: The policy or list of policies that covers the request.
        host: Returns the server's own host and port, if the framework knows better than the Host header. Called only
            for requests whose origin is not allowed, and that have no Sec-Fetch-Site.

    Returns:
        The verdict. If it has a status, send the response of `answer` instead of the app's. If it has a refusal, pass
        it to `report`.

    >>> from wsgicors import Policy
    >>> policy = Policy(allow_origins=["https://www.example.com"], refuse="forbid")
    >>> post = {"REQUEST_METHOD": "POST", "HTTP_HOST": "api.example.com", "HTTP_ORIGIN": "https://evil.example"}
    >>> decide(post, policy).status, decide({**post, "HTTP_ORIGIN": "https://api.example.com"}, policy).status
    (403, None)
    """
    origin: str | None = environ.get("HTTP_ORIGIN")
    asked: str | None = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
    # `is_preflight` inline: saves a call and a second lookup, which cost 900 instructions.
    if asked is not None and origin is not None and environ.get("REQUEST_METHOD") == "OPTIONS":
        return policy.preflight(
            origin,
            asked,
            environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", ""),
            private_network=environ.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true",
        )
    verdict = policy.actual(origin)
    if origin is None:
        if policy.forbids and environ.get("REQUEST_METHOD") not in SAFE_METHODS and _is_sent_by_others(environ):
            return CROSS_SITE
    elif verdict.refusal is not None:
        fetch_site: str | None = environ.get("HTTP_SEC_FETCH_SITE")
        own = ""
        if not fetch_site:
            own = environ.get("HTTP_HOST", "") if host is None else host()
        if is_same_origin(origin, own, fetch_site):
            return verdict._replace(allowed=True, refusal=None, status=None)
        if verdict.status is not None and environ.get("HTTP_SEC_FETCH_MODE") == "navigate":
            return _of_navigation(verdict)
    return verdict


def _is_sent_by_others(environ: Mapping[str, Any]) -> bool:
    """Whether Sec-Fetch-Site says that a page of another origin sent the request, by Go's rules.

    Old browsers and other clients do not send it; their requests without Origin pass
    (https://pkg.go.dev/net/http#CrossOriginProtection).
    """
    return environ.get("HTTP_SEC_FETCH_SITE", "") not in ("", "same-origin", "none")


def _of_navigation(verdict: Verdict) -> Verdict:
    """Return the verdict on a form posted by another site's page, whose response no script reads."""
    posted = verdict.refusal in (Refusal.ORIGIN_NOT_ALLOWED, Refusal.NULL_ORIGIN)
    return verdict._replace(refusal=Refusal.NAVIGATION_NOT_ALLOWED) if posted else verdict


def answer(
    verdict: Verdict, policy: Answerer | None = None, *, debug: bool = False, names: Mapping[str, str] = CORE_NAMES
) -> Answer:
    """Return the response to a request whose verdict has a status: its status, its headers, its body.

    Args:
        verdict: What was decided.
        policy: The policy that decided it, which finds the nearest allowed value in debug mode.
        debug: Whether the response to a refused request includes the remedy and the nearest allowed value.
        names: The owner's names of the settings, by the names of `wsgicors.Policy`, for the remedy.

    >>> from wsgicors import Policy
    >>> policy = Policy(allow_origins=["https://www.example.com"], refuse="forbid")
    >>> answer(policy.actual("https://example.com")).status
    403
    """
    asked = debug and policy is not None and verdict.refusal is not None
    return _answer(verdict, policy.nearest(verdict) if asked and policy is not None else None, names)


def report(verdict: Verdict, environ: Mapping[str, Any]) -> None:
    """Log a refusal: at WARNING, or at INFO after five of its code in a minute. Verdicts without a refusal are ignored.

    Args:
        verdict: What was decided.
        environ: The request, as a mapping with WSGI's keys.
    """
    refusals().report(verdict, environ)


def other_sites(policy: Policy, host: str = "") -> tuple[str, ...]:
    """Return the listed origins of a policy that belong to another site than the server, as texts.

    Browsers do not send cookies with ``SameSite=Lax`` or ``Strict`` from there, whatever the policy says. Loopback
    hosts (a developer's machine), regular expressions and sources are left out.

    Args:
        policy: The policy.
        host: The server's host, with or without a port; ``""`` if it is not known.

    >>> from wsgicors import Policy
    >>> other_sites(Policy(allow_origins=["https://app.example.com", "http://localhost:*"]), "api.example.com")
    ()
    >>> other_sites(Policy(allow_origins=["https://app.example.com"]), "shop.example.org")
    ('https://app.example.com',)
    """
    from wsgicors._suffixes import registrable_domain

    own = registrable_domain(host.rpartition(":")[0] or host)
    others: list[str] = []
    for text in listed_origins(policy):
        parts = split_pattern(text)
        if parts is not None and not is_loopback(parts[1]) and (not own or registrable_domain(parts[1]) != own):
            others.append(text)
    return tuple(others)


def listed_origins(policy: Policy) -> tuple[str, ...]:
    r"""Return the origins and patterns that a policy lists, as texts; no regular expressions.

    >>> from wsgicors import Policy
    >>> listed_origins(Policy(allow_origins=["https://a.example", re.compile(r"https://b\.example")]))
    ('https://a.example',)
    """
    origins = cast("object", policy.allow_origins)
    members = cast("tuple[object, ...]", origins) if isinstance(origins, tuple) else ()
    return tuple(str(member) for member in members if not isinstance(member, re.Pattern))


def admits_everybody(policy: Policy) -> bool:
    """Whether a policy allows every origin.

    >>> from wsgicors import Policy
    >>> admits_everybody(Policy(allow_origins="*"))
    True
    """
    return policy.allow_origins == ("*",)
