"""Policies and requests for the tests of the middleware."""

from collections.abc import Callable
from typing import Any

from tests.wsgi import Fields
from wsgicors import Policy

A, B = "https://a.example", "https://b.example"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
POLICY = Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["X-A"], expose_headers=["ETag"], max_age=600)
FORBID = Policy(allow_origins=[A], refuse="forbid")
PUBLIC = Policy(allow_origins="*")
LISTED = {ALLOW_ORIGIN: A, "Access-Control-Expose-Headers": "ETag"}


def from_(origin: str, *others: tuple[str, str]) -> Fields:
    return [("Origin", origin), *others]


class Recorder:
    """A server's start_response, and what it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.written: list[bytes] = []

    def __call__(self, *args: Any) -> Callable[[bytes], None]:
        self.calls.append(args)
        return self.written.append
