"""The remedy for client certificates: nginx asks for one, and lets only preflights pass without."""

import contextlib
import http.client
import shutil
import ssl
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.doctor.places import at_levels
from tests.doctor.tls import openssl
from tests.servers import process
from tests.servers.needs import need
from tests.servers.nginx import HEAD, PACKAGE, PROGRAM
from tests.servers.ports import ADDRESS, free_port
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place

pytestmark = pytest.mark.servers

_SERVER = """
    {maps}
    server {{
        listen {address}:{port} ssl;
        ssl_certificate {home}/certificate.pem;
        ssl_certificate_key {home}/key.pem;
        ssl_client_certificate {home}/certificate.pem;
        {lines}
        location / {{ return 200; }}
    }}
}}
"""
DEMANDED = "# in server { }\nssl_verify_client on;"


def remedy() -> str:
    return next(one.code for one in CAUSES["client-certificate"].remedies if one.place is Place.NGINX)


@contextlib.contextmanager
def nginx(lines: str) -> Generator[tuple[int, Path]]:
    """The port of an nginx that speaks TLS, and the folder of the certificate that it knows its clients by."""
    need(None if shutil.which(PROGRAM) else PACKAGE)
    need(None if shutil.which("openssl") else "openssl")
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o755)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                "/CN=tests", "-keyout", f"{home}/key.pem", "-out", f"{home}/certificate.pem")  # fmt: skip
        levels = {"http": "", **at_levels(lines)}
        text = (HEAD + _SERVER).format(
            home=home, address=ADDRESS, port=port, maps=levels["http"], lines=levels["server"]
        )
        (home / "nginx.conf").write_text(text)
        with process.listening([PROGRAM, "-c", f"{home}/nginx.conf", "-p", str(home)], port):
            yield port, home


def status(port: int, method: str, home: Path | None = None) -> int:
    """Return the status for a request, with the certificate if `home` is given."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if home:
        context.load_cert_chain(home / "certificate.pem", home / "key.pem")
    connection = http.client.HTTPSConnection(ADDRESS, port, timeout=10, context=context)
    with contextlib.closing(connection):
        connection.request(method, "/items")
        return connection.getresponse().status


def test_no_preflight_passes_where_every_connection_needs_a_certificate() -> None:
    with nginx(DEMANDED) as (port, home):
        assert (status(port, "OPTIONS"), status(port, "GET"), status(port, "GET", home)) == (400, 400, 200)


def test_only_preflights_pass_without_a_certificate() -> None:
    with nginx(remedy()) as (port, home):
        assert (status(port, "OPTIONS"), status(port, "GET"), status(port, "GET", home)) == (200, 403, 200)
        assert {status(port, method) for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD")} == {403}
