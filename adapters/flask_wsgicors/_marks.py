"""The marks of the decorator on views, and how to find them.

A decorated view is a copy: the view itself stays unchanged wherever else it is used. If ``@app.route`` was applied
first, the app has the view and not the copy: the mark of the copy then applies to the view.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from functools import partial, update_wrapper
from types import FunctionType, MethodType
from typing import Final, NamedTuple, TypeVar, cast

from flask_wsgicors._options import Settings
from wsgicors import Policy

View = TypeVar("View", bound=Callable[..., object])

EVERY_METHOD: Final = ""

_MARK: Final = "_flask_wsgicors"
_COPY: Final = "_flask_wsgicors_copy"


class Mark(NamedTuple):
    """The argument of a decorator: settings that others complete, or a whole policy."""

    settings: Settings
    policy: Policy | None = None


class _Copy(NamedTuple):
    """The last marked copy of a view."""

    of: object
    copy: object


def marked(view: View, mark: Mark) -> View:
    """Return a copy of a view, or of a view class, with `mark`."""
    target = _target(view)
    copied = _copied(target)
    setattr(copied, _MARK, mark)
    setattr(target, _COPY, _Copy(target, copied))
    if isinstance(view, MethodType):
        return cast("View", MethodType(cast("FunctionType", copied), view.__self__))
    return cast("View", copied)


def marks(view: object, served: set[int], methods: Iterable[str] = ()) -> Iterator[tuple[str, Mark]]:
    """Yield the marks of a view: those of a class's methods by method, any other as `EVERY_METHOD`.

    Args:
        view: A view function of an app.
        served: The `identities` of all views of the app.
        methods: The methods of a URL rule, which need not be those of a class.
    """
    view = _called_by(view)
    view_class: object = getattr(view, "view_class", None)
    own = _mark(view) or _mark(view_class) or _mark_of_copy(view, served) or _mark_of_copy(view_class, served)
    if own is not None:
        yield EVERY_METHOD, own
    names = {method.upper() for method in (*(getattr(view_class, "methods", None) or ()), *methods)}
    handlers: dict[str, object] = {method: getattr(view_class, method.lower(), None) for method in sorted(names)}
    handlers["HEAD"] = handlers.get("HEAD") or handlers.get("GET")  # as MethodView does
    for method, handler in handlers.items():
        if (mark := _mark(handler)) is not None:
            yield method, mark


def identities(views: Iterable[object]) -> set[int]:
    """Return the identities of the functions and classes that make up the views of an app, wrapped ones included."""
    parts = (part for view in views for part in _unwrapped(view))
    return {id(one) for part in parts for one in (_target(part), getattr(part, "view_class", None))}


def _unwrapped(view: object) -> Iterable[object]:
    """Return a view, and what it wraps, as a ``functools.partial`` or by ``functools.wraps``."""
    found: dict[int, object] = {}
    while view is not None and id(view) not in found:
        found[id(view)] = view
        inner = getattr(view, "__dict__", {}).get("__wrapped__")
        view = _inside(view) if inner is None else inner
    return found.values()


def _called_by(view: object) -> object:
    """Return the view that a ``functools.partial`` calls, or the view itself.

    A partial with a mark or a class is a view itself, or a decorator's wrapper, which calls the decorator's function.
    """
    inner = _inside(view)
    if inner is None or _mark(view) is not None or getattr(view, "view_class", None) is not None:
        return view
    return _called_by(inner)


def _inside(view: object) -> object:
    """Return the function of a ``functools.partial``; None for anything else."""
    return cast("partial[object]", view).func if isinstance(view, partial) else None


def _target(view: object) -> object:
    return view.__func__ if isinstance(view, MethodType) else view


def _mark(view: object) -> Mark | None:
    mark = getattr(view, _MARK, None)
    return mark if isinstance(mark, Mark) else None


def _mark_of_copy(view: object, served: set[int]) -> Mark | None:
    last = getattr(view, _COPY, None)
    if isinstance(last, _Copy) and last.of is _target(view) and id(last.copy) not in served:
        return _mark(last.copy)
    return None


def _copied(target: object) -> object:
    if isinstance(target, FunctionType):
        function = FunctionType(
            target.__code__, target.__globals__, target.__name__, target.__defaults__, target.__closure__
        )
        function.__kwdefaults__ = target.__kwdefaults__
        return update_wrapper(function, target)
    if isinstance(target, type):
        return type(target.__name__, (target,), {"__module__": target.__module__, "__doc__": target.__doc__})
    other = copy.copy(target)
    other.__dict__ = {**vars(target)}  # a copied functools.partial would share it
    return other
