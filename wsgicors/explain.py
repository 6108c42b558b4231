"""Why a request is or is not allowed, told to whoever runs the server: which policy answers, its verdicts, and the browser's.

Nothing is sent. The policy is asked what the middleware would ask it, and `wsgicors.browser` judges the answers. The
adapters' commands ``explain`` and ``list`` are made of this.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, cast
from urllib.parse import urlsplit

from wsgicors import browser
from wsgicors._answers import answer
from wsgicors._same_origin import is_same_origin
from wsgicors.policy import Policy
from wsgicors.rules import Answerer, PolicyList
from wsgicors.verdict import Verdict

LISTED: Final = 20
"""Members of a setting that are shown."""


@dataclass(slots=True)
class Explanation:
    """One request of a page, explained.

    Attributes:
        url: What is asked for.
        origin: The page's origin.
        method: The method.
        headers: The request headers that the page's script sets.
        credentials: Whether cookies and the like are to go with it.
        view: The view that serves the URL, in words; ``""`` where there is none.
        rule: What says which policy answers, in words; ``""`` where nothing covers the URL.
        policies: Those that answer together; none where nothing covers the URL, or where nobody knows what does.
        preflight: The verdict on the preflight; None where none is sent, or nothing covers the URL.
        actual: The verdict on the request itself; None where it is not sent, or nothing covers the URL.
        nearest: The allowed value nearest to the refused one, or ``""``.
        conclusion: What the browser makes of it all; None where no browser can make the request.
        impossible: Why no browser can, or ``""``.
    """

    url: str
    origin: str
    method: str = "GET"
    headers: tuple[str, ...] = ()
    credentials: bool = False
    view: str = ""
    rule: str = ""
    policies: tuple[Policy, ...] = field(default=(), init=False)
    preflight: Verdict | None = field(default=None, init=False)
    actual: Verdict | None = field(default=None, init=False)
    nearest: str = field(default="", init=False)
    conclusion: browser.Conclusion | None = field(default=None, init=False)
    impossible: str = field(default="", init=False)

    @property
    def allowed(self) -> bool:
        """Whether the page may read the answer."""
        return self.conclusion is not None and self.conclusion.allowed

    def lines(self) -> list[str]:
        """The explanation as text."""
        extras = [*self.headers, *(["credentials"] if self.credentials else [])]
        lines = [
            f"{self.method} {self.url} from a page of {self.origin}" + (f", with {', '.join(extras)}" if extras else "")
        ]
        lines += _told("View", [self.view or "none"])
        lines += _told("Rule", [self.rule or "none: what the app sets itself stands as it is"])
        for policy in self.policies:
            lines += _told("Policy", policy_lines(policy))
        for name, verdict in (("Preflight", self.preflight), ("Request", self.actual)):
            if verdict is not None:
                lines += _told(name, _verdict_lines(verdict))
        if self.nearest:
            lines += _told("Nearest", [self.nearest])
        return lines + _told("Browser", self._browser_lines())

    def _browser_lines(self) -> list[str]:
        if self.conclusion is None:
            return [f"no browser sends this: {self.impossible}"]
        notes = [step.detail for step in self.conclusion.steps if step.note]
        failures = [f"{step.stage}: {step.detail} ({step.section})" for step in self.conclusion.failures]
        return [*notes, *failures, f"The page {'can' if self.allowed else 'cannot'} read the answer."]


def explain(
    answerer: Answerer | None,
    url: str,
    origin: str,
    *,
    method: str = "GET",
    headers: Iterable[str] = (),
    credentials: bool = False,
    private_network: bool = False,
    view: str = "",
    rule: str = "",
) -> Explanation:
    r"""Explain one request of a page.

    Args:
        answerer: What answers for the URL; None where nothing covers it.
        url: Absolute.
        origin: The page's origin, as its browser sends it.
        method: The method.
        headers: Names of request headers, or whole ones (``Name: value``).
        credentials: Whether cookies and the like are to go with it.
        private_network: Whether the page is in a more public network than the server.
        view: The view that serves the URL, in words.
        rule: What says that `answerer` answers, in words.

    >>> policy = Policy(allow_origins=["https://app.example"], allow_methods=["PUT"])
    >>> put = explain(policy, "https://api.example/notes", "https://app.example", method="PUT", rule="/")
    >>> put.allowed, explain(policy, "https://api.example/notes", "https://www.app.example").allowed
    (True, False)
    >>> print(*put.lines(), sep="\n")
    PUT https://api.example/notes from a page of https://app.example
      View       none
      Rule       /
      Policy     allow_origins: https://app.example
                 allow_methods: PUT
      Preflight  allowed
                 Access-Control-Allow-Origin: https://app.example
                 Access-Control-Allow-Methods: PUT
      Request    allowed
                 Access-Control-Allow-Origin: https://app.example
      Browser    The page can read the answer.
    """
    explanation = Explanation(url, origin, method, tuple(headers), credentials, view, rule)
    if isinstance(answerer, PolicyList):
        explanation.policies = answerer.policies
    elif isinstance(answerer, Policy):
        explanation.policies = (answerer,)
    try:
        page = browser.Request(
            url,
            origin,
            method,
            [_header(header) for header in explanation.headers],
            "include" if credentials else "same-origin",
            private_network,
        )
    except ValueError as error:
        explanation.impossible = str(error)
        if answerer is not None:
            explanation.actual = answerer.actual(origin)
    else:
        explanation.conclusion = browser.fetch(page, lambda sent: _respond(answerer, sent, explanation))
    for verdict in (explanation.preflight, explanation.actual):
        if answerer is not None and verdict is not None and verdict.refusal is not None:
            explanation.nearest = answerer.nearest(verdict)
    return explanation


def _respond(answerer: Answerer | None, sent: browser.Request, explanation: Explanation) -> browser.Response:
    """What is answered to a request as the browser sends it; 200 stands for whatever the app answers."""
    if answerer is None:
        return browser.Response(200)
    headers = {name.lower(): value for name, value in sent.headers}
    origin, method = headers.get("origin"), headers.get("access-control-request-method")
    if origin is not None and method is not None:
        names = headers.get("access-control-request-headers", "")
        private_network = "access-control-request-private-network" in headers
        verdict = explanation.preflight = answerer.preflight(origin, method, names, private_network=private_network)
    else:
        verdict = explanation.actual = answerer.actual(origin)
        if verdict.status is None or is_same_origin(origin or "", urlsplit(sent.url).netloc, None):
            return browser.Response(200, verdict.headers)
    whole = answer(verdict)
    return browser.Response(whole.status, whole.headers)


def _header(text: str) -> tuple[str, str]:
    """A request header; one that is given by its name alone has a value that needs the server's permission."""
    name, _, value = text.partition(":")
    return name, value or ("application/json" if name.lower() == "content-type" else "1")


