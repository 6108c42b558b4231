"""Root 12, messages and answers that show no cause."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._remedies import client

CAUSES: Final = (
    Cause(
        id="unspecified",
        root=12,
        title="The page's script never learns the reason",
        sentence=("The script only learns that the request failed; the reason is only in the console."),
        why=(
            "A page may not find out what an address of another origin answered, so every failure "
            "looks alike to it: blocked by CORS, no connection, wrong certificate, extension."
        ),
        probe="It makes the same request and names the step at which it fails.",
        remedies=(
            client(
                "Open the developer tools, repeat the request, and give `wsgicors why` the red lines of "
                "the console or the HAR of the network panel."
            ),
        ),
    ),
    Cause(
        id="request-without-origin",
        root=12,
        title="The request had no Origin header, so its answer is not what a page gets",
        sentence=(
            "The request was sent without Origin. Many servers add CORS headers only for requests that have one, "
            "and some send different ones to each origin."
        ),
        why=(
            "A browser sends Origin with every request that it checks by CORS. curl and similar programs send it "
            "only if they are told to."
        ),
        probe="It sends the request as a page would, and says what a browser makes of the answer.",
        remedies=(client("Repeat the command with the header Origin, and the page's origin as its value."),),
    ),
    Cause(
        id="unrecognised",
        root=12,
        title="The message is not known",
        sentence="The text has no message of a browser about CORS, nor one that is often mistaken for it.",
        why="The text may be cut off, or the browser's wording may be a new one.",
        probe="It makes the request and says what a browser would do.",
        remedies=(
            client(
                "Copy the whole red line from the console, from its first word to its end, or save the "
                "network panel's HAR."
            ),
        ),
    ),
)

UNDECIDED: Final = frozenset(cause.id for cause in CAUSES)
"""The ids of those that leave open whether a browser blocks the request."""
