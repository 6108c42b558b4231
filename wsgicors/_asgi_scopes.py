"""Convert an ASGI scope to a mapping with WSGI's keys, as far as a decision needs it."""

from collections.abc import Mapping
from typing import Any, Final

_KEYS: Final = {
    name.lower().encode(): "HTTP_" + name.upper().replace("-", "_")
    for name in (
        "Origin",
        "Host",
        "Sec-Fetch-Site",
        "Sec-Fetch-Mode",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Private-Network",
    )
}


def environ_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of a request that a decision needs, under WSGI's keys."""
    path: str = scope["path"]
    root: str = scope.get("root_path") or ""
    # Servers differ in whether the path repeats the root (https://asgi.readthedocs.io/en/stable/specs/www.html).
    if root and not (path == root or path.startswith(root.rstrip("/") + "/")):
        path = root + path
    if not path.isascii():
        path = path.encode("utf-8", "surrogateescape").decode("latin-1")
    environ = {"REQUEST_METHOD": scope.get("method", "GET"), "PATH_INFO": path}
    for name, value in scope["headers"]:
        key = _KEYS.get(name)
        if key is not None:
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]}, {text}" if key in environ else text
    return environ
