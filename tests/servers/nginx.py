"""The configuration and command of nginx in front of a server."""

from pathlib import Path

from tests.servers.ports import ADDRESS

PROGRAM = "/usr/sbin/nginx"
PACKAGE = "nginx-light"

HEAD = """\
daemon off;
master_process off;
pid {home}/pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
"""
"""The beginning of a configuration, including that of its ``http`` block: nginx writes only below `home`."""

_SETTINGS = (
    HEAD
    + """\
    proxy_cache_path {home}/cache keys_zone=tests:1m;
    server {{
        listen {address}:{port};
        root {home}/files;
        location / {{
            proxy_pass http://{address}:{backend};
            {location}
        }}
        {server}
    }}
}}
"""
)


def command(home: Path, port: int, backend: int, location: str = "", server: str = "") -> list[str]:
    """Write the configuration, and return the command that starts nginx with it.

    Args:
        home: A writable folder. If root starts nginx, it runs as its own user, who must be able to read there.
        port: Its port.
        backend: The port of the server behind it.
        location: Directives for the location.
        server: Directives for the server around it.
    """
    settings = home / "nginx.conf"
    settings.write_text(
        _SETTINGS.format(home=home, address=ADDRESS, port=port, backend=backend, location=location, server=server)
    )
    return [PROGRAM, "-c", str(settings), "-p", str(home)]
