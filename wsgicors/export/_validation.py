"""Run the servers' own syntax checks on an export, inside the smallest configuration that each accepts."""

import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

SECONDS: Final = 60
"""The most seconds that a check can take; Varnish compiles."""


class Check(NamedTuple):
    """How a server checks a configuration.

    Attributes:
        command: The command; ``{home}`` is the folder of the files.
        file: The name of the configuration around the export.
        text: That configuration, with ``{home}``, ``{name}`` (the prefix of names) and ``{text}`` (the export itself).
            Empty if the export is a whole configuration.
        fit: Converts the export to the value of ``{text}``.
    """

    command: tuple[str, ...]
    file: str = ""
    text: str = ""
    fit: Callable[[str], str] = str


def _routes(text: str) -> str:
    """Return the members of the route configuration in a file, indented for Envoy's own configuration.

    Envoy checks only its own configuration, not the files that it names.
    """
    _, _, resource = text.partition('"resources":\n')
    _, _, members = resource.partition("\n")  # the first line is its type
    return textwrap.indent(members, " " * 8)


_FILTERS: Final = "type.googleapis.com/envoy.extensions.filters"
_ENVOY: Final = f"""\
layered_runtime: {{{{layers: [{{{{name: static, static_layer: {{{{re2.max_program_size.error_level: 1000000}}}}}}}}]}}}}
static_resources:
  listeners:
  - address: {{{{socket_address: {{{{address: 127.0.0.1, port_value: 8080}}}}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": {_FILTERS}.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: edge
          http_filters:
          - name: envoy.filters.http.header_mutation
            typed_config: {{{{"@type": {_FILTERS}.http.header_mutation.v3.HeaderMutation}}}}
          - name: envoy.filters.http.router
            typed_config: {{{{"@type": {_FILTERS}.http.router.v3.Router}}}}
          route_config:
            validate_clusters: false
{{text}}"""


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "nginx": Check(
            ("nginx", "-t", "-q", "-p", "{home}", "-c", "{home}/nginx.conf"),
            "nginx.conf",
            "pid {home}/pid; error_log stderr; events {{ }}\n"
            "http {{ include {home}/wsgicors-http.conf; server {{ include {home}/wsgicors-server.conf; }} }}\n",
        ),
        "haproxy": Check(
            ("haproxy", "-c", "-f", "{home}/haproxy.cfg"),
            "haproxy.cfg",
            "defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n"
            "frontend edge\n    bind 127.0.0.1:8080\n{text}",
        ),
        "caddy": Check(
            ("caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", "{home}/Caddyfile"),
            "Caddyfile",
            "{{\n\tadmin off\n}}\nimport {home}/wsgicors.caddyfile\nhttp://localhost {{\n\timport {name}\n}}\n",
        ),
        "apache": Check(
            ("apache2", "-t", "-f", "{home}/httpd.conf"),
            "httpd.conf",
            "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
            "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
            "LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so\n"
            "LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so\n"
            "ServerName localhost\nDefaultRuntimeDir {home}\nErrorLog {home}/error.log\nListen 127.0.0.1:8080\n"
            "<VirtualHost *>\nInclude {home}/wsgicors-apache.conf\n</VirtualHost>\n",
        ),
        "varnish": Check(
            ("varnishd", "-C", "-n", "{home}/work", "-f", "{home}/edge.vcl"),
            "edge.vcl",
            'vcl 4.1;\nbackend default {{ .host = "127.0.0.1"; }}\ninclude "{home}/wsgicors.vcl";\n',
        ),
        "envoy": Check(
            ("envoy", "--mode", "validate", "-l", "error", "-c", "{home}/envoy.yaml"), "envoy.yaml", _ENVOY, _routes
        ),
        "worker": Check(("node", "--check", "{home}/wsgicors-worker.mjs")),
    }
)
"""Traefik has no check: it reads such files only while it runs."""


def problems(target: str, files: Mapping[str, str], name: str) -> str | None:
    """Return the errors that the server `target` reports for an export, or ``""``.

    Return None if the server is not installed, or has no check for such files.
    """
    check = CHECKS.get(target)
    program = check and shutil.which(check.command[0], path=_PATH)
    if check is None or program is None:
        return None
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)  # Varnish compiles as another user
        for file, text in files.items():
            Path(home, file).write_text(text)
        if check.file:
            facts = {"home": home, "name": name, "text": check.fit("".join(files.values()))}
            Path(home, check.file).write_text(check.text.format(**facts))
        command = [program, *(part.format(home=home) for part in check.command[1:])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"status {done.returncode}"


_PATH: Final = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/bin"
