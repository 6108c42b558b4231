"""Whether what is to be wrapped is an app of the right kind, as far as that can be seen without calling it."""

from functools import partial
from typing import Final, cast

from wsgicors.problems import Problem

_COROUTINE: Final = 0x80
"""`inspect.CO_COROUTINE`; inspect takes longer to import than the rest of the package."""


def wsgi_problems(app: object) -> list[Problem]:
    """Return why something is no WSGI app (PEP 3333)."""
    if not callable(app):
        return [Problem("no-app", "app", app)]
    called: object = app
    while isinstance(called, partial):
        called = cast("partial[object]", called).func
    codes = [getattr(one, "__code__", None) for one in (called, getattr(type(called), "__call__", None))]  # noqa: B004
    is_async = any(getattr(code, "co_flags", 0) & _COROUTINE for code in codes)
    return [Problem("asgi-app", "app", _name(called))] if is_async else []


def asgi_problems(app: object) -> list[Problem]:
    """Return why something is no ASGI 3 app: one that is called with a scope, receive and send."""
    from inspect import signature

    if not callable(app):
        return [Problem("no-asgi-app", "app", app)]
    try:
        signature(app).bind(None, None, None)
    except TypeError:
        return [Problem("wsgi-app", "app", _name(app))]
    except ValueError:  # an extension's callable, which has no signature
        return []
    return []


def _name(app: object) -> str:
    return getattr(app, "__qualname__", type(app).__name__)
