"""Find the view that will serve a request, as Django's handler does, without calling it."""

import functools
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from types import FunctionType, ModuleType
from typing import Any, Final, NamedTuple, TypeAlias, cast

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils import translation
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.regex_helper import normalize

from django_wsgicors._project import asks_elsewhere, project
from django_wsgicors._until_changed import until_changed
from django_wsgicors._views import View, ViewPolicy, dotted_name, policies_of, policy_of
from wsgicors import Policy
from wsgicors.adapting import is_preflight, log

Urlconf: TypeAlias = str | ModuleType | tuple[Any, ...] | None

MIDDLEWARE: Final = "django_wsgicors.middleware.CorsMiddleware"

REROUTING: Final = frozenset({
    "django_hosts.middleware.HostsRequestMiddleware",
    "django_tenants.middleware.main.TenantMainMiddleware",
    "subdomains.middleware.SubdomainURLRoutingMiddleware",
    "tenant_schemas.middleware.TenantMiddleware",
})  # fmt: skip
"""Published middleware that sets ``request.urlconf``, for installations without source code."""

_until_rerouted = until_changed(("ROOT_URLCONF", "MIDDLEWARE").__contains__)

_SETS_URLCONF = re.compile(r"\.urlconf\s*=(?!=)|[\"']urlconf[\"']")


class Ahead(NamedTuple):
    """What is known about a request's view before Django resolves the URL.

    Attributes:
        policies: The policies of the views that can serve it; None means the settings'.
        certain: Whether the view that will be reached is certainly among them.
    """

    policies: tuple[ViewPolicy | None, ...]
    certain: bool


_SETTINGS_ALONE: Final = (Ahead((None,), certain=False), Ahead((None,), certain=True))


def policies_ahead(request: HttpRequest) -> Ahead:
    """Return the policies that can apply to a request, or to the request that its preflight asks for."""
    certain = not rerouting_middleware() or project().urlconf is not None
    found = policies_by_language(request)
    if not found:
        return _SETTINGS_ALONE[certain]
    policies = tuple(dict.fromkeys(found if certain else (*found, None)))
    return Ahead(policies, certain and len(policies) == 1)


def policies_by_language(request: HttpRequest) -> tuple[ViewPolicy | None, ...]:
    """Return the policies of the views that can serve a request's URL, in every possible language."""
    urlconf = urlconf_of(request)
    if not may_have_own_policies(urlconf):
        return ()
    try:
        views = [_view(request, urlconf, language) for language in _languages(request, urlconf)]
    except Exception:
        return ()  # the request gets the same error of the URLconf, and its page reads the 500
    return tuple(own_policy(request, view) if view is not None else None for view in views)


def own_policy(request: HttpRequest, view: View) -> ViewPolicy | None:
    """Return the policy of the view that serves a request; None if the settings' policy applies."""
    if type(view) is FunctionType and not view.__dict__:
        return None  # saves 1,500 instructions: a plain function has no policy, whatever the method
    return policy_of(view, _method_of(request))


def _method_of(request: HttpRequest) -> str:
    """Return the method of a request, which a middleware may have changed, or of that which its preflight asks for."""
    if is_preflight(request.META):
        return cast("str", request.META["HTTP_ACCESS_CONTROL_REQUEST_METHOD"])
    return request.method or ""


def view_of(request: HttpRequest) -> View | None:
    """Return the view that serves a request's URL, or None."""
    urlconf = urlconf_of(request)
    return _view(request, urlconf, _languages(request, urlconf)[0])


def _view(request: HttpRequest, urlconf: Urlconf, language: str | None) -> View | None:
    try:
        with translation.override(language) if language is not None else nullcontext():
            return cast("View", resolve(request.path_info, cast("str", urlconf)).func)
    except Exception:
        return None


