"""Root 6: two layers add the headers, or one adds a list."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LIST_ORIGIN, ONE_LAYER

CAUSES: Final = (
    Cause(
        id="two-layers",
        root=6,
        title="Two layers add Access-Control-Allow-Origin",
        sentence="The header arrived with {value|several values}, and only one is allowed.",
        why=(
            "The application and the proxy (or two middlewares) each add the header. A browser joins "
            "the two and finds an origin that nobody has."
        ),
        probe=("Access-Control-Allow-Origin is there twice; it tells two header lines from one line with a comma."),
        remedies=ONE_LAYER,
    ),
    Cause(
        id="allow-origin-list",
        root=6,
        title="Access-Control-Allow-Origin holds a list",
        sentence="The header holds {value|several origins}; it can hold one origin or *, never a list.",
        why=(
            "The whole list was written into the header. A server compares the request's Origin with "
            "its list and sends back that one."
        ),
        probe="Access-Control-Allow-Origin is there once, with several origins in it, for every origin.",
        remedies=LIST_ORIGIN,
    ),
)
