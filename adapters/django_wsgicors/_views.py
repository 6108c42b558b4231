"""Views with their own policy: the decorators, and how to find the policy of a view."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import CodeType, FunctionType
from typing import (
    Any,
    Final,
    Literal,
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

from django_wsgicors._project import for_enabled
from wsgicors import Policy
from wsgicors.adapting import Origins

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
View: TypeAlias = Callable[..., object]

ATTRIBUTE: Final = "_django_wsgicors"
"""The attribute with a view's policy; decorators above copy it, as ``functools.wraps`` does."""


_INSTEAD: Final = {"head": "get"}
"""Methods without a handler, and those whose handler serves them, as in `django.views.View.setup`."""


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
    """The type of `cors(…)`: the view keeps its type."""

    def __call__(self, view: Callable[Parameters, Result], /) -> Callable[Parameters, Result]:
        """Mark the view."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ViewPolicy:
    """The policy of a view.

    Attributes:
        policy: The policy; None for an exempt view.
        enabled: The policy for an origin that a handler of `django_wsgicors.check_request_enabled` has allowed.
    """

    policy: Policy | None
    enabled: Policy | None


EXEMPT: Final = ViewPolicy(None, None)


@overload
def cors(policy: Policy, /) -> Decorator: ...
@overload
def cors(**arguments: Unpack[PolicySettings]) -> Decorator: ...
def cors(policy: Policy | None = None, /, **arguments: Any) -> Decorator:
    """Give a view a policy of its own, which replaces the one for its path.

    It works with sync and async function views and, with Django's ``method_decorator``, with class-based views,
    including those of Django REST framework: on ``dispatch``, or on a single method. Put it above or below
    ``login_required`` and the like, but above Django REST framework's ``api_view``.

    A subclass with a ``dispatch`` of its own keeps the policy of a base's if it calls ``super()``. A call by name
    (``Base.dispatch(self, …)``) is not seen: decorate that ``dispatch`` too.

    Args:
        policy: The policy.
        arguments: Or the arguments of `wsgicors.Policy`. Nothing is inherited from the settings.

    Raises:
        PolicyError: with every problem of the arguments.

    >>> @cors(allow_origins=["https://partner.example"], allow_headers=["Content-Type"])
    ... def report(request): ...
    >>> policy_of(report, "POST").policy
    Policy(allow_origins=['https://partner.example'], allow_headers=['Content-Type'])
    """
    own = policy if policy is not None else Policy(**arguments)
    answers = ViewPolicy(own, for_enabled(own))
    return functools.partial(_marked, answers)


def cors_exempt(view: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Leave a view's responses unchanged, preflights included: the view itself decides who may read them.

    >>> @cors_exempt
    ... def internal(request): ...
    >>> policy_of(internal, "GET") is EXEMPT
    True
    """
    return _marked(EXEMPT, view)


