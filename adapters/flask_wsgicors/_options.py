"""flask-cors's options, as keywords and as ``CORS_*`` configuration, read as the settings of a `wsgicors.Policy`."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, TypedDict, cast

from flask import Flask

from wsgicors import CachedOrigins, OriginSource, Policy, PolicyError
from wsgicors.adapting import ALLOWABLE, SETTINGS, Checks, Member, build_policy, ignored, nearest, read_text

Origins: TypeAlias = str | re.Pattern[str] | Iterable[Member] | OriginSource | Callable[[str], bool]
"""``"*"``, one or several members, a source, or a function of the origin, which is called for every request."""

Names: TypeAlias = str | Iterable[str]
"""One or several names; ``"*"`` for all."""


class CORSWarning(UserWarning):
    """A setting has no effect, or another effect than in flask-cors. Python shows it by default."""


class Options(TypedDict, total=False):
    """The options of a decorator and of a resource, by the names of flask-cors and of `wsgicors.Policy`.

    The last five no longer have a meaning: they are accepted, and a `CORSWarning` says why.
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
"""A path, with ``*`` at its end for all paths below it; or a regular expression, as text or compiled."""


class AppOptions(Options, total=False):
    """The options of `flask_wsgicors.CORS`."""

    resources: Resource | Iterable[Resource] | Mapping[Resource, Options | Policy]
    debug: bool


class Given(NamedTuple):
    """The value of a setting, and its name as its owner wrote it."""

    value: object
    name: str


Settings: TypeAlias = Mapping[str, Given]
"""Settings of a policy by the core's names; those that are not given are missing."""

OWN_NAMES: Final = {"origins": "allow_origins", "methods": "allow_methods", "supports_credentials": "allow_credentials"}
"""flask-cors's names that differ from the core's."""

CORE_TO_OWN: Final = {core: own for own, core in OWN_NAMES.items()}
"""The core's names, mapped to flask-cors's."""

DEFAULTS: Final[Mapping[str, object]] = {
    "allow_methods": ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"),
    "allow_headers": ("*", "Authorization"),
}
"""flask-cors's defaults. With a list of origins they are safe."""

MEANINGLESS: Final[Mapping[str, str]] = {
    "send_wildcard": 'origins="*" is always answered with *, which is what caches and browsers want of public data',
    "vary_header": "Vary: Origin is sent wherever the answer depends on the origin, and nowhere else",
    "always_send": "an answer to a request without Origin says what holds for everybody, and never lists the origins",
    "automatic_options": (
        "preflights are answered before the app sees them; other OPTIONS requests are Flask's or the view's"
    ),
    "intercept_exceptions": "every answer is covered, those to exceptions included",
}
"""Options of flask-cors that have no effect here, and why."""

EVERYBODY: Final = frozenset({"/*", ".*", "/.*", "^.*$", "^.*"})
"""Texts that flask-cors reads as expressions that match every origin."""

_KNOWN: Final = (*OWN_NAMES, *SETTINGS)
_MEANT: Final = {"credentials": "supports_credentials"}  # for difflib, allow_credentials is nearer
_NEVER_READ: Final = ("CORS_HEADERS",)  # old guides have it, and no release of flask-cors that is in use reads it
_SWITCHES: Final = frozenset(
    {"supports_credentials", "allow_credentials", "allow_private_network", "debug", *MEANINGLESS}
)
_NUMBERS: Final = frozenset({"max_age", "preflight_status"})
_PLACEHOLDER: Final = ["https://www.example.com"]
"""A placeholder for origins with a reported problem, to check the other settings."""
_PACKAGE: Final = str(Path(__file__).parent)
_SEPARATORS: Final = re.compile(r"[\s,]")


def read_options(
    options: Mapping[str, object], checks: Checks, written: Callable[[str], str] = str, others: Iterable[str] = ()
) -> dict[str, Given]:
    """Read options, by their keywords, as settings of a policy.

    An unknown name is read as the option that was most likely meant, to report the problems of its value too. If that
    option has no meaning, the name is ignored with a warning, as flask-cors ignored it.

    Args:
        options: The options.
        checks: Collects the unknown names.
        written: Formats the name of an option as the owner wrote it.
        others: Further names that are possible in this place, and that a misspelt name can mean.

    >>> read_options({"origins": "*"}, Checks(), "resources['/api/*'][{!r}]".format)
    {'allow_origins': Given(value='*', name="resources['/api/*']['origins']")}
    """
    settings: dict[str, Given] = {}
    taken = {OWN_NAMES.get(name, name) for name in options}
    for name, value in options.items():
        if name in MEANINGLESS:
            warn(f"{written(name)} has no meaning any more: {MEANINGLESS[name]}.")
            continue
        known = name
        if name not in _KNOWN:
            free = [other for other in (*_KNOWN, *MEANINGLESS) if OWN_NAMES.get(other, other) not in taken] + [*others]
            known = _meant(name, value, free)
            if known in MEANINGLESS:
                warn(f"{written(name)} is not an option, and {known} no longer has a meaning: {MEANINGLESS[known]}.")
                continue
            checks.add("unknown-setting", written(name), name, known, known=", ".join((*_KNOWN, *others)))
        if known in _KNOWN:
            # An iterator can be read only once, and several resources and views may share it.
            kept = [*cast("Iterator[object]", value)] if isinstance(value, Iterator) else value
            settings[OWN_NAMES.get(known, known)] = Given(kept, written(known))
    return settings


