"""The commands of a framework's project: ``explain``, ``export``, ``list`` and ``verify``.

No view is called, and only ``verify`` sends requests.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit

from wsgicors import doctor
from wsgicors._command_options import Option
from wsgicors.adapting import Answerer, members_of
from wsgicors.doctor import report
from wsgicors.doctor.output import _brief as brief
from wsgicors.doctor.verify import verify
from wsgicors.export._options import OPTIONS, Given
from wsgicors.export._projects import CannotCheckError, Exportable, ExportError, export_project, policies_alone
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError

Values: TypeAlias = Mapping[str, Any]
"""The values of a command's options."""

Say: TypeAlias = Callable[[str], object]
"""Prints a text, which ends with a line break."""

_ORIGIN: Final = "The page's origin, as in https://www.example.com, or null."
_HEADER: Final = "A header that the page's script sets. May be given several times."
_CREDENTIALS: Final = 'Ask with credentials, as fetch does with credentials: "include".'
_PRIVATE: Final = "The page is in a more public network than the server."
_JSON: Final = Option(("--json",), "json", "Print JSON. The documentation of the doctor has the schema.", is_flag=True)

OPTIONS_OF: Final[Mapping[str, tuple[Option, ...]]] = {
    "explain": (
        Option((), "url", "A URL of the project, or its path."),
        Option(("--origin",), "origin", _ORIGIN, is_required=True),
        Option(("--method",), "method", "The request's method. The default is GET.", default="GET"),
        Option(
            ("--header",),
            "header",
            "A header that the page's script sets. May be given several times.",
            is_repeatable=True,
        ),
        Option(("--credentials",), "credentials", _CREDENTIALS, is_flag=True),
        Option(("--private-network",), "private_network", _PRIVATE, is_flag=True),
        _JSON,
        Option(("--all",), "all", "Print the policy and each step too, not only the verdict.", is_flag=True),
    ),
    "export": OPTIONS,
    "list": (),
    "verify": (Option((), "url", "An absolute URL that pages read."), _JSON),
}
"""The options of each command."""

HELP_OF: Final[Mapping[str, str]] = {
    "explain": "Explain a page's request for URL, or its path: the view, the policy, and what a browser makes of it. "
    "The exit status is 1 if the page cannot read the response, 2 if no browser could make the request.",
    "export": "Write the policies as configuration for a proxy or gateway. The exit status is 1 if --check or "
    "--validate finds something, 2 if the server cannot express the policies or only code can decide them.",
    "list": "List every rule, and every view that has a policy of its own.",
    "verify": "Compare the running server at URL with the policies. It gets few requests, and only a few a second. "
    "The exit status is 1 if something differs, 2 if that cannot be determined.",
}
"""The help of each command."""


class CommandFailedError(Exception):
    """A command cannot do its work: exit status 2."""


class Served(NamedTuple):
    """What answers a request.

    Attributes:
        policy: The policy; None if nothing covers the request.
        view: The name of the view; ``""`` if none serves the URL.
        rule: Where the policy comes from, in words; ``""`` if there is none.
        names: The owner's names of the settings, by the names of `wsgicors.Policy`.
        heading: More lines for the top of the report.
        caveat: What can change a refusal, in a sentence, or ``""``.
    """

    policy: Answerer | None
    view: str
    rule: str
    names: Mapping[str, str]
    heading: tuple[tuple[str, str], ...] = ()
    caveat: str = ""


class Project(ABC):
    """A project with policies by path and by view. An adapter implements the three methods that read them."""

    framework: ClassVar[str]
    """``"django"`` or ``"flask"``, for remedies."""
    command: ClassVar[str]
    """The command, without its subcommand: ``flask cors``."""
    host: ClassVar[str]
    """The origin of a URL that is only a path."""

    @abstractmethod
    def served(self, url: SplitResult, method: str) -> Served:
        """Return what answers a request, without calling it."""

    @abstractmethod
    def listed(self) -> Iterable[tuple[str, tuple[Policy, ...], Mapping[str, str]]]:
        """Return what is covered, in words, with its policies and the owner's names of their settings."""

    @abstractmethod
    def exportable(self) -> Exportable:
        """Return the policies for an export."""

    def run(self, command: str, values: Values, say: Say) -> int:
        """Run a command, and return its exit status.

        Raises:
            CommandFailedError: with a message for the user.
        """
        run = {"explain": self._explain, "export": self._export, "list": self._list, "verify": self._verify}[command]
        try:
            return run(values, say)
        except (PolicyError, ExportError, CannotCheckError, doctor.AskError, ModuleNotFoundError, OSError) as error:
            raise CommandFailedError(str(error)) from None

    def _explain(self, values: Values, say: Say) -> int:
        url = urljoin(self.host, values["url"])
        served = self.served(urlsplit(url), values["method"])
        rule = served.rule or "none: the view's own headers stay unchanged"
        if served.policy is not None and not members_of(served.policy):
            rule = "none: the path can be read in ways that lead to different rules"
        explained = doctor.explain(
            served.policy,
            values["origin"],
            url=url,
            method=values["method"],
            headers=values["header"],
            credentials=values["credentials"],
            private_network=values["private_network"],
            heading=[("View", served.view or "none"), ("Rule", rule), *served.heading],
            settings=served.names,
            framework=self.framework,
        )
        status = explained.examination.decision.exit_status
        if values["json"]:
            say(json.dumps(explained.to_json(), indent=2) + "\n")
        else:
            lines = report.of_explained(explained) if values["all"] else brief.of_explained(explained)
            say(report.text(lines) + (f"\n{served.caveat}\n" if status and served.caveat else ""))
        return status

    def _export(self, values: Values, say: Say) -> int:
        found = self.exportable()
        verifying = f"{self.command} verify URL"
        given = Given.of(values, f"{self.command} export", afterwards=verifying, notes=found.notes)
        return export_project(found.by_path, found.routes, found.problems, given, say)

    def _list(self, values: Values, say: Say) -> int:
        for covered, policies, names in self.listed():
            say(report.text(report.of_policies([(covered, policies)], names)))
        return 0

    def _verify(self, values: Values, say: Say) -> int:
        found = self.exportable()
        exact = policies_alone(found.by_path, found.routes, found.problems)
        methods = {route.path: route.methods for route in found.routes if route.methods}
        compared = verify(found.by_path, values["url"], exact=exact, served=methods)
        if values["json"]:
            say(json.dumps(compared.to_json(), indent=2) + "\n")
        else:
            say(report.text(report.of_verification(compared)))
        return compared.exit_status