def _marked(answers: ViewPolicy, view: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    if isinstance(view, type):
        raise TypeError(f'{view.__name__} is a class: decorate it with method_decorator(…, name="dispatch")')

    # A wrapper: the same function can then be in the URLconf with and without a policy.
    @functools.wraps(view)
    def marked(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        return view(*args, **kwargs)

    setattr(marked, ATTRIBUTE, answers)
    if iscoroutinefunction(view):  # pyright: ignore[reportDeprecated]
        markcoroutinefunction(marked)
    return marked


def policy_of(view: View, method: str) -> ViewPolicy | None:
    """Return the policy of a view, or of a class-based view's method; None if the settings' policy applies."""
    view = _called_by(view)
    view_class = class_of(view)
    own = _of_whole(view, view_class)
    if own is not None or view_class is None:
        return own
    name = method.lower()
    if name not in _methods_of(view, view_class):
        return None  # a preflight can name anything, and reading some attributes has side effects
    actions: Mapping[str, str] = _mapping_of(view, "actions")
    handler = getattr(view_class, actions.get(name, name), None)
    if handler is None and name in _INSTEAD:
        return policy_of(view, _INSTEAD[name])
    return _mark(handler)


def _mark(function: object) -> ViewPolicy | None:
    """Return the policy that a decorator gave to a function; some objects have an attribute of every name."""
    own = getattr(function, ATTRIBUTE, None)
    return own if isinstance(own, ViewPolicy) else None


def _called_by(view: View) -> View:
    """Return the view that a ``functools.partial`` calls, or the view itself.

    A partial that is a decorator's wrapper calls a function of the decorator, and has the view's attributes itself.
    """
    inner = _inside(view)
    return view if inner is None or _mark(view) is not None or class_of(view) is not None else _called_by(inner)


def _inside(view: View) -> View | None:
    """Return the function of a ``functools.partial``; None for anything else."""
    return cast("functools.partial[object]", view).func if isinstance(view, functools.partial) else None


def class_of(view: View) -> Any:
    """Return the class of a class-based view, of Django or Django REST framework; None for a function."""
    found = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return found if isinstance(found, type) else None  # other libraries use these names, too


def _methods_of(view: View, view_class: type) -> Iterable[str]:
    """Return the methods of a class-based view in lower case, which an argument of ``as_view`` can replace."""
    given: Mapping[str, Iterable[str]] = _mapping_of(view, "view_initkwargs", "initkwargs")
    own: Iterable[str] = getattr(view_class, "http_method_names", ())
    return given.get("http_method_names", own)


def _mapping_of(view: View, *names: str) -> Mapping[str, Any]:
    """Return the first of some attributes that is a mapping; other libraries use these names, too."""
    for name in names:
        found = getattr(view, name, None)
        if isinstance(found, Mapping):
            return cast("Mapping[str, Any]", found)
    return {}


def _of_whole(view: View, view_class: type | None) -> ViewPolicy | None:
    """Return the policy for every method of a view: its own, or that of the first decorated ``dispatch`` that it runs.

    Django's ``as_view`` takes over the attributes of the outermost ``dispatch`` alone, such as that of a mixin.
    """
    own = _mark(view)
    if own is not None or view_class is None:
        return own
    for dispatch in (vars(one)["dispatch"] for one in view_class.__mro__ if "dispatch" in vars(one)):
        own = _mark(dispatch)
        if own is not None or not _calls_super(dispatch):
            return own
    return None


def _calls_super(method: object) -> bool:
    # The cache saves 3 µs for each request to a class-based view. Other objects need not have a hash.
    return _cached_calls_super(method) if isinstance(method, FunctionType) else _uncached_calls_super(method)


def _uncached_calls_super(method: Any) -> bool:
    try:
        code = getattr(inspect.unwrap(method), "__code__", None)
    except ValueError:  # it wraps itself
        return False
    return isinstance(code, CodeType) and _names_super(code)


_cached_calls_super = functools.lru_cache(_uncached_calls_super)


def _names_super(code: CodeType) -> bool:
    """Whether a function, or one that it defines, names ``super``."""
    return "super" in code.co_names or any(_names_super(one) for one in code.co_consts if isinstance(one, CodeType))


def policies_of(view: View) -> dict[str, ViewPolicy]:
    """Return the policies of a view by method, in capitals; ``""`` means every method."""
    view = _called_by(view)
    view_class = class_of(view)
    own = _of_whole(view, view_class)
    if own is not None:
        return {"": own}
    names = _methods_of(view, view_class) if view_class is not None else ()
    found = {name.upper(): policy_of(view, name) for name in names if name not in _INSTEAD}
    return {name: policy for name, policy in found.items() if policy is not None}


def dotted_name(view: View, method: str = "") -> str:
    """Return a view's name for messages, including Django REST framework's actions."""
    view = _called_by(view)
    view_class: object = getattr(view, "view_class", None)  # Django REST framework's views have their classes' names
    named: Any = view_class if isinstance(view_class, type) else view
    name: str = getattr(named, "__name__", type(named).__name__)  # a functools.partial has none
    actions: Mapping[str, str] = _mapping_of(view, "actions")
    every = "|".join(dict.fromkeys(actions.values()))  # the first request adds HEAD, with the action of GET
    action = actions.get(method.lower(), every if not method else "")
    return f"{named.__module__}.{name}" + (f".{action}" if action else "")
