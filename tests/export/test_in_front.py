"""Exports in front of the core, of caches, and behind TLS with HTTP/2."""

import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx
import pytest
from werkzeug.middleware.proxy_fix import ProxyFix

from tests.browsers.site import serve
from tests.export.compare import compare, exception, expected, is_malformed
from tests.export.edges import EDGES, Caddy, Edge, Nginx
from tests.export.exchange import HOST, Question, Reply, Wire, ask_core, reply
from tests.export.questions import STRANGERS, questions
from tests.export.upstream import upstream, wsgi
from tests.export.worlds import WORLDS, World
from tests.servers.needs import need
from tests.servers.ports import ADDRESS
from wsgicors import CORS

pytestmark = pytest.mark.servers

NGINX: Final = [edge for edge in EDGES if isinstance(edge, Nginx)]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.name)
def test_the_core_behind_an_export_doubles_no_header(edge: Edge) -> None:
    need(edge.missing())
    world = WORLDS["strict"]
    app = ProxyFix(CORS(wsgi, world.rules), x_for=0, x_proto=0, x_host=1)  # a worker cannot pass Host on
    with serve(app) as site, edge.in_front_of(site.port, world.rules) as wire:
        found = compare(world, wire, edge.target.differs, edge.options.preflight_status, every=11)
    assert found.asked > 20
    assert not found.differing, "\n".join(found.differing[:3])


# -- Caches ------------------------------------------------------------------------------------------------------------


class CachingNginx(Nginx):
    """nginx that stores what the application allows: for every URL one response for each value of its Vary."""

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        command = super().command(home, port, backend)
        conf = home / "nginx.conf"
        text = conf.read_text().replace("server {", f"proxy_cache_path {home}/cache keys_zone=tests:1m;\nserver {{", 1)
        conf.write_text(
            text.replace("proxy_pass", "proxy_cache tests; proxy_cache_key $request_uri;\n        proxy_pass")
        )
        return command


CACHING: Final[list[Edge]] = [
    *(CachingNginx(edge.name, edge.program, edge.package) for edge in NGINX),
    next(edge for edge in EDGES if edge.name == "varnish"),
]


def mixed(world: World) -> list[Question]:
    """Requests of several origins for one URL, each origin after every other one."""
    origins = [None, *world.good[:2], STRANGERS[0], "null", *reversed(world.good[:2]), None, STRANGERS[0]]
    asked = [(("Origin", origin),) if origin is not None else () for origin in origins]
    return [
        Question("GET", f"/x?cached&vary={vary}", headers) for vary in ("usual", "none") for headers in (*asked, *asked)
    ]


@pytest.mark.parametrize("edge", CACHING, ids=lambda edge: edge.name)
@pytest.mark.parametrize("name", ["listed", "strict", "families"])
def test_a_cache_gives_no_origin_the_answer_of_another(edge: Edge, name: str) -> None:
    need(edge.missing())
    world, asked = WORLDS[name], mixed(WORLDS[name])
    app = CORS(wsgi, world.rules)
    with serve(wsgi) as site, edge.in_front_of(site.port, world.rules) as wire:
        for question in asked:
            want, got = ask_core(app, question), wire.ask(question)
            assert (got.status, got.cors, set(got.vary)) == (want.status, want.cors, set(want.vary)), question
    assert 0 < len(site.requests) < len(asked) / 2  # the others were hits


# -- TLS and HTTP/2 ----------------------------------------------------------------------------------------------------


def certificate(home: Path) -> tuple[Path, Path]:
    key, chain = home / "key.pem", home / "certificate.pem"
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(chain)]
    subprocess.run([*make, *subject], check=True, capture_output=True)
    key.chmod(0o644)
    return key, chain


class SecureNginx(Nginx):
    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        command = super().command(home, port, backend)
        key, chain = certificate(home)
        is_old = self.name == "nginx-debian"  # before 1.25, http2 is a parameter of listen
        listen = f"{ADDRESS}:{port} ssl http2;" if is_old else f"{ADDRESS}:{port} ssl;\n    http2 on;"
        text = (home / "nginx.conf").read_text()
        secured = f"{listen}\n    ssl_certificate {chain};\n    ssl_certificate_key {key};"
        (home / "nginx.conf").write_text(text.replace(f"{ADDRESS}:{port};", secured))
        return command


class SecureCaddy(Caddy):
    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        command = super().command(home, port, backend)
        key, chain = certificate(home)
        text = (home / "Caddyfile").read_text()
        secured = text.replace(f"http://:{port} {{", f"https://{HOST}:{port} {{\n\ttls {chain} {key}")
        (home / "Caddyfile").write_text(secured.replace("auto_https off", "auto_https disable_redirects"))
        return command


class SecureWire:
    """Sends requests by HTTP/2, over TLS."""

    def __init__(self, port: int) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.client = httpx.Client(http2=True, verify=context, trust_env=False)
        self.port = port

    def ask(self, question: Question) -> Reply:
        url = f"https://{ADDRESS}:{self.port}{question.target}"
        headers = [("Host", HOST), *question.headers]
        answer = self.client.request(question.method, url, headers=headers, extensions={"sni_hostname": HOST})
        assert answer.http_version == "HTTP/2"
        return reply(answer.status_code, answer.headers.multi_items(), question)


SECURE: Final[list[Edge]] = [*(SecureNginx(edge.name, edge.program, edge.package) for edge in NGINX), SecureCaddy()]


@pytest.mark.parametrize("edge", SECURE, ids=lambda edge: edge.name)
@pytest.mark.parametrize("name", ["listed", "strict"])
def test_answers_are_the_same_by_http_2(edge: Edge, name: str) -> None:
    need(edge.missing())
    world = WORLDS[name]
    app = CORS(wsgi, world.rules)
    known = [one for one in questions(world.good) if not is_malformed(one) and one.method.isupper()]
    with upstream() as backend, edge.in_front_of(backend, world.rules) as wire:
        assert isinstance(wire, Wire)
        over = SecureWire(wire.port)
        with over.client:
            for question in known[::5]:
                want, got = expected(ask_core(app, question), question, world, None), over.ask(question)
                assert want == got or exception(question, want, got) in edge.target.differs, (question, want, got)
    assert len(known) > 100
