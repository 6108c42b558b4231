"""flask-cors's options and resources, and the names that they have here."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from wsgicors.migrate._literals import FLASK_META

CORE_NAMES: Final[Mapping[str, str]] = {
    "origins": "allow_origins",
    "methods": "allow_methods",
    "allow_headers": "allow_headers",
    "expose_headers": "expose_headers",
    "supports_credentials": "allow_credentials",
    "max_age": "max_age",
    "allow_private_network": "allow_private_network",
}
"""flask-cors's options that have an effect, and the core's names for them."""

MEANINGLESS: Final = frozenset({
    "send_wildcard", "vary_header", "always_send", "automatic_options", "intercept_exceptions",
})  # fmt: skip
"""flask-cors's options without an effect here."""

OWN: Final = frozenset({
    "resources", "allow_origins", "allow_methods", "allow_credentials", "preflight_status", "refuse",
    "dangerously_allow", "debug",
})  # fmt: skip
"""Options of this library besides those in `CORE_NAMES`."""

DEFAULTS: Final[Mapping[str, object]] = {
    "allow_methods": ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"),
    "allow_headers": ("*", "Authorization"),
}

WRITTEN_OUT: Final[Mapping[str, str]] = {
    "methods": '["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]',
    "allow_headers": '"*"',
    "supports_credentials": "False",
    "allow_private_network": "False",
}
"""flask-cors's defaults, for decorated views that inherit other values here."""

_GLOB: Final = re.compile(r"/[^*\\\]?$^()\[]*\*")


def names_of(configured: Collection[str]) -> dict[str, str]:
    """Return the owner's names of the core's settings, and the words for questions.

    Args:
        configured: flask-cors's options that are set in ``app.config``, and by no keyword.

    >>> names_of(["origins"])["any_origin"], names_of([])["any_origin"]
    ('CORS_ORIGINS = "*"', 'origins="*"')
    """
    written = {own: f"CORS_{own.upper()}" if own in configured else own for own in CORE_NAMES}
    return {
        **{core: written[own] for own, core in CORE_NAMES.items()},
        "origins": written["origins"],
        "without_switch": "",
        "credentials": written["supports_credentials"],
        "private_network": written["allow_private_network"],
        "dangerously": "CORS_DANGEROUSLY_ALLOW" if "origins" in configured else "dangerously_allow",
        "any_origin": f'{written["origins"]}{" = " if "origins" in configured else "="}"*"',
    }


def whole_resource(text: str) -> str | None:
    r"""Return a resource that matches whole paths, for one of flask-cors, which matches their start; None for no match.

    >>> [whole_resource(text) for text in ("/api/*", "/v", r"/(a|b)", "^/api/*", r"/api/v[12]/*", r"/x/.*$", "api/*")]
    ['/api/*', '/v', '/(a|b).*', '/api/*', '/api/v[12](/.*)?', '/x/.*$', None]
    """
    if text in ("*", "/*", ".*", "/.*") or _GLOB.fullmatch(text):
        return text
    if not FLASK_META & set(text):
        return text if text.startswith("/") else None
    bare = text.removeprefix("^")
    if _GLOB.fullmatch(bare):
        return bare
    if not bare.startswith(("/", "(", "[", ".", "\\/")):
        return None
    if bare.endswith(("$", ".*", ".*)", r"\Z")):
        return text
    if bare.endswith("/*"):
        return bare[:-2] + "(/.*)?"
    return bare + ".*"
