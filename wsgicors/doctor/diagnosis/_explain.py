"""Play the exchange between a policy and a page's browser, and return both verdicts. Nothing is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal, TypeAlias, TypedDict
from urllib.parse import unquote, urlsplit

from wsgicors import browser
from wsgicors.adapting import Answerer, PolicyList, Rules, RuleSet, answer, decide, is_preflight, merge_headers
from wsgicors.doctor.catalogue._remedies import Place
from wsgicors.doctor.diagnosis._asking import ask
from wsgicors.doctor.diagnosis._examination import Examination, ExaminationJson, Pair, pairs_json
from wsgicors.doctor.diagnosis._examining import examine
from wsgicors.doctor.diagnosis._questions import cause_of_refusal, near_origins
from wsgicors.doctor.diagnosis._ranking import certain
from wsgicors.policy import Policy
from wsgicors.verdict import Refusal, Verdict, in_words_of

DEFAULT_URL: Final = "https://api.example/"
"""The default URL, whose server does not exist."""


About: TypeAlias = Literal["preflight", "request"]


class VerdictJson(TypedDict):
    """What the server decides, with the headers that say so."""

    about: About
    allowed: bool
    refusal: Annotated[str, ("enum", tuple(refusal.value for refusal in Refusal))] | None
    sentence: str
    remedy: str
    headers: list[Pair]


class ExplainedJson(ExaminationJson):
    """Both sides of one exchange."""

    verdicts: list[VerdictJson]
    nearest: str
    heading: list[Pair]


@dataclass(frozen=True, slots=True)
class Explained:
    """Both sides of one exchange.

    Attributes:
        policies: The server's policies, of which the first that allows the origin answers; empty if nothing covers the
            URL, or its path is ambiguous.
        preflight: The server's verdict on the preflight; None if the browser sends none.
        actual: The server's verdict on the request itself; None if the browser does not send it.
        nearest: The allowed value nearest to the refused one, or "".
        examination: What the browser concludes, and why.
        heading: Lines for the top of the report, each a name and a value: what serves the URL, and where the policy
            comes from.
        settings: The owner's names of the settings, by the names of `wsgicors.Policy`.
        framework: The server's framework, if known: the report leaves out other frameworks' remedies.
    """

    policies: tuple[Policy, ...]
    preflight: Verdict | None
    actual: Verdict | None
    nearest: str
    examination: Examination
    heading: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    framework: Place | None = None

    @property
    def verdicts(self) -> list[tuple[About, Verdict]]:
        """The server's verdicts, each with what it is about."""
        named: list[tuple[About, Verdict | None]] = [("preflight", self.preflight), ("request", self.actual)]
        return [(name, verdict) for name, verdict in named if verdict is not None]

    def to_json(self) -> ExplainedJson:
        """Return it for `json.dumps`."""
        verdicts: list[VerdictJson] = [
            {
                "about": name,
                "allowed": verdict.allowed,
                "refusal": verdict.refusal.value if verdict.refusal else None,
                "sentence": verdict.sentence,
                "remedy": in_words_of(self.settings, verdict.remedy),
                "headers": pairs_json(verdict.headers),
            }
            for name, verdict in self.verdicts
        ]
        return {
            **self.examination.to_json(),
            "verdicts": verdicts,
            "nearest": self.nearest,
            "heading": pairs_json(self.heading),
        }


