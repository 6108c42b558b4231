"""Root 8: credentials."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import ALLOW_CREDENTIALS, NO_CREDENTIALS

CAUSES: Final = (
    Cause(
        id="credentials-wildcard",
        root=8,
        title="The server answers * to a request with credentials",
        sentence="The request carries credentials, and the answer's Access-Control-Allow-Origin is *.",
        why=(
            "With credentials the server has to name the one origin: with *, any page of the web could read what "
            "the user's cookies give access to."
        ),
        probe="With --credentials it is blocked by the *; without, the same URL is allowed.",
        remedies=(*ALLOW_CREDENTIALS, NO_CREDENTIALS),
    ),
    Cause(
        id="credentials-not-allowed",
        root=8,
        title="The server does not allow credentials",
        sentence=("The request carries credentials, and the answer has no Access-Control-Allow-Credentials: true."),
        why=("The value is exactly true, in lower case; on the preflight's answer as well as on the actual one."),
        probe="With --credentials it is blocked by this header; without, the same URL is allowed.",
        remedies=(*ALLOW_CREDENTIALS, NO_CREDENTIALS),
    ),
)
