"""The names of Django's settings, and which one a misspelled name means."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings

from wsgicors import Problem
from wsgicors.adapting import SETTINGS

PREFIX: Final = "CORS_"

SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "allow_all_origins": ("allow_all_origins", "origin_allow_all"),
    "allowed_origins": ("allowed_origins", "origin_whitelist"),
    "allowed_origin_regexes": ("allowed_origin_regexes", "origin_regex_whitelist"),
    "origin_source": ("origin_source",),
    "allow_methods": ("allow_methods",),
    "allow_headers": ("allow_headers",),
    "expose_headers": ("expose_headers",),
    "allow_credentials": ("allow_credentials",),
    "preflight_max_age": ("preflight_max_age",),
    "allow_private_network": ("allow_private_network",),
    "refuse": ("refuse",),
    "dangerously_allow": ("dangerously_allow",),
}
"""The settings of a policy, with their names in lower case and without prefix: the first one that is set counts."""

RULE_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {**{name: (name,) for name in SETTINGS}, **SPELLINGS}
"""The settings of a rule, which can also have the core's names."""

ORIGINS: Final = frozenset({
    "allow_all_origins", "allowed_origins", "allowed_origin_regexes", "origin_source", "allow_origins",
})  # fmt: skip
"""The settings for allowed origins. A rule with one of them does not inherit the others."""

ALL_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **SPELLINGS, **{name: (name,) for name in ("urls_regex", "urlconf", "rules", "debug", "origins_cache")},
}  # fmt: skip
"""The settings of a project, in the same form."""

KNOWN: Final = tuple(PREFIX + spelling.upper() for spellings in ALL_SPELLINGS.values() for spelling in spellings)
"""Every setting."""

REMOVED: Final[Mapping[str, str]] = {
    "CORS_REPLACE_HTTPS_REFERER": "CSRF_TRUSTED_ORIGINS names the origins whose pages may post.",
    "CORS_MODEL": "The app django_wsgicors.origins keeps origins in a table.",
}
"""Settings that django-cors-headers has removed, and their replacements."""

_KINDS: Final[Mapping[type, tuple[str, ...]]] = {
    bool: ("allow_all_origins", "allow_credentials", "allow_private_network", "debug"),
    int: ("preflight_max_age", "max_age", "preflight_status"),
    timedelta: ("preflight_max_age", "max_age"),
    Mapping: ("rules",),
    str: ("refuse", "urls_regex", "origin_source", "urlconf"),
    Iterable: (
        "allowed_origins", "allowed_origin_regexes", "allow_origins", "allow_methods", "allow_headers",
        "expose_headers", "dangerously_allow",
    ),
}  # fmt: skip
"""The settings for each type of value; the first type that fits counts."""

_MEANT: Final[Mapping[str, str]] = {
    "origins": "allowed_origins", "credentials supports": "allow_credentials", "age max": "preflight_max_age",
}  # fmt: skip
"""Names from other libraries, as returned by `_words`."""


def unknown_settings() -> Iterator[Problem]:
    """Yield a problem for each unknown setting with the prefix of CORS settings."""
    given = {name.removeprefix(PREFIX).lower() for name in KNOWN if hasattr(settings, name)}
    names = [PREFIX + spelling.upper() for spelling in free(ALL_SPELLINGS, given)]
    for name in dir(settings):
        if name in REMOVED:
            yield Problem("removed-setting", name, name, "", {"successor": REMOVED[name]})
        elif name.startswith(PREFIX) and name.isupper() and name not in KNOWN:
            instead = nearest(name, getattr(settings, name), names)
            yield Problem("unknown-setting", name, name, instead, {"known": ", ".join(KNOWN)})


def free(spellings: Mapping[str, tuple[str, ...]], given: Iterable[str]) -> list[str]:
    """Return the names of the settings that are not given under any of their names."""
    taken = {*given}
    return [name for names in spellings.values() if taken.isdisjoint(names) for name in names]


def nearest(name: str, value: object, candidates: Iterable[str]) -> str:
    """Return the setting that an unknown one most likely means, by the type of its value and its words; or ``""``."""
    kind = next((kind for kind in _KINDS if isinstance(value, kind)), object)
    fitting = {_words(one): one for one in candidates if one.removeprefix(PREFIX).lower() in _KINDS.get(kind, ())}
    words = _words(name)
    meant = fitting.get(_words(_MEANT.get(words, name)))
    return meant or next((fitting[one] for one in difflib.get_close_matches(words, fitting, n=1, cutoff=0.85)), "")


def _words(name: str) -> str:
    """Return the words of a setting's name in one order, for comparison.

    >>> _words("CORS_ALLOW_ORIGINS_ALL") == _words("CORS_ALLOW_ALL_ORIGINS")
    True
    """
    words = name.removeprefix(PREFIX).lower().split("_")
    return " ".join(sorted(_SAME_WORDS.get(word, word) for word in words))


_SAME_WORDS: Final[Mapping[str, str]] = {
    "allowed": "allow", "exposed": "expose", "header": "headers", "method": "methods", "origin": "origins",
}  # fmt: skip
