"""The standard's classes of methods (https://fetch.spec.whatwg.org/#methods)."""

from typing import Final

_SAFELISTED: Final = frozenset({"GET", "HEAD", "POST"})
_FORBIDDEN: Final = frozenset({"CONNECT", "TRACE", "TRACK"})
_NORMALIZED: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})


def normalize_method(method: str) -> str:
    """Return ``method`` as a browser sends it: six names are upper-cased, all others unchanged.

    #concept-method-normalize

    >>> normalize_method("delete"), normalize_method("patch")
    ('DELETE', 'patch')
    """
    upper = method.upper() if method.isascii() else method
    return upper if upper in _NORMALIZED else method


def is_forbidden_method(method: str) -> bool:
    """Whether no page can use ``method``, whatever its case.

    #forbidden-method

    >>> is_forbidden_method("trace"), is_forbidden_method("OPTIONS")
    (True, False)
    """
    return method.upper() in _FORBIDDEN


def is_safelisted_method(method: str) -> bool:
    """Whether ``method`` needs no preflight and no permission: GET, HEAD and POST, in capitals.

    #cors-safelisted-method

    >>> is_safelisted_method("POST"), is_safelisted_method("PUT"), is_safelisted_method("get")
    (True, False, False)
    """
    return method in _SAFELISTED
