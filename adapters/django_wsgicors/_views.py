"""Views with a policy of their own: the decorators, and the policy that a view carries."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from types import FunctionType
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
"""Where a view carries its policy; decorators above it copy it, as ``functools.wraps`` does."""


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


@dataclass(frozen=True, slots=True, eq=False)
class ViewPolicy:
    """The policy of a view.

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
    """Give a view a policy of its own, which answers instead of the one that covers its path.

    For function views, sync and async, and with Django's ``method_decorator`` for class-based views, Django REST
    framework's included: their ``dispatch``, or the one method concerned. It stands above ``login_required`` and
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
    if iscoroutinefunction(view):  # pyright: ignore[reportDeprecated]
        markcoroutinefunction(marked)
    return marked


def policy_of(view: View, method: str) -> ViewPolicy | None:
    """Return what a view, or the method of a class-based view, answers by; None where the settings say it."""
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
    """Return what a view answers by, for each method in capitals; ``""`` for all of them."""
    own: ViewPolicy | None = getattr(view, ATTRIBUTE, None)
    if own is not None:
        return {"": own}
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    names: list[str] = getattr(view_class, "http_method_names", [])
    found = {name.upper(): policy_of(view, name) for name in names if name != "head"}
    return {name: policy for name, policy in found.items() if policy is not None}


def dotted_name(view: View, method: str = "") -> str:
    """Return a view's name, for people; Django REST framework's actions are named too."""
    named = getattr(view, "view_class", view)  # Django REST framework's views have the names of their classes
    name: str = getattr(named, "__name__", type(named).__name__)  # a functools.partial has none
    actions: dict[str, str] = getattr(view, "actions", None) or {}
    every = "|".join(dict.fromkeys(actions.values()))  # the first request adds HEAD, with the action of GET
    action = actions.get(method.lower(), every if not method else "")
    return f"{named.__module__}.{name}" + (f".{action}" if action else "")