def covering_rule(paths: Iterable[str], path: str) -> str | None:
    """The rule that covers `path`: the longest of `paths` that it equals or is below; None where there is none.

    >>> covering_rule(["/", "/api"], "/api/notes"), covering_rule(["/api"], "/apiv2")
    ('/api', None)
    """
    covering = (rule for rule in paths if rule in ("/", path) or path.startswith(rule + "/"))
    return max(covering, key=len, default=None)


def policy_lines(policy: Policy) -> list[str]:
    """A policy's settings that differ from their defaults, a line each.

    >>> policy_lines(Policy(allow_origins=["https://a.example", "https://*.b.example"], allow_credentials=True))
    ['allow_origins: https://a.example, https://*.b.example', 'allow_credentials: True']
    """
    return [f"{name}: {_shown(value)}" for name, value in policy.to_mapping().items()]


def _shown(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    members = cast("list[object]", value)
    more = f", … and {len(members) - LISTED} more" if len(members) > LISTED else ""
    return ", ".join(map(_member, members[:LISTED])) + more


def _member(member: object) -> str:
    return f"regex {member['regex']}" if isinstance(member, dict) else str(member)


def list_lines(entries: Iterable[tuple[str, Iterable[Policy]]]) -> list[str]:
    r"""A listing of policies: what each entry's policies answer for, and their settings.

    Args:
        entries: What is covered, in words, and the policies that answer for it; none where it is exempt.

    >>> print(*list_lines([("/api", [Policy(allow_origins="*")]), ("/admin", [])]), sep="\n")
    /api
      allow_origins: *
    /admin
      exempt
    """
    lines: list[str] = []
    for covered, policies in entries:
        lines.append(covered)
        told = [policy_lines(policy) for policy in policies] or [["exempt"]]
        for index, policy in enumerate(told):
            if index:
                lines.append("  and, where that allows no such origin:")
            lines += [f"  {line}" for line in policy]
    return lines


def _verdict_lines(verdict: Verdict) -> list[str]:
    if verdict.refusal is None:
        return ["allowed", *(f"{name}: {value}" for name, value in verdict.headers)]
    return [f"refused: {verdict.sentence}", verdict.remedy]


def _told(subject: str, lines: Iterable[str]) -> list[str]:
    return [f"  {'' if index else subject:10} {line}" for index, line in enumerate(lines)]
