"""Check what a middleware is given: the app, as far as is possible without calling it, and the options."""

from collections.abc import Callable
from functools import partial
from typing import Final, cast

from wsgicors.problems import Problem

_COROUTINE: Final = 0x80
"""`inspect.CO_COROUTINE`; inspect takes longer to import than the rest of the package."""


def wsgi_problems(app: object) -> list[Problem]:
    """Return the reasons why an object is not a WSGI app (PEP 3333)."""
    if not callable(app):
        return [Problem("no-app", "app", app)]
    called: object = app
    while isinstance(called, partial):
        called = cast("partial[object]", called).func
    codes = [getattr(one, "__code__", None) for one in (called, getattr(type(called), "__call__", None))]  # noqa: B004
    is_async = any(getattr(code, "co_flags", 0) & _COROUTINE for code in codes)
    return [Problem("asgi-app", "app", _name(called))] if is_async else []


def asgi_problems(app: object) -> list[Problem]:
    """Return the reasons why an object is not an ASGI 3 app, which is called with a scope, receive and send."""
    if not callable(app):
        return [Problem("no-asgi-app", "app", app)]
    return [] if _takes(app, 3) else [Problem("wsgi-app", "app", _name(app))]


def option_problems(debug: object, on_refusal: object) -> list[Problem]:
    """Return what is wrong with the options of a middleware. A text for ``debug``, even ``"0"``, would switch it on."""
    problems: list[Problem] = []
    if not isinstance(debug, bool):
        problems.append(_wrong("debug", debug, "True or False"))
    if on_refusal is not None and not callable(on_refusal):
        problems.append(_wrong("on_refusal", on_refusal, "a function, or None"))
    return problems


def _wrong(option: str, value: object, wanted: str) -> Problem:
    return Problem("wrong-type", option, value, facts={"type": type(value).__name__, "wanted": wanted})


def is_asgi(app: Callable[..., object]) -> bool:
    """Whether a callable is an ASGI app rather than a WSGI app."""
    return _takes(app, 3) and (bool(wsgi_problems(app)) or not _takes(app, 2))


def _takes(app: Callable[..., object], count: int) -> bool:
    """Whether an app accepts `count` arguments; true without a signature, such as for callables written in C."""
    from inspect import signature

    try:
        taken = signature(app)
    except (TypeError, ValueError):  # Python 3.13 raises TypeError for a callable object whose method is written in C
        return True
    try:
        taken.bind(*[None] * count)
    except TypeError:
        return False
    return True


def _name(app: object) -> str:
    return getattr(app, "__qualname__", type(app).__name__)
