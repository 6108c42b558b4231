"""Root 5: the preflight is not served."""

from typing import Final

from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import OUTERMOST, PREFLIGHT
from wsgicors.doctor.catalogue._remedies import client

CAUSES: Final = (
    Cause(
        id="preflight-not-found",
        root=5,
        title="Nothing answers the preflight at this path",
        sentence="The preflight for {url} was answered with 404.",
        why=(
            "The path is wrong (a missing prefix, slash or version), or only the CORS layer could "
            "have answered OPTIONS and it never got the request."
        ),
        probe=("The OPTIONS request is answered with 404; the same path with {method} says whether the path is right."),
        remedies=(client("Check the path first: prefix, version, trailing slash."), *OUTERMOST),
    ),
    Cause(
        id="preflight-method-refused",
        root=5,
        title="The server does not accept OPTIONS at this path",
        sentence=(
            "The preflight for {url} was answered with 405: the view knows its own methods and OPTIONS is not one."
        ),
        why=("A preflight is for the CORS layer, not for the view. A router that sees it first answers 405."),
        probe=(
            "The OPTIONS request is answered with 405 (or 501), with an Allow header that lists the view's methods."
        ),
        remedies=(
            *OUTERMOST,
            PREFLIGHT,
            *elsewhere.PREFLIGHTS,
        ),
    ),
    Cause(
        id="preflight-status",
        root=5,
        title="The preflight's status is not a success",
        sentence=("The preflight for {url} was answered with {status}; only 200 to 299 lets the request go on."),
        why="Something answered OPTIONS that does not know what a preflight is.",
        probe="It shows the status of the OPTIONS request, and who seems to have sent it.",
        remedies=(*OUTERMOST, PREFLIGHT),
    ),
)
