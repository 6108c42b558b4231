"""Every root cause of a blocked cross-origin request: its texts, and its remedies by place.

The texts are here only: `why`, the probe, the playground, `wsgicors.testing` and ``docs/errors.md`` take them from
`CAUSES`. Identifiers are stable: programs can depend on them.

Texts can contain facts in braces (``{origin}``, ``{method}``, …): `Cause.filled` inserts those of one request, and says
so if one is not known.

A module has the causes of one subject: roots 1 to 11 have one each, root 12 has several. Help and documentation list
the causes in the order of `_CATALOGUE`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wsgicors.doctor.catalogue._causes import (
    _application,
    _authentication,
    _blocked_by_browser,
    _caching,
    _credentials,
    _cross_site,
    _headers_and_methods,
    _layers,
    _local_network,
    _mistaken_for_cors,
    _network,
    _origin,
    _outside,
    _own_refusals,
    _page_code,
    _preflight,
    _proxies,
    _redirects,
    _untold,
)
from wsgicors.doctor.catalogue._causes._cause import PLACEHOLDERS, UNKNOWN, Cause
from wsgicors.doctor.catalogue._causes._untold import UNDECIDED

__all__ = ["CAUSES", "PLACEHOLDERS", "ROOTS", "UNDECIDED", "UNKNOWN", "Cause"]

ROOTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "The application failed outside the CORS layer",
        2: "The origin is not the one that is listed",
        3: "The request is redirected",
        4: "Authentication answers first",
        5: "The preflight is not served",
        6: "Two layers add the headers",
        7: "The proxy answered by itself",
        8: "Credentials",
        9: "A header or method is not allowed",
        10: "A cached or fixed origin",
        11: "The response comes from outside the CORS layer",
        12: "Not the server's CORS at all",
    }
)
"""The families of root causes, by number."""

_CATALOGUE: Final = (
    *_application.CAUSES,
    *_origin.CAUSES,
    *_redirects.CAUSES,
    *_authentication.CAUSES,
    *_preflight.CAUSES,
    *_layers.CAUSES,
    *_proxies.CAUSES,
    *_credentials.CAUSES,
    *_headers_and_methods.CAUSES,
    *_caching.CAUSES,
    *_outside.CAUSES,
    *_cross_site.CAUSES,
    *_local_network.CAUSES,
    *_network.CAUSES,
    *_blocked_by_browser.CAUSES,
    *_page_code.CAUSES,
    *_mistaken_for_cors.CAUSES,
    *_own_refusals.CAUSES,
    *_untold.CAUSES,
)

CAUSES: Final[Mapping[str, Cause]] = MappingProxyType({cause.id: cause for cause in _CATALOGUE})
"""Every cause by its identifier, in the order of the modules."""
