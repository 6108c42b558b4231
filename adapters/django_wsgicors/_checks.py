"""System checks: errors for problems of the settings, warnings for an environment that makes them ineffective."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

from django.apps import apps
from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

from django_wsgicors._project import Project, read
from django_wsgicors._routing import MIDDLEWARE, imported, lineage, own_policies, rerouting_middleware
from django_wsgicors.middleware import CorsMiddleware
from wsgicors import Policy, Problem
from wsgicors.adapting import Member, admits_everybody, ignored, listed_origins, other_sites, page_of
from wsgicors.patterns import patterns_of

ID: Final = "django_wsgicors."
"""The prefix of the checks' ids, for SILENCED_SYSTEM_CHECKS."""

OTHER_MIDDLEWARE: Final = "corsheaders.middleware.CorsMiddleware"

SECURITY: Final = "django.middleware.security.SecurityMiddleware"
CSRF: Final = "django.middleware.csrf.CsrfViewMiddleware"
SESSIONS: Final = "django.contrib.sessions.middleware.SessionMiddleware"

HOOKS: Final = frozenset({
    "_url_in_whitelist", "add_response_headers", "check_preflight", "check_signal", "is_enabled",
    "origin_found_in_white_lists", "regex_domain_match",
})  # fmt: skip
"""Methods of django-cors-headers's middleware class that projects override."""

ANSWERING: Final[Mapping[str, str]] = {
    "django.middleware.common.CommonMiddleware": "redirects to URLs with a slash or a www",
    SECURITY: "redirects to https",
    "django.middleware.locale.LocaleMiddleware": "redirects to URLs with a language",
    "django.middleware.http.ConditionalGetMiddleware": "answers 304 without the headers of other middleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware": "looks for a login before a preflight is answered",
    "django.contrib.auth.middleware.LoginRequiredMiddleware": "redirects to the login page",
    "django.contrib.auth.middleware.RemoteUserMiddleware": "looks for a login before a preflight is answered",
    "whitenoise.middleware.WhiteNoiseMiddleware": "answers with static files",
}
"""Middleware that can answer instead of middleware below it, and what it does."""

WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "middleware-missing": (
        "django_wsgicors is installed, but its middleware is not: no answer has CORS headers.",
        'Put "django_wsgicors.CorsMiddleware" first in MIDDLEWARE.',
    ),
    "middleware-order": (
        (
            "CorsMiddleware stands below {other}, which {does}: such answers have no CORS headers, and preflights "
            "may not get through."
        ),
        'Put "django_wsgicors.CorsMiddleware" first in MIDDLEWARE.',
    ),
    "middleware-twice": (
        "CorsMiddleware is installed twice, with {other}: the outer one replaces the headers of the inner one.",
        'Take "{other}" out of MIDDLEWARE.',
    ),
    "urlconf-middleware": (
        "{other} sets request.urlconf, so that the view which a preflight asks about is not known before.",
        (
            "Write CORS_URLCONF, a function that takes the request and returns what the middleware will set. Until "
            "then a preflight is granted only if the settings' policy and that of the view of ROOT_URLCONF both "
            "grant it."
        ),
    ),
    "middleware-hooks": (
        "{other} overrides {hooks} of django-cors-headers' middleware, which is never called here.",
        "Use the signal check_request_enabled, CORS_RULES or an OriginSource instead.",
    ),
    "corsheaders-conf": (
        "{other} {does}: the settings are read once, when the project starts.",
        "Use the signal check_request_enabled or CORS_ORIGIN_SOURCE for what changes while it runs.",
    ),
    "urls-regex": (
        "CORS_URLS_REGEX = {regex} matches no path: paths begin with a slash. Nothing is covered.",
        "Write CORS_URLS_REGEX = {instead}.",
    ),
    "origins-cache": (
        "The table of origins uses the cache {alias}, which {does}.",
        "Name a cache that all processes share in CORS_ORIGINS_CACHE.",
    ),
    "silenced": (
        "SILENCED_SYSTEM_CHECKS holds {ids}, but the project does not start with that problem.",
        "Apply its remedy, or name it in CORS_DANGEROUSLY_ALLOW where that takes it.",
    ),
    "csrf-trusted-origins": (
        "Pages of {origins} may send cookies, but Django's CSRF protection refuses what they post.",
        "Add to CSRF_TRUSTED_ORIGINS: {origins}.",
    ),
    "cookie-samesite": (
        (
            'Pages may send cookies, but {setting} is "{value}": browsers do not send that cookie from pages of '
            "another site."
        ),
        'Write {setting} = "None" and {secure} = True. Or silence this check where the pages are of the same site.',
    ),
    "any-origin": (
        "{covered}: every site on the web may read the answers.",
        "List the origins, or silence this check where the data is public.",
    ),
}
"""The message and the hint of each warning, by its id. They can contain what the check found."""


