"""nginx in front of an application, with what a test gives it to do."""

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port

_PROGRAM = "/usr/sbin/nginx"

_SETTINGS = """\
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


@contextlib.contextmanager
def nginx(backend: int, location: str = "", server: str = "") -> Generator[str]:
    """The origin of an nginx in front of `backend`, with directives for its location and for the server around it."""
    need(None if shutil.which(_PROGRAM) else "nginx-light")
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o755)  # it works as a user of its own where root starts it
        files = home / "files" / "static"
        files.mkdir(parents=True)
        (files / "data.json").write_text("{}")
        settings = home / "nginx.conf"
        settings.write_text(
            _SETTINGS.format(home=home, address=ADDRESS, port=port, backend=backend, location=location, server=server)
        )
        with process.listening([_PROGRAM, "-c", str(settings), "-p", str(home)], port):
            yield f"http://{ADDRESS}:{port}"
