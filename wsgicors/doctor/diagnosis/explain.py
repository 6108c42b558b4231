"""The exchange that a policy would have with a page's browser, and the verdict of both sides. Nothing is sent."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypedDict, cast

from wsgicors import explain as server_side
from wsgicors.browser import Conclusion
from wsgicors.doctor.diagnosis.asking import ask
from wsgicors.doctor.diagnosis.examination import Examination, ExaminationJson, Pair, examine, pairs_json
from wsgicors.doctor.diagnosis.questions import cause_of_refusal, near_origins
from wsgicors.doctor.diagnosis.ranking import certain
from wsgicors.doctor.evidence.facts import clean_token
from wsgicors.policy import Policy
from wsgicors.verdict import Refusal, Verdict

DEFAULT_URL: Final = "https://api.example/"
"""What is asked for where no URL is given: of no server that there is."""


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


@dataclass(frozen=True, slots=True)
class Explained:
    """Both sides of one exchange.

    Attributes:
        policy: The server's.
        preflight: Its verdict on the preflight; None where the browser sends none.
        actual: Its verdict on the request itself; None where the browser does not get so far.
        nearest: The allowed value nearest to the refused one, or "".
        examination: What the browser concludes, and why.
    """

    policy: Policy
    preflight: Verdict | None
    actual: Verdict | None
    nearest: str
    examination: Examination

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
                "remedy": verdict.remedy,
                "headers": pairs_json(verdict.headers),
            }
            for name, verdict in self.verdicts
        ]
        return {**self.examination.to_json(), "verdicts": verdicts, "nearest": self.nearest}


def explain(
    policy: Policy,
    origin: str,
    *,
    url: str = DEFAULT_URL,
    method: str = "GET",
    headers: Iterable[str] = (),
    credentials: bool = False,
    private_network: bool = False,
) -> Explained:
    """What `policy` answers a page of `origin`, and what its browser makes of that.

    Args:
        policy: The server's. The app behind it answers 200 and sets no header that a policy has a say in.
        origin: The page's.
        url: Absolute.
        method: In any case that the page's script has it.
        headers: Each ``Name: value``, or a name alone, which then gets a value that needs the server's permission.
        credentials: Whether its credentials mode is "include".
        private_network: Whether the page is in a more public network than the server.

    Raises:
        AskError: No browser could make the request.

    >>> policy = Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"])
    >>> told = explain(policy, "https://example.com", method="PUT")
    >>> told.preflight.sentence, told.nearest
    ("The origin 'https://example.com' is not allowed here.", 'https://www.example.com')
    >>> told.examination.decision, told.examination.suspects[0].cause.id
    (<Decision.BLOCKED: 'blocked'>, 'origin-www')
    """
    page = ask(url, origin, method=method, headers=headers, credentials=credentials, private_network=private_network)
    told = server_side.explain(
        policy,
        page.url,
        page.origin,
        method=page.method,
        headers=[f"{name}:{value}" for name, value in page.headers],
        credentials=credentials,
        private_network=private_network,
    )
    # `ask` has seen to it that a browser can make the request.
    found = _in_the_light_of(told, policy, examine(cast("Conclusion", told.conclusion)))
    return Explained(policy, told.preflight, told.actual, told.nearest, found)


def _in_the_light_of(told: server_side.Explanation, policy: Policy, found: Examination) -> Examination:
    """`found` with the server's own reason in the place of guesses."""
    verdict = told.actual or told.preflight
    if verdict is None:
        return found
    header = clean_token(verdict.names[0]) if verdict.names else ""
    facts = replace(found.facts, header=header)
    cause = cause_of_refusal(verdict.refusal, facts)
    if verdict.refusal is Refusal.ORIGIN_NOT_ALLOWED:
        near = ((cause, origin) for cause, origin in near_origins(told.origin) if policy.actual(origin).allowed)
        cause, value = next(near, (cause, ""))
        facts = replace(facts, value=value)
    return found.with_suspects(certain(cause), facts) if cause else found


def read_policy(path: Path) -> Policy:
    """The policy whose settings the TOML file at `path` holds; see `wsgicors.Policy.from_mapping`.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not TOML in UTF-8.
        PolicyError: with every fault of the settings.
    """
    return Policy.from_mapping(tomllib.loads(path.read_bytes().decode()))
