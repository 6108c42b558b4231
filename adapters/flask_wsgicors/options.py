"""flask-cors's options, as keywords and as ``CORS_*`` configuration, read as the settings of a `wsgicors.Policy`."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypedDict, cast

from wsgicors import CachedOrigins, OriginSource, Policy, PolicyError, Problem
from wsgicors._checks import read_text
from wsgicors.patterns import Member
from wsgicors.problems import ALLOWABLE, SETTINGS, nearest

Origins: TypeAlias = str | re.Pattern[str] | Iterable[Member] | OriginSource | Callable[[str], bool]
"""``"*"``, one member or several, a source, or a function that is asked for every request."""

Names: TypeAlias = str | Iterable[str]
"""One name or several; ``"*"`` for all."""


class Options(TypedDict, total=False):
    """What a decorator and a resource take, by flask-cors's names and by those of `wsgicors.Policy`.

    The last five have no meaning any more: they are accepted, and a DeprecationWarning says why.
    """

    origins: Origins
    methods: Names
    allow_headers: Names
    expose_headers: Names | None
    supports_credentials: bool
    max_age: int | timedelta | str | None
    allow_private_network: bool
    allow_origins: Origins
    allow_methods: Names
    allow_credentials: bool
    preflight_status: int
    refuse: Literal["withhold", "forbid"]
    dangerously_allow: Names
    send_wildcard: bool
    vary_header: bool
    always_send: bool
    automatic_options: bool
    intercept_exceptions: bool


Resource: TypeAlias = str | re.Pattern[str]
"""A path, with ``*`` at its end for all that is below it; or a regular expression, as text or compiled."""


class AppOptions(Options, total=False):
    """What `flask_wsgicors.CORS` takes besides."""

    resources: Resource | Iterable[Resource] | Mapping[Resource, Options | Policy]
    debug: bool


class Given(NamedTuple):
    """A setting's value, and its name as its owner wrote it."""

    value: object
    name: str


Settings: TypeAlias = Mapping[str, Given]
"""Settings of a policy by the core's names; those that nobody gave are missing."""

OWN_NAMES: Final = {"origins": "allow_origins", "methods": "allow_methods", "supports_credentials": "allow_credentials"}
"""flask-cors's names that are not the core's."""

DEFAULTS: Final[Mapping[str, object]] = {
    "allow_methods": ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"),
    "allow_headers": ("*", "Authorization"),
}
"""flask-cors's defaults. Behind a list of origins they open nothing."""

MEANINGLESS: Final[Mapping[str, str]] = {
    "send_wildcard": 'origins="*" is always answered with *, which is what caches and browsers want of public data',
    "vary_header": "Vary: Origin is sent wherever the answer depends on the origin, and nowhere else",
    "always_send": "an answer to a request without Origin says what holds for everybody, and never lists the origins",
    "automatic_options": "preflights are answered before the app sees them; other OPTIONS requests are Flask's or the view's",
    "intercept_exceptions": "every answer is covered, those to exceptions included",
}
"""Options of flask-cors that decided what is decided otherwise now, and why."""

_KNOWN: Final = (*OWN_NAMES, *SETTINGS)
_PACKAGE: Final = str(Path(__file__).parent)
_SEPARATORS: Final = re.compile(r"[\s,]")


def read_options(options: Mapping[str, object], written: Callable[[str], str] = str) -> dict[str, Given]:
    """Options by their keywords, as settings of a policy.

    Args:
        options: The options.
        written: How their owner writes the name of one.

    Raises:
        PolicyError: for every name that is none.

    >>> read_options({"origins": "*"}, "resources['/api/*'][{!r}]".format)
    {'allow_origins': Given(value='*', name="resources['/api/*']['origins']")}
    """
    unknown = [name for name in options if name not in _KNOWN and name not in MEANINGLESS]
    if unknown:
        facts = {"known": ", ".join(_KNOWN)}
        raise PolicyError(Problem("unknown-setting", name, name, nearest(name, _KNOWN), facts) for name in unknown)
    for name in MEANINGLESS.keys() & options.keys():
        _warn(written(name), MEANINGLESS[name])
    return {
        OWN_NAMES.get(name, name): Given(value, written(name))
        for name, value in options.items()
        if name not in MEANINGLESS
    }


def read_config(config: Mapping[str, object]) -> dict[str, Given]:
    """The ``CORS_*`` settings of an app; what is None counts as not given, and other names are the app's own business."""
    names = (*_KNOWN, *MEANINGLESS)
    return read_options(
        {name: config[key] for name in names if config.get(key := configured(name)) is not None}, configured
    )


def configured(name: str) -> str:
    """The name of an option in ``app.config``.

    >>> configured("origins")
    'CORS_ORIGINS'
    """
    return f"CORS_{name.upper()}"


def policy_of(settings: Settings) -> Policy:
    """The policy that `settings` make, with flask-cors's defaults for methods and headers.

    Raises:
        PolicyError: with every fault, in the words of the settings' owner.

    >>> policy_of(read_options({"origins": "https://a.example", "methods": ["PUT"]}))
    Policy(allow_origins=['https://a.example'], allow_methods=['PUT'], allow_headers=['*', 'Authorization'])
    """
    problems: list[Problem] = []
    values = {name: _translated(name, given.value, problems) for name, given in settings.items()}
    names = {core: own for own, core in OWN_NAMES.items()} | {name: given.name for name, given in settings.items()}
    try:
        policy = Policy(**cast("dict[str, Any]", {"allow_origins": (), **DEFAULTS, **values}))
    except PolicyError as error:
        raise PolicyError([*problems, *error.problems]).renamed(names) from None
    if problems:
        raise PolicyError(problems).renamed(names)
    return policy


def check_alone(settings: Settings) -> None:
    """Find the faults that no other setting can mend, before it is known what else holds for a view.

    Raises:
        PolicyError: with every one of them.
    """
    if "allow_origins" in settings:
        policy_of({"dangerously_allow": Given(ALLOWABLE, "dangerously_allow"), **settings})


def _translated(setting: str, value: object, problems: list[Problem]) -> object:
    """A value as the core takes it; faults that only this reading can have go to `problems`."""
    if setting == "allow_origins":
        if callable(value) and not isinstance(value, OriginSource):
            return CachedOrigins(cast("Callable[[str], bool]", value), keep_allowed=0, keep_refused=0)
        return [cast("object", value)] if isinstance(value, re.Pattern) else _members(value)
    if setting == "allow_headers":
        return _request_headers(_members(value), problems)
    if setting == "expose_headers" and value is None:
        return ()
    if setting in ("allow_methods", "expose_headers", "dangerously_allow"):
        return _members(value)
    return read_text(setting, value) if setting == "max_age" else value


def _members(value: object) -> object:
    """A list for a text that is clearly one member."""
    return [value] if isinstance(value, str) and value and not _SEPARATORS.search(value) else value


def _request_headers(names: object, problems: list[Problem]) -> object:
    if isinstance(names, str) or not isinstance(names, Iterable):
        return names
    members: list[object] = []
    for name in cast("Iterable[object]", names):
        if isinstance(name, re.Pattern) or (isinstance(name, str) and "*" in name and name != "*"):
            problems.append(Problem("header-pattern", "allow_headers", cast("object", name)))
        else:
            members.append(name)
    # flask-cors's "*" covers Authorization, the standard's does not.
    return [*members, "Authorization"] if "*" in members else members


def _warn(name: str, reason: str) -> None:
    """Warn at the line outside this package that gave the option."""
    level = 1
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(f"{name} has no meaning any more: {reason}.", DeprecationWarning, stacklevel=level)
