"""A sentence of a browser or a server, identified by a phrase in it."""

from enum import StrEnum
from typing import Final, NamedTuple

from wsgicors.browser import Failure
from wsgicors.doctor.catalogue._readers import Reader, Speaker, ending, followed_by

ANY_ALLOW_ORIGIN: Final = (Failure.ALLOW_ORIGIN_MISSING, Failure.ALLOW_ORIGIN_MISMATCH, Failure.ALLOW_ORIGIN_INVALID)
"""The failures of one sentence about Access-Control-Allow-Origin, the likeliest first."""

ANY_REFUSAL: Final = ("origin-not-allowed", "method-not-allowed", "header-not-allowed")
"""The possible causes if a server has one sentence for every refusal."""


class Role(StrEnum):
    """How much a message counts among others."""

    REASON = "reason"
    """It says why."""
    ECHO = "echo"
    """It says that something failed, not why: it counts only if no other message is about the same request."""
    WARNING = "warning"
    """Nothing was blocked yet."""


class Wording(NamedTuple):
    """A sentence, identified by a phrase in lower case with plain quotes.

    Attributes:
        id: The browser or server, and a name: Chromium's come from its CorsError (a Preflight variant has the same
            name), Firefox's from its security.properties.
        phrase: The phrase that identifies it.
        failures: The failures of the Fetch standard that it can mean.
        causes: The identifiers of causes that it names without a failure, the likeliest first.
        role: Its weight beside other messages.
        read: Reads the context of the phrase.
    """

    id: str
    phrase: str
    failures: tuple[Failure, ...]
    causes: tuple[str, ...]
    role: Role
    read: Reader

    @property
    def speaker(self) -> Speaker:
        """The author of the sentence."""
        return Speaker(self.id.partition("/")[0])


def says(wording: str, phrase: str, *says: Failure | str, read: Reader, role: Role = Role.REASON) -> Wording:
    """Return a wording, whose `says` are the failures and the causes that it can mean.

    A `phrase` of everyday words is a message only if the words after its "…" follow, or if its sentence ends at its
    last dot.
    """
    phrase, _, others = phrase.partition("…")
    if others:
        read = followed_by(read, others)
    elif phrase.endswith("."):
        phrase, read = phrase.removesuffix("."), ending(read)
    failures = tuple(item for item in says if isinstance(item, Failure))
    causes = tuple(item for item in says if not isinstance(item, Failure))
    return Wording(wording, phrase, failures, causes, role, read)
