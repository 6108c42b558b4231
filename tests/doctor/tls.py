"""TLS servers with self-signed certificates."""

import contextlib
import shutil
import socketserver
import ssl
import subprocess
from collections.abc import Generator
from pathlib import Path

from tests.browsers.site import _threaded, _ThreadingServer
from tests.servers.needs import need
from tests.servers.ports import ADDRESS


@contextlib.contextmanager
def speaking_tls(home: Path, answer: bytes, *options: str, expired: bool = False) -> Generator[tuple[int, Path]]:
    """A server that sends `answer` after a TLS handshake: its port, and its certificate."""
    need(None if shutil.which("openssl") else "openssl")
    key, certificate = home / "key.pem", home / "certificate.pem"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=tests",
            "-keyout", str(key), "-out", str(certificate), *options)  # fmt: skip
    if expired:
        openssl("x509", "-in", str(certificate), "-signkey", str(key), "-days", "-1", "-out", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), context.wrap_socket(self.request, server_side=True) as secured:
                secured.recv(65536)
                secured.sendall(answer)

    with _threaded(_ThreadingServer((ADDRESS, 0), Handler)) as server:
        yield server.server_address[1], certificate


def openssl(*words: str) -> None:
    """Run openssl; a failure shows its message."""
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