def explain(
    policy: Answerer | None,
    origin: str,
    *,
    url: str = DEFAULT_URL,
    method: str = "GET",
    headers: Iterable[str] = (),
    credentials: bool = False,
    private_network: bool = False,
    heading: Iterable[tuple[str, str]] = (),
    settings: Mapping[str, str] | None = None,
    framework: str = "",
) -> Explained:
    """Return what a policy answers to a page of ``origin``, and what the page's browser makes of that.

    Args:
        policy: The server's policy, or the result of `wsgicors.adapting.Rules.find`; None if no rule covers the URL.
            The app behind it answers 200 and sets no CORS header.
        origin: The page's origin.
        url: An absolute URL.
        method: The method, in the case that the page's script uses.
        headers: Each ``Name: value``, or a name alone, which then gets a value that needs the server's permission.
        credentials: Whether the credentials mode is "include".
        private_network: Whether the page is in a more public network than the server.
        heading: Lines for the top of the report, each a name and a value: which view serves the URL, which rule covers
            it.
        settings: The owner's names of the settings, by the names of `wsgicors.Policy`, for the report.
        framework: ``"flask"`` or ``"django"``: the report leaves out other frameworks' remedies.

    Raises:
        AskError: No browser could make the request.

    >>> policy = Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"])
    >>> explained = explain(policy, "https://example.com", method="PUT")
    >>> explained.preflight.sentence, explained.nearest
    ("The origin 'https://example.com' is not allowed here.", 'https://www.example.com')
    >>> explained.examination.decision, explained.examination.suspects[0].cause.id
    (<Decision.BLOCKED: 'blocked'>, 'origin-www')
    """
    page = ask(url, origin, method=method, headers=headers, credentials=credentials, private_network=private_network)
    server = _Server(policy)
    found = examine(browser.fetch(page, server.respond))
    nearest = ""
    verdict = server.actual or server.preflight
    if policy is None:
        found = replace(found, detail="No rule covers this URL: what the app itself sets stands as it is.")
        found = found.with_suspects(certain("cors-absent")) if found.failed else found
    elif verdict is not None and verdict.refusal is not None:
        found = _with_the_reason(found, policy, verdict)
        nearest = policy.nearest(verdict)
    return Explained(
        server.policies,
        server.preflight,
        server.actual,
        nearest,
        found,
        tuple(heading),
        dict(settings or {}),
        Place(framework) if framework else None,
    )


class _Server:
    """The server's side of the exchange: it decides as an adapter does, and keeps the verdicts."""

    def __init__(self, policy: Answerer | None) -> None:
        self.policy = policy
        self.policies = _policies(policy)
        self.preflight: Verdict | None = None
        self.actual: Verdict | None = None

    def respond(self, sent: browser.Request) -> browser.Response:
        """Answer a browser's request, with 200 for the app's own response."""
        if self.policy is None:
            return browser.Response(200)
        environ = {"REQUEST_METHOD": sent.method, "HTTP_HOST": urlsplit(sent.url).netloc}
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.headers}
        verdict = decide(environ, self.policy)
        if is_preflight(environ):
            self.preflight = verdict
        else:
            self.actual = verdict
        if verdict.status is None:
            return browser.Response(200, merge_headers([], verdict))
        whole = answer(verdict)
        return browser.Response(whole.status, whole.headers)


def _policies(policy: Answerer | None) -> tuple[Policy, ...]:
    if isinstance(policy, PolicyList):
        return policy.policies
    return (policy,) if isinstance(policy, Policy) else ()


def _with_the_reason(found: Examination, policy: Answerer, verdict: Verdict) -> Examination:
    """Return `found` with the server's own reason instead of guesses."""
    header = verdict.refused_headers[0] if verdict.refused_headers else ""
    facts = replace(found.facts, header=header)
    cause = cause_of_refusal(verdict.refusal, facts)
    if verdict.refusal is Refusal.ORIGIN_NOT_ALLOWED:
        near = ((cause, origin) for cause, origin in near_origins(str(verdict.origin)) if policy.actual(origin).allowed)
        cause, value = next(near, (cause, ""))
        facts = replace(facts, value=value)
    return found.with_suspects(certain(cause), facts) if cause else found


def rule_for(rules: RuleSet, url: str) -> tuple[Answerer | None, str]:
    """Return the policy for a URL and the path of its rule; ``""`` if no rule or a rule for every path covers it.

    >>> rule_for({"/": Policy(allow_origins="*"), "/api": Policy(allow_origins=["https://a.example"])}, "https://b/%61pi/x")
    (Policy(allow_origins=['https://a.example']), '/api')
    """
    try:
        path = unquote(urlsplit(url).path, "latin-1") or "/"  # as in an environ (PEP 3333)
    except ValueError:
        return None, ""  # no browser asks for such a URL
    found = Rules(rules).find(path)
    if not isinstance(rules, Mapping):
        return found, ""
    covering = (rule for rule in rules if rule in {"/", path} or path.startswith(f"{rule}/"))
    return found, max(covering, key=len, default="")
