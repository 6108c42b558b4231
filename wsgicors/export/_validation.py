"""The servers' own syntax checks: each is given an export in the smallest configuration that it takes."""

import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

SECONDS: Final = 60
"""How long a check may take; Varnish compiles."""


class Check(NamedTuple):
    """How a server checks a configuration.

    Attributes:
        command: ``{home}`` is the folder of the files.
        file: The name of the configuration around the export.
        text: The configuration; ``{home}`` likewise, ``{name}`` is the prefix of names, ``{text}``
            the export itself. Empty where the export is a whole one.
        fit: Makes of the export what stands for ``{text}``.
    """

    command: tuple[str, ...]
    file: str = ""
    text: str = ""
    fit: Callable[[str], str] = str


def _routes(text: str) -> str:
    """Return the members of the route configuration that is a file's only resource, indented to stand in Envoy's own.

    Envoy checks its own file only, and none that this one names.
    """
    _, _, resource = text.partition('"resources":\n')
    _, _, members = resource.partition("\n")  # its type comes first
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
"""Traefik reads such files only while it runs."""


def problems(target: str, files: Mapping[str, str], name: str) -> str | None:
    """Return what the server `target` says against an export; ``""`` where it has no objection.

    None where the server is not installed, or checks no file of this kind.
    """
    check = CHECKS.get(target)
    program = check and shutil.which(check.command[0], path=_PATH)
    if check is None or program is None:
        return None
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)  # Varnish compiles as a user of its own
        for file, text in files.items():
            Path(home, file).write_text(text)
        if check.file:
            facts = {"home": home, "name": name, "text": check.fit("".join(files.values()))}
            Path(home, check.file).write_text(check.text.format(**facts))
        command = [program, *(part.format(home=home) for part in check.command[1:])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"status {done.returncode}"


_PATH: Final = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/bin"