def register_checks() -> None:
    """Register the checks for ``manage.py check``."""
    register(check_settings, Tags.security)
    register(check_project, Tags.security)
    register(check_deployment, Tags.security, deploy=True)


def check_settings(app_configs: Sequence[AppConfig] | None = None, **_kwargs: object) -> list[CheckMessage]:
    """Return every problem of the settings: errors for policies that are unsafe or useless in any browser."""
    _, problems, warnings = read()
    silenced = [ID + code for code in dict.fromkeys(problem.code for problem in problems)]
    silenced = [name for name in silenced if name in settings.SILENCED_SYSTEM_CHECKS]
    message, hint = WARNINGS["silenced"]
    return [
        *(
            Error(message.format(ids=name), hint=f"{hint} See {page_of('silenced')}", id=f"{ID}silenced")
            for name in silenced
        ),
        *(Error(problem.message, **_told(problem)) for problem in problems),
        *(CheckWarning(ignored(problem), **_told(problem)) for problem in warnings),
    ]


def _told(problem: Problem) -> dict[str, Any]:
    return {"hint": f"{problem.remedy} See {problem.url}".strip(), "id": ID + problem.code}


def check_project(app_configs: Sequence[AppConfig] | None = None, **_kwargs: object) -> list[CheckMessage]:
    """Return what keeps valid settings from working."""
    compiled, _, _ = read()
    messages = list(_middleware_warnings([lineage(path) for path in settings.MIDDLEWARE]))
    messages += [*_leftovers(), *_cache_warnings()]
    if compiled is None:
        return messages
    if compiled.urlconf is None:
        messages += [_warning("urlconf-middleware", other=path) for path in rerouting_middleware()]
    return [*messages, *_regex_warnings(compiled), *_cookie_warnings(compiled)]


def check_deployment(app_configs: Sequence[AppConfig] | None = None, **_kwargs: object) -> list[CheckMessage]:
    """Return what is acceptable only during development."""
    compiled, _, _ = read()
    if compiled is None or settings.DEBUG:
        return []
    return [
        _warning("any-origin", covered=covered)
        for covered, policies, _ in compiled.listed()
        if any(map(admits_everybody, policies))
    ]


def _warning(name: str, **facts: str) -> CheckMessage:
    message, hint = WARNINGS[name]
    return CheckWarning(message.format(**facts), hint=f"{hint.format(**facts)} See {page_of(name)}", id=ID + name)


def _middleware_warnings(stack: Sequence[tuple[str, ...]]) -> Iterator[CheckMessage]:
    places = [place for place, names in enumerate(stack) if MIDDLEWARE in names]
    if not places:
        yield _warning("middleware-missing")
        return
    for names in stack[: places[0]]:
        does = next((ANSWERING[path] for path in names if path in ANSWERING), None)
        if SECURITY in names and not settings.SECURE_SSL_REDIRECT:
            continue
        if does is not None:
            yield _warning("middleware-order", other=names[0], does=does)
    others = [names[0] for names in stack if OTHER_MIDDLEWARE in names]
    for other in [*others, *(stack[place][0] for place in places[1:])]:
        yield _warning("middleware-twice", other=other)


def _leftovers() -> Iterator[CheckMessage]:
    """Yield uses of django-cors-headers in the project's own code, and changes to settings after they were read."""
    for path in settings.MIDDLEWARE:
        middleware = imported(path)
        own = middleware.__mro__[:-1] if isinstance(middleware, type) and MIDDLEWARE in lineage(path) else ()
        hooks = sorted(
            {name for one in own if one.__module__ != CorsMiddleware.__module__ for name in vars(one)} & HOOKS
        )
        if hooks:
            yield _warning("middleware-hooks", other=path, hooks=", ".join(hooks))
    for module, source in _own_sources():
        if re.search(r"\bcorsheaders\.conf\b", source):
            yield _warning("corsheaders-conf", other=module, does="imports corsheaders.conf, which is not used")
        assigned = re.search(r"\bsettings\.(CORS_\w+)(?:\s*\+?=(?!=)|\.(?:append|extend|add|update)\()", source)
        if assigned:
            yield _warning("corsheaders-conf", other=module, does=f"changes settings.{assigned[1]}")


def _own_sources() -> Iterator[tuple[str, str]]:
    """Yield the modules of the project's own apps, without installed packages, and their source code."""
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if not {"site-packages", "dist-packages"}.isdisjoint(folder.parts) or app.name.startswith("django_wsgicors"):
            continue
        for file in sorted(folder.rglob("*.py")):
            name = ".".join((app.name, *file.relative_to(folder).with_suffix("").parts))
            with suppress(OSError):  # a folder, an editor's dangling link, or gone meanwhile
                yield name, file.read_text("utf-8", "replace")


def _cache_warnings() -> Iterator[CheckMessage]:
    if not apps.is_installed("django_wsgicors.origins"):
        return
    alias = getattr(settings, "CORS_ORIGINS_CACHE", "default")
    backend = str(settings.CACHES.get(alias, {}).get("BACKEND", "")).rpartition(".")[2]
    does = {
        "": "is not in CACHES",
        "DummyCache": "keeps nothing, so that every request asks the database",
        "LocMemCache": "each process has to itself: a row that is deleted stays allowed in the others until it is due",
    }.get(backend)
    if does is not None:
        yield _warning("origins-cache", alias=f'"{alias}"', does=does)


def _regex_warnings(compiled: Project) -> Iterator[CheckMessage]:
    regex = compiled.urls.pattern if compiled.urls is not None else "/"
    bare = regex.removeprefix("^")
    if "|" not in regex and re.match(r"[A-Za-z0-9_-]+(?![?*{])[/.\\$]|[A-Za-z0-9_-]+$", bare):
        yield _warning("urls-regex", regex=f'"{regex}"', instead=f'"^/{bare}"')


def _cookie_warnings(compiled: Project) -> Iterator[CheckMessage]:
    """Yield warnings if pages may send cookies, but other settings block the cookies or the posts."""
    policies = [policy for _, policies, _ in compiled.listed() for policy in policies]
    if hasattr(settings, "ROOT_URLCONF"):
        policies += [policy for own in own_policies(settings.ROOT_URLCONF) for policy in own.policies]
    policies = [policy for policy in policies if policy.allow_credentials]
    if not policies:
        return
    installed = {path for middleware in settings.MIDDLEWARE for path in lineage(middleware)}
    if CSRF in installed:
        missing = dict.fromkeys(
            origin for policy in policies for origin in listed_origins(policy) if not _is_trusted(origin)
        )
        if missing:
            yield _warning("csrf-trusted-origins", origins=", ".join(f'"{origin}"' for origin in missing))
    for needed, setting, secure in (
        (SESSIONS, "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_SECURE"),
        (CSRF, "CSRF_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE"),
    ):
        value: object = getattr(settings, setting)
        if all(map(_is_on_one_machine, policies)):
            continue
        if needed in installed and value in ("Lax", "Strict"):
            yield _warning("cookie-samesite", setting=setting, value=str(value), secure=secure)


def _is_on_one_machine(policy: Policy) -> bool:
    """Whether a policy lists only origins of the machine that the project runs on, and so of the same site."""
    origins = cast("object", policy.allow_origins)
    is_list = isinstance(origins, tuple) and len(listed_origins(policy)) == len(cast("tuple[Member, ...]", origins))
    return is_list and not other_sites(policy)


def _is_trusted(origin: str) -> bool:
    """Whether CSRF_TRUSTED_ORIGINS has an origin, or a wildcard, which there covers the domain itself too.

    An origin with any port cannot be written there.
    """
    inside = origin.replace("://*.", "://").replace("*", "x").replace("://", "://x.")
    covering = {origin, *patterns_of(inside)}
    return origin.endswith(":*") or not covering.isdisjoint(settings.CSRF_TRUSTED_ORIGINS)
