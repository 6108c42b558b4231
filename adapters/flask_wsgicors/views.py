"""What the decorator leaves on a view, and how it is found again."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from flask_wsgicors.options import Settings
from wsgicors import Policy

MARK: Final = "_flask_wsgicors"

EVERY_METHOD: Final = ""


class Mark(NamedTuple):
    """What a decorator says: settings that others complete, or a whole policy."""

    settings: Settings
    policy: Policy | None = None


def marks(view: object) -> Iterator[tuple[str, Mark]]:
    """The marks of a view: those of a class's methods by the method, that of all the others by `EVERY_METHOD`."""
    view_class = getattr(view, "view_class", None)
    own = _mark(view) or _mark(view_class)
    if own is not None:
        yield EVERY_METHOD, own
    for method in sorted(getattr(view_class, "methods", None) or ()):
        handler = getattr(view_class, method.lower(), None)
        mark = _mark(handler)
        if mark is not None:
            yield method, mark
            if method == "GET" and not hasattr(view_class, "head"):  # as MethodView has it
                yield "HEAD", mark


def _mark(view: object) -> Mark | None:
    mark = getattr(view, MARK, None)
    return mark if isinstance(mark, Mark) else None
