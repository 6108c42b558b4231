"""A root cause, and how the facts of one request get into its texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from wsgicors.doctor.catalogue._causes._examples import EXAMPLE, EXAMPLES
from wsgicors.doctor.catalogue._remedies import Remedy


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause, with its texts for people.

    >>> from wsgicors.doctor.catalogue._causes import CAUSES
    >>> CAUSES["method-case"].filled({"method": "patch"}).title
    'The client spells patch in lower case'
    >>> CAUSES["origin-not-allowed"].filled({}).sentence
    "The server answered this URL, but not with the page's origin in Access-Control-Allow-Origin."

    Attributes:
        id: The identifier, which is stable.
        root: The number of its family, a key of ``ROOTS``.
        title: One line.
        sentence: What happened.
        why: The rule behind it.
        probe: What ``wsgicors probe`` shows for this cause, to tell it from similar ones.
        remedies: The remedy for each place that has one.
    """

    id: str
    root: int
    title: str
    sentence: str
    why: str
    probe: str
    remedies: tuple[Remedy, ...]

    def filled(self, facts: Mapping[str, str]) -> "Cause":
        """Return this cause with `facts` in its texts. Unknown facts are called so, never replaced by an example."""

        def prose(text: str) -> str:
            return _filled(text, facts, UNKNOWN)

        def code(text: str) -> str:
            return _filled(text, facts, PLACEHOLDERS)

        return replace(
            self,
            title=prose(self.title),
            sentence=prose(self.sentence),
            why=prose(self.why),
            probe=code(self.probe),
            remedies=tuple(Remedy(item.place, prose(item.text), code(item.code)) for item in self.remedies),
        )

    @property
    def example(self) -> Mapping[str, str]:
        """Facts of a request with this cause, for the documentation."""
        return {**EXAMPLE, **EXAMPLES.get(self.id, {})}


UNKNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "origin": "the page's origin",
        "url": "this URL",
        "request": "this request",
        "redirected": "the request",
        "method": "the method",
        "header": "the header",
        "headers": "a request header",
        "value": "another value",
        "status": "an error status",
        "method_list": "...",
        "method_line": "...",
        "header_list": "...",
        "header_line": "...",
        "asked_method": "...",
        "asked_list": "...",
    }
)
"""What sentences say for a fact that is not known. Its keys are all the facts that a text may name."""

PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **UNKNOWN,
        "origin": "<the page's origin>",
        "url": "<the URL>",
        "method": "<METHOD>",
        "header": "<Header>",
        "headers": "<Header>",
    }
)
"""What code and commands have where a fact is not known: nothing that works by accident."""

_NAMED: Final = re.compile(r"\{(" + "|".join(UNKNOWN) + r")(?:\|([^{}]*))?\}")


def _filled(text: str, facts: Mapping[str, str], unknown: Mapping[str, str]) -> str:
    """Return `text` with its places filled: ``{name}``, or ``{name|what to say if it is not known}``."""

    def fact(match: re.Match[str]) -> str:
        known = facts.get(match[1])
        if known:
            return known
        words = unknown[match[1]] if match[2] is None else match[2]
        return words if match.start() else words[:1].upper() + words[1:]

    return _NAMED.sub(fact, text)
