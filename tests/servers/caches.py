"""The caches in front of servers, without any setting for CORS.

A cache that ignores Vary shows the effect of its absence.
"""

import contextlib
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Generator
from pathlib import Path

from tests.servers import nginx, process
from tests.servers.ports import ADDRESS, free_port
from tests.servers.server import Running

_NGINX = """\
proxy_cache tests;
proxy_cache_key $request_uri;
add_header X-Cache $upstream_cache_status always;
"""

_NGINX_WITHOUT_VARY = "proxy_ignore_headers Vary;\n"

_VARNISH = """\
vcl 4.1;
backend default {{ .host = "{address}"; .port = "{backend}"; }}
sub vcl_deliver {{
    if (obj.hits > 0) {{ set resp.http.X-Cache = "HIT"; }} else {{ set resp.http.X-Cache = "MISS"; }}
}}
"""

_VARNISH_WITHOUT_VARY = "sub vcl_backend_response {{ unset beresp.http.Vary; }}\n"


class Cache(ABC):
    """A cache. `X-Cache` in its responses says whether they are a HIT."""

    name: str
    package: str
    program: str

    def missing(self) -> str | None:
        """What must be installed before it can start, if anything."""
        return None if shutil.which(self.program) else self.package

    @contextlib.contextmanager
    def in_front_of(self, backend: int, *, ignores_vary: bool = False) -> Generator[Running]:
        """Run in front of a server on a port of the loopback interface for the length of a `with` block."""
        port = free_port()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            Path(home).chmod(0o755)  # both run as their own user if root starts them
            with process.listening(
                self._command(Path(home), port, backend, ignores_vary=ignores_vary), port
            ) as program:
                yield Running(port, program)

    @abstractmethod
    def _command(self, home: Path, port: int, backend: int, *, ignores_vary: bool) -> list[str]:
        """Write the configuration, and return the command that starts the cache with it."""


class Nginx(Cache):
    """nginx with proxy_cache."""

    name = "nginx"
    package = nginx.PACKAGE
    program = nginx.PROGRAM

    def _command(self, home: Path, port: int, backend: int, *, ignores_vary: bool) -> list[str]:
        return nginx.command(home, port, backend, _NGINX + (_NGINX_WITHOUT_VARY if ignores_vary else ""))


class Varnish(Cache):
    """Varnish with its built-in rules."""

    name = "varnish"
    package = "varnish"
    program = "/usr/sbin/varnishd"

    def _command(self, home: Path, port: int, backend: int, *, ignores_vary: bool) -> list[str]:
        settings = Path(home, "default.vcl")
        text = _VARNISH + (_VARNISH_WITHOUT_VARY if ignores_vary else "")
        settings.write_text(text.format(address=ADDRESS, backend=backend))
        storage = ["-n", str(home / "work"), "-s", "malloc,16m"]
        return [self.program, "-F", "-a", f"{ADDRESS}:{port}", "-f", str(settings), "-T", "none", *storage]


CACHES: tuple[Cache, ...] = (Nginx(), Varnish())
