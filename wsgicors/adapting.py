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
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, cast

from wsgicors._answers import CORE_NAMES, Answer
from wsgicors._answers import answer as _answer
from wsgicors._catalogue import CATALOGUE, HARMLESS
from wsgicors._checks import Checks, corrected_origin
from wsgicors._decisions import CROSS_SITE
from wsgicors._grammar import split_pattern
from wsgicors._headers import merge as merge_headers
from wsgicors._headers import merged_vary, unrelated
from wsgicors._http import SAFE_METHODS
from wsgicors._log import log, refusals
from wsgicors._same_origin import is_same_origin
from wsgicors._text_settings import read_text
from wsgicors.origins import is_loopback
from wsgicors.patterns import Member
from wsgicors.policy import SETTINGS, Origins, Policy
from wsgicors.problems import ALLOWABLE, PolicyError, Problem, nearest, page_of
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


class Headers(Protocol):
    """A case-insensitive mapping of a response's headers, such as Django's ``response.headers``."""

    def __iter__(self) -> Iterator[str]: ...
    def __getitem__(self, name: str, /) -> str: ...
    def __setitem__(self, name: str, value: str, /) -> None: ...
    def __delitem__(self, name: str, /) -> None: ...


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
        if fetch_site is None:
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


def set_headers(headers: Headers, verdict: Verdict) -> list[str]:
    """Set a verdict's headers on a response: drop its own CORS headers, and extend its ``Vary``.

    Returns:
        The names of the headers that were dropped.

    >>> from wsgicors import Policy
    >>> headers = {"Vary": "Cookie"}
    >>> set_headers(headers, Policy(allow_origins=["https://a.example"]).actual("https://a.example"))
    []
    >>> headers
    {'Vary': 'Cookie, Origin', 'Access-Control-Allow-Origin': 'https://a.example'}
    """
    vary: list[str] = []
    dropped: list[str] = []
    known = unrelated.known
    # Caching unrelated names and merged values saves 8,100 of 31,300 instructions with a response of Django. Nearly all
    # of the rest is Django's own cost of setting two headers.
    for name in [name for name in headers if name not in known]:
        lowered = name.strip().lower()
        if lowered == "vary":
            vary.append(headers[name])
        elif lowered.startswith("access-control-"):
            del headers[name]
            dropped.append(name)
        else:
            unrelated.keep(name, None)
    if vary or verdict.vary:
        name, value = merged_vary(tuple(vary), verdict.vary)
        if value:
            headers[name] = value
    for name, value in verdict.headers:
        headers[name] = value
    return dropped


def report(verdict: Verdict, environ: Mapping[str, Any]) -> None:
    """Log a refusal: at WARNING, or at INFO after five of its code in a minute. Verdicts without a refusal are ignored.

    Args:
        verdict: What was decided.
        environ: The request, as a mapping with WSGI's keys.
    """
    refusals().report(verdict, environ)


def build_policy(settings: Mapping[str, Any]) -> tuple[Policy, tuple[Problem, ...]]:
    """Build a policy as `wsgicors.Policy` does, but leave out what has no effect in any browser.

    Other libraries accept such values: a header that no page can set, a method that no page can send, a ``max_age``
    over a day, unescaped dots of ``127.0.0.1`` in an expression. Leaving them out changes nothing, so an adapter can
    warn instead of failing.

    Args:
        settings: The settings, by the names of `wsgicors.Policy`.

    Returns:
        The policy, and the problems to warn of.

    Raises:
        PolicyError: with every other problem.

    >>> settings = {"allow_origins": "*", "allow_headers": ["X-Mine", "Origin"], "max_age": 864000}
    >>> policy, problems = build_policy(settings)
    >>> policy
    Policy(allow_origins='*', allow_headers=['X-Mine'], max_age=86400)
    >>> [problem.code for problem in problems]
    ['header-forbidden', 'max-age-range']
    """
    # An iterator can be read only once, and the settings may be read twice.
    values: dict[str, Any] = {
        name: [*cast("Iterator[object]", value)] if isinstance(value, Iterator) else value
        for name, value in settings.items()
    }
    try:
        return Policy(**values), ()
    except PolicyError as error:
        harmless = tuple(problem for problem in error.problems if _is_harmless(problem))
        if not harmless:
            raise
    for problem in harmless:
        values[problem.setting] = _without(values[problem.setting], problem)
    return Policy(**values), harmless


def _is_harmless(problem: Problem) -> bool:
    match problem.code:
        case "not-a-token":
            # A header with its value: browsers would ignore it.
            return problem.setting == "expose_headers" and str(problem.value).lower().startswith("access-control-")
        case "regex-dot":
            return _with_loopback_dots(str(problem.value)) is not None
        case "max-age-range":
            return cast("int", problem.value) >= 0
        case code:
            return code in HARMLESS


def _without(value: Any, problem: Problem) -> object:
    """Return the value of a setting without the member that has no effect."""
    if problem.code == "max-age-range":
        return int(problem.instead)
    if isinstance(value, str):
        return value  # instead of a list, which is a problem of its own
    if problem.code == "regex-dot":
        return [_escaped(cast("object", member), problem) for member in value]
    return [name for name in value if name != problem.value]


def _escaped(member: object, problem: Problem) -> object:
    """Return a member of ``allow_origins``, with the dots of 127.0.0.1 escaped if the problem is about this member."""
    if not isinstance(member, re.Pattern):
        return member
    regex = cast("re.Pattern[str]", member)
    return (
        re.compile(_with_loopback_dots(regex.pattern) or "", regex.flags) if regex.pattern == problem.value else regex
    )


def _with_loopback_dots(pattern: str) -> str | None:
    r"""Return an expression with the dots of ``127.0.0.1`` escaped; None if it has any other fault.

    It then no longer admits names such as ``127a0b0c1``. No top-level domain begins with a digit, so such names do not
    resolve (RFC 3696, 2).

    >>> print(_with_loopback_dots(r"http://127.0.0.1:\d+"), _with_loopback_dots(r"https://www.example\.com"))
    http://127\.0\.0\.1:\d+ None
    """
    from wsgicors._suggestions import member_problem  # at start-up only

    literal = re.sub(r"(?<!\d)127\.0\.0\.1(?!\d)", r"127\\.0\\.0\\.1", pattern)
    proven = literal != pattern and member_problem(re.compile(literal)) is None
    return literal if proven else None


def ignored(problem: Problem) -> str:
    """Return the warning for a problem whose value `build_policy` left out.

    >>> _, [problem] = build_policy({"allow_origins": "*", "allow_methods": ["PUT", "TRACE"]})
    >>> ignored(problem)
    "'TRACE' in allow_methods: no browser lets a page send this method. It is ignored."
    """
    return f"{problem.message} {CATALOGUE[problem.code].harmless or 'It is ignored.'}"


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
