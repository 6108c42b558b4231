"""How nginx is started in front of a server."""

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
"""How a configuration begins, up to what its ``http`` block has of its own: it writes below `home` alone."""

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
    """Write the configuration; the command that starts nginx with it.

    Args:
        home: Where it may write. It works as a user of its own where root starts it, who must be able to read there.
        port: Its own.
        backend: That of the server behind it.
        location: Directives for what is passed on.
        server: Directives for the server around it.
    """
    settings = home / "nginx.conf"
    settings.write_text(
        _SETTINGS.format(home=home, address=ADDRESS, port=port, backend=backend, location=location, server=server)
    )
    return [PROGRAM, "-c", str(settings), "-p", str(home)]