def urlconf_of(request: HttpRequest) -> Urlconf:
    """Return the URLconf of a request: from CORS_URLCONF, else from a middleware above, else ROOT_URLCONF."""
    tells = project().urlconf
    if tells is not None:
        try:
            return cast("Urlconf", tells(request)) or _root_urlconf()
        except Exception:
            log().exception("CORS_URLCONF failed")
    return cast("Urlconf", getattr(request, "urlconf", None)) or _root_urlconf()


@_until_rerouted
def _root_urlconf() -> Urlconf:
    return cast("Urlconf", settings.ROOT_URLCONF)


def _languages(request: HttpRequest, urlconf: Urlconf) -> list[str | None]:
    """Return the languages in which Django can resolve a URL; None for the active one.

    They are those that `django.middleware.locale.LocaleMiddleware` will activate. If a cookie decides and the URLs are
    translated, there are several: a preflight has no cookie.
    """
    if not _has_locale_middleware():
        return [None]
    if (activated := getattr(request, "LANGUAGE_CODE", None)) is not None and not is_preflight(request.META):
        return [activated]
    prefixed, default_prefixed = is_language_prefix_patterns_used(cast("str", urlconf))
    if prefixed:
        language = translation.get_language_from_path(request.path_info)
        if language is not None or not default_prefixed:
            return [language or settings.LANGUAGE_CODE]
    return [code for code, _ in settings.LANGUAGES] if _has_translated_urls(urlconf) else [None]


@_until_rerouted
def _has_locale_middleware() -> bool:
    found = map(imported, settings.MIDDLEWARE)
    return any(isinstance(middleware, type) and issubclass(middleware, LocaleMiddleware) for middleware in found)


@_until_rerouted
def rerouting_middleware() -> tuple[str, ...]:
    """Return the dotted paths of middleware below this one that sets ``request.urlconf``, by name or source code."""
    below: list[str] = []
    for path in reversed(settings.MIDDLEWARE):
        if MIDDLEWARE in lineage(path):
            break
        if _reroutes(path):
            below.insert(0, path)
    return tuple(below)


def _reroutes(path: str) -> bool:
    middleware = imported(path)
    bases = middleware.__mro__ if isinstance(middleware, type) else (middleware,)
    return not REROUTING.isdisjoint(lineage(path)) or any(_sets_urlconf(base, set()) for base in bases)


def _sets_urlconf(code: object, seen: set[object]) -> bool:
    """Return whether a function or class, or one that it names in its own package, sets ``request.urlconf``."""
    module = sys.modules.get(getattr(code, "__module__", ""))
    if module is None or module.__name__.startswith("django.") or code in seen:
        return False
    seen.add(code)
    try:
        source = inspect.getsource(cast("Any", code))
    except (OSError, TypeError):
        return False
    package = module.__name__.partition(".")[0]
    named = (vars(module).get(name) for name in set(re.findall(r"\w+", source)))
    helpers = (one for one in named if inspect.isfunction(one) or inspect.isclass(one))
    return bool(_SETS_URLCONF.search(source)) or any(
        _sets_urlconf(helper, seen) for helper in helpers if helper.__module__.partition(".")[0] == package
    )


def lineage(path: str) -> tuple[str, ...]:
    """Return the dotted paths of a middleware and of its base classes."""
    middleware = imported(path)
    classes = middleware.__mro__ if isinstance(middleware, type) else ()
    return (path, *(f"{one.__module__}.{one.__qualname__}" for one in classes))


def imported(path: str) -> object:
    """Return the object of a dotted path, or None."""
    try:
        return cast("object", import_string(path))
    except ImportError:
        return None  # Django reports it when the server starts


class OwnPolicy(NamedTuple):
    """A view with its own policy.

    Attributes:
        route: Its path, with the names of its parameters: ``/notes/<int:number>/``.
        view: Its dotted name.
        method: The method that the policy is for, or ``""``.
        policies: The policy; empty if the view is exempt.
        begins: The path up to the first parameter.
        varies: Whether the path has parameters.
    """

    route: str
    view: str
    method: str
    policies: tuple[Policy, ...]
    begins: str
    varies: bool


