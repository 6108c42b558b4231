"""The scope of an ASGI connection as a mapping with WSGI's keys, as far as deciding needs it."""

from collections.abc import Iterable, MutableMapping
from typing import Final, cast

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


def origin_of(scope: MutableMapping[str, object]) -> str | None:
    """Return the Origin of a request; several lines, which no browser sends, are joined as WSGI joins them."""
    lines = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
    origins = [value for name, value in lines if name == b"origin"]
    return b", ".join(origins).decode("latin-1") if origins else None


def environ_of(scope: MutableMapping[str, object]) -> dict[str, str]:
    """Return what deciding needs of a request, under WSGI's keys."""
    path, root = cast("str", scope["path"]), cast("str", scope.get("root_path") or "")
    # Servers differ in whether the path repeats the root (https://asgi.readthedocs.io/en/stable/specs/www.html).
    if not (path == root or path.startswith(root.rstrip("/") + "/")):
        path = root + path
    environ = {
        "REQUEST_METHOD": cast("str", scope.get("method", "GET")),
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
    }
    for name, value in cast("Iterable[tuple[bytes, bytes]]", scope["headers"]):
        key = _KEYS.get(name)
        if key is not None:
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]}, {text}" if key in environ else text
    return environ
