"""Settings as texts: read from the environment, PasteDeploy, TOML and JSON; written for TOML and JSON."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, cast

from wsgicors._checks import SEPARATORS
from wsgicors.patterns import Member

_LISTS: Final = frozenset({"allow_origins", "allow_methods", "allow_headers", "expose_headers", "dangerously_allow"})
_SWITCHES: Final = frozenset({"allow_credentials", "allow_private_network"})
_NUMBERS: Final = frozenset({"max_age", "preflight_status"})
_WORDS: Final = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def read_text(setting: str, value: object) -> object:
    """Return ``value`` with texts converted to the setting's type: the environment and PasteDeploy give texts.

    Blanks and commas separate members: no origin, method or name contains either. Unreadable values are returned
    unchanged, and the checks report them.

    >>> read_text("allow_methods", "PUT, DELETE"), read_text("max_age", "600"), read_text("allow_credentials", "yes")
    (['PUT', 'DELETE'], 600, True)
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if setting in _LISTS:
        return [part for part in re.split(SEPARATORS, text) if part]
    if setting in _SWITCHES:
        return read_switch(value)
    if setting in _NUMBERS and text.isascii() and text.isdigit():
        return int(text)
    return text


def read_switch(text: str) -> object:
    """Return a bool for ``true``, ``yes``, ``on``, ``1`` and their opposites in any case; other texts unchanged."""
    return _WORDS.get(text.strip().lower(), text)


def read_members(members: object) -> object:
    """Return the members of ``allow_origins``, with every ``{"regex": …}`` from JSON or TOML compiled."""
    if not isinstance(members, (list, tuple)):
        return members
    return [_read_member(member) for member in cast("Iterable[object]", members)]


def _read_member(member: object) -> object:
    if not isinstance(member, Mapping):
        return member
    parts = cast("Mapping[object, object]", member)
    pattern, flags = parts.get("regex"), parts.get("flags", 0)
    if not isinstance(pattern, str) or not isinstance(flags, int) or not parts.keys() <= {"regex", "flags"}:
        return parts
    from wsgicors._regex_syntax import compile_quietly  # for policies from files

    try:
        return compile_quietly(pattern, flags)
    except (re.error, ValueError):
        return parts


def write_member(member: Member) -> str | dict[str, str | int]:
    """Return a member of ``allow_origins`` in a form for JSON and TOML, which `read_members` reads back."""
    if not isinstance(member, re.Pattern):
        return str(member)
    flags = member.flags & ~re.UNICODE
    return {"regex": member.pattern, "flags": flags} if flags else {"regex": member.pattern}
