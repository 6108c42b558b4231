"""Views with a policy of their own: how they get it, and how a request's view is found without calling it."""

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from types import FunctionType, ModuleType
from typing import (
    Any,
    Final,
    Literal,
    NamedTuple,
    ParamSpec,
    Protocol,
    Required,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
    cast,
    overload,
)

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation

from django_wsgicors.settings import for_enabled
from wsgicors import Policy
from wsgicors.policy import Origins

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
View: TypeAlias = Callable[..., object]
Urlconf: TypeAlias = str | ModuleType | tuple[Any, ...] | None

ATTRIBUTE: Final = "_django_wsgicors"
"""Where a view carries its policy; decorators above it copy it, as ``functools.wraps`` does."""

marks: Final[set[str]] = set()
"""`ATTRIBUTE`, once any view has been given a policy: until then no view at hand need be asked for one."""


class PolicySettings(TypedDict, total=False):
    """The arguments of `wsgicors.Policy`."""

    allow_origins: Required[Origins]
    allow_methods: Iterable[str]
    allow_headers: Iterable[str]
    expose_headers: Iterable[str]
    allow_credentials: bool
    max_age: int | timedelta | None
    allow_private_network: bool
    preflight_status: int
    refuse: Literal["withhold", "forbid"]
    dangerously_allow: Iterable[str]


class Decorator(Protocol):
    """What `cors` returns: the view keeps its type."""

    def __call__(self, view: Callable[Parameters, Result], /) -> Callable[Parameters, Result]:
        """Mark the view."""
        ...


class ViewPolicy(NamedTuple):
    """What a view answers by.

    Attributes:
        policy: None for a view that is exempt.
        enabled: The same for an origin that a handler of `django_wsgicors.check_request_enabled` has let in.
    """

    policy: Policy | None
    enabled: Policy | None


EXEMPT: Final = ViewPolicy(None, None)


@overload
def cors(policy: Policy, /) -> Decorator: ...
@overload
def cors(**arguments: Unpack[PolicySettings]) -> Decorator: ...
def cors(policy: Policy | None = None, /, **arguments: Any) -> Decorator:
    """Give a view a policy of its own, which answers in the stead of the one that covers its path.

    For function views, sync and async, and with Django's ``method_decorator`` for class-based views, Django REST
    framework's included: their ``dispatch``, or the one method that it is about. It stands above ``login_required`` and
    the like or below; above Django REST framework's ``api_view``.

    Args:
        policy: The policy.
        arguments: Or what `wsgicors.Policy` takes. Nothing is inherited from the settings.

    Raises:
        PolicyError: with every fault of the arguments.

    >>> @cors(allow_origins=["https://partner.example"], allow_headers=["Content-Type"])
    ... def report(request): ...
    >>> policy_of(report, "POST").policy
    Policy(allow_origins=['https://partner.example'], allow_headers=['Content-Type'])
    """
    own = policy if policy is not None else Policy(**arguments)
    answers = ViewPolicy(own, for_enabled(own))
    return functools.partial(_marked, answers)