def own_policies(urlconf: Urlconf) -> Iterator[OwnPolicy]:
    """Yield every view of a URLconf with its own policy. This imports the views."""
    for route, begins, varies, view in _routes(_patterns(urlconf), "/", "/", varies=False):
        for method, own in policies_of(view).items():
            policies = (own.policy,) if own.policy is not None else ()
            yield OwnPolicy(route, dotted_name(view, method), method, policies, begins, varies)


@functools.lru_cache
def has_own_policies(urlconf: Urlconf) -> bool:
    """Return whether any view of a URLconf has its own policy. This imports the views."""
    return any(True for _ in own_policies(urlconf))


def may_have_own_policies(urlconf: Urlconf) -> bool:
    """Return whether any view of a URLconf can have its own policy; true where a part of the URLconf is faulty.

    Django serves the views that it finds in front of a faulty part.
    """
    try:
        return has_own_policies(urlconf)
    except Exception:
        return True


@functools.lru_cache
def own_policies_ask_elsewhere(urlconf: Urlconf) -> bool:
    """Return whether any view of a URLconf has its own policy with a source. This imports the views."""
    try:
        return any(asks_elsewhere(own.policies) for own in own_policies(urlconf))
    except Exception:
        return True  # a source that needs a thread would fail without one


@functools.lru_cache
def _has_translated_urls(urlconf: Urlconf) -> bool:
    try:
        return any(_is_translated(pattern) for pattern in _patterns(urlconf))
    except Exception:
        return True  # a faulty part hides those behind it


def _is_translated(pattern: URLPattern | URLResolver) -> bool:
    if any(isinstance(value, Promise) for value in vars(pattern.pattern).values()):
        return True
    return isinstance(pattern, URLResolver) and any(map(_is_translated, pattern.url_patterns))


def _patterns(urlconf: Urlconf) -> list[URLPattern | URLResolver]:
    return get_resolver(cast("str", urlconf)).url_patterns


def _readable(pattern: URLPattern | URLResolver) -> str:
    """Return a route as a path, without the syntax of regular expressions if Django can read it."""
    route = str(pattern.pattern)
    if not isinstance(pattern.pattern, RegexPattern):
        return route
    try:
        (form, _), *_ = normalize(route)
    except Exception:  # Django reads neither flags nor `{,2}` nor a repeated look-behind
        return route
    return re.sub(r"%\((\w+)\)s", r"<\1>", form)


def _routes(
    patterns: Iterable[URLPattern | URLResolver], prefix: str, begins: str, *, varies: bool
) -> Iterator[tuple[str, str, bool, View]]:
    for pattern in patterns:
        route, beginning, varying = prefix + _readable(pattern), begins, varies
        if not varies:
            literal, varying = _beginning(pattern)
            beginning = begins + literal
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route, beginning, varies=varying)
        else:
            yield route, beginning, varying, pattern.callback


_LITERAL: Final = re.compile(r"\^((?:[^\\\[\](){}.^$*+?|]|\\[^A-Za-z0-9])*)")
_ENDS: Final = ("$", r"\Z", r"\z")


def _beginning(pattern: URLPattern | URLResolver) -> tuple[str, bool]:
    """Return the literal beginning of a route, and whether anything else follows."""
    route = pattern.pattern
    if isinstance(route, RoutePattern) and isinstance(vars(route)["_route"], str):  # otherwise it is translated
        literal, parameter, _ = str(route).partition("<")
        return literal, bool(parameter)
    found = _LITERAL.match(str(route)) if isinstance(route, RegexPattern) and not _is_translated(pattern) else None
    if found is not None:
        rest = str(route)[found.end() :]
        if rest in (_ENDS if isinstance(pattern, URLPattern) else ("",)):
            return re.sub(r"\\(.)", r"\1", found[1]), False
    return "", True