def _meant(name: str, value: object, others: Iterable[str]) -> str:
    """Return the option that an unknown name most likely means, or ``""``."""
    if isinstance(value, bool):
        fitting = [other for other in others if other in _SWITCHES]
    elif isinstance(value, int):
        fitting = [other for other in others if other in _NUMBERS]
    else:
        fitting = [other for other in others if other not in _SWITCHES | {"preflight_status"}]
    bare = name.lower().removeprefix("cors_")  # the spelling of the configuration
    meant = _MEANT.get(bare, bare)
    return meant if meant in fitting else nearest(bare, fitting)


def read_config(config: Mapping[str, object], checks: Checks) -> dict[str, Given]:
    """Read the ``CORS_*`` settings of an app. None means not given; other names are the app's own."""
    names = (*_KNOWN, *MEANINGLESS)
    given = {name: config[key] for name in names if config.get(key := configured(name)) is not None}
    return read_options(given, checks, configured)


def misspelt(config: Mapping[str, object], given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each name in ``app.config`` that is no setting, with the name of the missing setting that it means.

    Other names with the prefix are the app's own, and so are names for settings that are `given`, by the core's names.

    >>> dict(misspelt({"CORS_ORIGNS": "*", "CORS_SITE": "a.example"}, ["allow_methods"]))
    {'CORS_ORIGNS': 'CORS_ORIGINS'}
    """
    names = (*_KNOWN, "resources")
    known = {*map(configured, (*names, *MEANINGLESS, "debug")), *_NEVER_READ}
    taken = {*given}
    for key, value in cast("Mapping[object, object]", config).items():
        if isinstance(key, str) and key.startswith("CORS_") and key not in known:
            meant = _meant(key, value, names)
            if meant and OWN_NAMES.get(meant, meant) not in taken:
                yield key, configured(meant)


def configured(name: str) -> str:
    """Return the name of an option in ``app.config``.

    >>> configured("origins")
    'CORS_ORIGINS'
    """
    return f"CORS_{name.upper()}"


def names_of(said: Iterable[Settings]) -> dict[str, str]:
    """Return the owner's name for each setting: a keyword, or a key of ``app.config``.

    Args:
        said: The settings of every ``CORS(…)``, resource and decorator. Other settings are named in the same style.

    >>> names_of([{"allow_origins": Given("*", "CORS_ORIGINS")}])["allow_methods"]
    'CORS_METHODS'
    """
    written: dict[str, set[str]] = {name: set() for name in SETTINGS}
    for settings in said:
        for name, given in settings.items():
            # Use only the bare name of a resource's option: the policy may be that of another path.
            written[name].add(given.name if given.name.isidentifier() else CORE_TO_OWN.get(name, name))
    own = {name: CORE_TO_OWN.get(name, name) for name in SETTINGS}
    everywhere = set[str]().union(*written.values())
    if everywhere and all(name.startswith("CORS_") for name in everywhere):
        return {name: configured(own[name]) for name in SETTINGS}
    return {name: next(iter(written[name])) if len(written[name]) == 1 else own[name] for name in SETTINGS}


class Built(NamedTuple):
    """A policy, and its warnings."""

    policy: Policy
    warnings: tuple[str, ...] = ()


def policy_of(settings: Settings, app: Flask | None = None, owner: str = "") -> Built:
    """Build the policy from `settings`, with flask-cors's defaults for methods and headers.

    Args:
        settings: The settings.
        app: The app in whose context a function of origins is called.
        owner: The owner of the settings, such as `` of view``, for problems of settings that are not given.

    Raises:
        PolicyError: with every problem, in the words of the owner of the settings.

    >>> policy_of(read_options({"origins": "https://a.example", "methods": ["PUT"]}, Checks())).policy
    Policy(allow_origins=['https://a.example'], allow_methods=['PUT'], allow_headers=['*', 'Authorization'])
    """
    checks = Checks()
    values = {name: _translated(name, given.value, app, checks) for name, given in settings.items()}
    names = {name: name + owner for name in SETTINGS} | {core: own + owner for own, core in OWN_NAMES.items()}
    names |= {name: given.name for name, given in settings.items()}
    try:
        policy, dropped = build_policy({"allow_origins": (), **DEFAULTS, **values})
    except PolicyError as error:
        found = [*checks.problems, *error.problems]
        if any(problem.code.startswith("any-origin-with-") for problem in found):
            # "*" is not a remedy.
            found = [problem.__replace__(instead="") if problem.instead == "*" else problem for problem in found]
        raise PolicyError(found).renamed(names) from None
    if checks.problems:
        raise PolicyError(checks.problems).renamed(names)
    return Built(policy, tuple(ignored(problem.renamed(names)) for problem in dropped))


def check_alone(settings: Settings, checks: Checks) -> None:
    """Find the problems that no other setting can solve, before the other settings of a view are known.

    Raises:
        PolicyError: with those of `checks` and all that are found.
    """
    if "allow_origins" in settings:
        try:
            policy_of({"dangerously_allow": Given(ALLOWABLE, "dangerously_allow"), **settings})
        except PolicyError as error:
            checks.problems += error.problems
    checks.finish()


def _translated(setting: str, value: object, app: Flask | None, checks: Checks) -> object:
    """Return a value in the core's form; problems that only this adapter can have go to `checks`."""
    if setting == "allow_origins":
        return _origins(value, app, checks)
    if setting == "allow_headers":
        return _request_headers(_members(value), checks)
    if setting == "expose_headers" and value is None:
        return ()
    if setting in ("allow_methods", "expose_headers", "dangerously_allow"):
        return _members(value)
    return read_text(setting, value) if setting == "max_age" else value


def _origins(value: object, app: Flask | None, checks: Checks) -> object:
    if isinstance(value, str) and value in EVERYBODY:
        return _everybody(value, checks)
    if isinstance(value, (list, tuple, set, frozenset)):
        value = [_everybody(member, checks) for member in cast("Iterable[object]", value)]
    if isinstance(value, Mapping):
        wanted = '"*", or a list of origins; a mapping from paths to options belongs to resources'
        checks.add("wrong-type", "allow_origins", cast("object", value), type="dict", wanted=wanted)
        return _PLACEHOLDER
    if not callable(value) or isinstance(value, OriginSource):
        return [cast("object", value)] if isinstance(value, re.Pattern) else _members(value)
    function = cast("Callable[[str], bool]", value)
    if not _takes_an_origin(function):
        checks.wrong_type("allow_origins", function, "a function of the request's origin: lambda origin: …")
        return _PLACEHOLDER
    return CachedOrigins(_in_context(app, function) if app is not None else function, keep_allowed=0, keep_refused=0)


def _everybody(member: object, checks: Checks) -> object:
    """Return ``"*"`` for what flask-cors reads as that, so that problems with credentials are reported too."""
    if not isinstance(member, str) or member not in EVERYBODY:
        return member
    checks.add("origin-regex", "allow_origins", member, "*")
    return "*"


def _takes_an_origin(function: Callable[..., object]) -> bool:
    try:
        taken = inspect.signature(function)
    except (TypeError, ValueError):  # a builtin without a signature, or a callable object with a builtin method
        return True
    try:
        taken.bind("https://www.example.com")
    except TypeError:
        return False
    return True


def _in_context(app: Flask, function: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return `function` wrapped in a context of `app`, for its database or configuration: the middleware has none."""

    def ask(origin: str) -> bool:
        with app.app_context():
            return function(origin)

    return ask


def _members(value: object) -> object:
    """Return a list for a text that is clearly one member."""
    return [value] if isinstance(value, str) and value and not _SEPARATORS.search(value) else value


def _request_headers(names: object, checks: Checks) -> object:
    if isinstance(names, str) or not isinstance(names, Iterable):
        return names
    members: list[object] = []
    for name in cast("Iterable[object]", names):
        if isinstance(name, re.Pattern) or (isinstance(name, str) and "*" in name and name != "*"):
            checks.add("header-pattern", "allow_headers", cast("object", name))
        else:
            members.append(name)
    # "*" covers Authorization in flask-cors, but not in the standard.
    return [*members, "Authorization"] if "*" in members else members


def warn(message: str) -> None:
    """Warn at the line outside this package that gave the option."""
    level = 1
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, CORSWarning, stacklevel=level)