def cors_exempt(view: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Leave a view's answers as they are, its preflights' included: it says itself who may read them, or nobody may.

    >>> @cors_exempt
    ... def internal(request): ...
    >>> policy_of(internal, "GET") is EXEMPT
    True
    """
    return _marked(EXEMPT, view)


def _marked(answers: ViewPolicy, view: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    if isinstance(view, type):
        raise TypeError(f'{view.__name__} is a class: decorate it with method_decorator(…, name="dispatch")')

    # A wrapper, so that the same function can stand in the URLconf with and without a policy.
    @functools.wraps(view)
    def marked(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        return view(*args, **kwargs)

    setattr(marked, ATTRIBUTE, answers)
    marks.add(ATTRIBUTE)
    if iscoroutinefunction(view):  # pyright: ignore[reportDeprecated]
        markcoroutinefunction(marked)
    return marked


def policy_of(view: View, method: str) -> ViewPolicy | None:
    """What a view, or the method of a class-based view, answers by; None where the settings say it."""
    if type(view) is FunctionType and not view.__dict__:
        return None  # it has none of the attributes below, which take longer to look for
    own: ViewPolicy | None = getattr(view, ATTRIBUTE, None)
    if own is not None:
        return own
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)  # Django's, Django REST framework's
    if view_class is None:
        return None
    name = method.lower()
    if name not in view_class.http_method_names:
        return None  # a preflight may name anything, and a look at some attributes has effects
    actions: dict[str, str] = getattr(view, "actions", None) or {}
    handler = getattr(view_class, actions.get(name, name), None)
    if handler is None and name == "head":
        return policy_of(view, "GET")
    return getattr(handler, ATTRIBUTE, None)


def policies_of(view: View) -> dict[str, ViewPolicy]:
    """What a view answers by, for each method in capitals; ``""`` for all of them."""
    own: ViewPolicy | None = getattr(view, ATTRIBUTE, None)
    if own is not None:
        return {"": own}
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    names: list[str] = getattr(view_class, "http_method_names", [])
    found = {name.upper(): policy_of(view, name) for name in names if name != "head"}
    return {name: policy for name, policy in found.items() if policy is not None}


def own_policy(request: HttpRequest, method: str) -> ViewPolicy | None:
    """What the view of a request's URL answers by; None where the settings say it, or there is no view."""
    view = view_of(request) if own_policies_exist(request) else None
    return None if view is None else policy_of(view, method)


def view_of(request: HttpRequest) -> View | None:
    """The view that serves a request's URL, or None."""
    # What LocaleMiddleware, which comes later, would activate; i18n_patterns match no other language's URLs.
    language = translation.get_language_from_path(request.path_info)
    try:
        with translation.override(language) if language else nullcontext():
            return cast("View", resolve(request.path_info, cast("str", urlconf_of(request))).func)
    except Exception:
        return (
            None  # no such URL; or a fault in the project, which the request itself meets, and then the page reads it
        )


def own_policies_exist(request: HttpRequest) -> bool:
    """Whether any view has a policy of its own, so that there is reason to look for the view."""
    try:
        return has_own_policies(urlconf_of(request))
    except Exception:
        return False  # likewise


def urlconf_of(request: HttpRequest) -> Urlconf:
    """The URLconf that a middleware has given to a request, or else the project's."""
    return cast("Urlconf", request.__dict__.get("urlconf")) or _root_urlconf()


@functools.cache
def _root_urlconf() -> Urlconf:
    return cast("Urlconf", settings.ROOT_URLCONF)  # Django looks a setting up for longer than most requests take here


@receiver(setting_changed)
def _look_again(*, setting: str, **_: object) -> None:
    if setting == "ROOT_URLCONF":
        _root_urlconf.cache_clear()


@functools.lru_cache
def has_own_policies(urlconf: Urlconf) -> bool:
    """Whether any view of a URLconf has a policy of its own. Loads the views."""
    return any(True for _ in own_policies(urlconf))


class OwnPolicy(NamedTuple):
    """A view that has a policy of its own.

    Attributes:
        route: As Django's URLconf has it.
        view: Its dotted name.
        method: The method that the policy is for, or ``""``.
        policies: The policy; none where the view is exempt.
    """

    route: str
    view: str
    method: str
    policies: tuple[Policy, ...]


def own_policies(urlconf: Urlconf) -> Iterator[OwnPolicy]:
    """Every view of a URLconf that has a policy of its own. Loads the views."""
    for route, view in _routes(get_resolver(cast("str", urlconf)).url_patterns, "/"):
        for method, own in policies_of(view).items():
            yield OwnPolicy(route, dotted_name(view), method, (own.policy,) if own.policy is not None else ())


def dotted_name(view: View) -> str:
    """A view's name, for people."""
    named = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    name: str = getattr(named, "__name__", type(named).__name__)  # a functools.partial has none
    return f"{named.__module__}.{name}"


def _routes(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, View]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback
