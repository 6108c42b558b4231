"""The example on a WSGI and on an ASGI server, with PostgreSQL and Redis, and while either is down."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.django import backends
from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port
from tests.servers.server import ADAPTERS, ROOT

pytestmark = pytest.mark.servers

WWW = "https://www.shop.example"
CUSTOMER = "https://shop.customer.example"
PARTNER = "https://partner.example"
STRANGER = "https://stranger.example"

SERVERS = {
    "gunicorn": lambda port: [
        "gunicorn",
        "--bind",
        f"{ADDRESS}:{port}",
        "--no-control-socket",
        "--threads",
        "2",
        "shop.wsgi",
    ],
    "uvicorn": lambda port: [
        "uvicorn",
        "--host",
        ADDRESS,
        "--port",
        str(port),
        "--lifespan",
        "off",
        "shop.asgi:application",
    ],
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def allowed(self) -> str | None:
        return self.headers.get("access-control-allow-origin")


@dataclass(frozen=True)
class Shop:
    """The example, served."""

    port: int
    folder: Path
    environment: Mapping[str, str]

    def ask(self, method: str, path: str, origin: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=30)
        with contextlib.closing(connection):
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Origin": origin, **given})
            response = connection.getresponse()
            fields = [(name.lower(), value) for name, value in response.getheaders()]
            assert len(fields) == len({*fields}), fields
            return Answer(response.status, dict(fields), response.read())

    def preflight(self, path: str, origin: str, method: str = "PUT") -> Answer:
        return self.ask("OPTIONS", path, origin, access_control_request_method=method)

    def manage(self, *arguments: str) -> None:
        manage(self.folder, self.environment, *arguments)

    def save(self, origin: str) -> None:
        self.manage(
            "shell",
            "-c",
            f"from django_wsgicors.origins.models import *; AllowedOrigin.objects.create(pattern={origin!r})",
        )

    def delete(self, origin: str) -> None:
        self.manage(
            "shell",
            "-c",
            f"from django_wsgicors.origins.models import *; AllowedOrigin.objects.get(pattern={origin!r}).delete()",
        )


def manage(folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


@dataclass(frozen=True)
class Backends:
    """The databases of the example, and the means to stop them."""

    postgres: backends.Postgres
    redis_port: int
    redis: contextlib.ExitStack


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("example") / "django"
    shutil.copytree(ROOT / "examples" / "django", copy, ignore=shutil.ignore_patterns("*.sqlite3", "__pycache__"))
    return copy


@contextlib.contextmanager
def running() -> Generator[Backends]:
    need(backends.missing())
    with backends.postgres() as postgres, contextlib.ExitStack() as stopping:
        yield Backends(postgres, stopping.enter_context(backends.redis()), stopping)


@contextlib.contextmanager
def served(name: str, folder: Path, behind: Backends) -> Generator[Shop]:
    environment = {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ADAPTERS)]),
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "REDIS_URL": f"redis://{ADDRESS}:{behind.redis_port}",
        **behind.postgres.environment,
    }
    manage(folder, environment, "migrate")
    port = free_port()
    with process.listening([sys.executable, "-m", *SERVERS[name](port)], port, env=environment, cwd=folder):
        yield Shop(port, folder, environment)


@pytest.fixture(scope="module")
def behind() -> Iterator[Backends]:
    with running() as behind:
        yield behind


@pytest.fixture(scope="module", params=SERVERS)
def shop(request: pytest.FixtureRequest, folder: Path, behind: Backends) -> Iterator[Shop]:
    with served(request.param, folder, behind) as shop:
        yield shop


class TestShop:
    def test_writes_for_its_own_pages(self, shop: Shop) -> None:
        assert shop.preflight("/api/items/tea/", WWW).allowed == WWW
        cookie, token = self.log_in(shop)
        given = json.dumps({"price": 250, "stock": 3}).encode()
        fields = {"cookie": cookie, "x_csrftoken": token, "content_type": "application/json"}
        written = shop.ask("PUT", "/api/items/tea/", WWW, given, **fields)
        assert (written.status, written.allowed) == (204, WWW)
        read = shop.ask("GET", "/api/items/", WWW)
        assert json.loads(read.body) == {"items": [{"name": "tea", "stock": 3}]}
        assert read.headers["access-control-expose-headers"] == "X-Total-Count"
        assert read.headers["x-total-count"] == "1"

    def log_in(self, shop: Shop) -> tuple[str, str]:
        answer = shop.ask("GET", "/api/token/", WWW)
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Cookie, Origin"
        return answer.headers["set-cookie"].partition(";")[0], json.loads(answer.body)["token"]

    def test_is_readable_whatever_becomes_of_the_request(self, shop: Shop) -> None:
        for method, path, status in (
            ("GET", "/api/items/no-such/", 404),
            ("GET", "/nowhere/", 404),
            ("POST", "/api/items/", 403),
        ):
            answer = shop.ask(method, path, WWW)
            assert (answer.status, answer.allowed) == (status, WWW)

    def test_tells_strangers_nothing(self, shop: Shop) -> None:
        assert shop.ask("GET", "/api/items/", STRANGER).allowed is None
        refused = shop.preflight("/api/items/tea/", STRANGER)
        assert (refused.status, refused.body) == (403, b"The origin 'https://stranger.example' is not allowed here.\n")

    def test_has_rules_by_path_and_by_view(self, shop: Shop) -> None:
        assert shop.ask("GET", "/prices/", STRANGER).allowed == "*"
        assert shop.ask("GET", "/export/", PARTNER).allowed == PARTNER
        assert shop.ask("GET", "/export/", WWW).status == 403
        assert shop.preflight("/export/", WWW, "GET").status == 403
        assert shop.ask("GET", "/export/../prices/", STRANGER).allowed is None

    def test_survives_headers_that_no_browser_sends(self, shop: Shop) -> None:
        for value in ("null", "", "https://a.example, https://b.example", "\xe9", "x" * 4000, ",,,,"):
            assert shop.ask("GET", "/prices/", value).status == 200
            assert shop.preflight("/api/items/tea/", value).status == 403
            refused = shop.preflight("/api/items/tea/", WWW, value or " ")
            assert refused.status == 403 or refused.body == b""

    def test_lets_customers_in_by_the_table(self, shop: Shop) -> None:
        assert shop.ask("GET", "/api/items/", CUSTOMER).allowed is None
        shop.save("https://*.customer.example")  # in another process
        assert shop.ask("GET", "/api/items/", CUSTOMER).allowed == CUSTOMER
        assert shop.preflight("/api/items/tea/", CUSTOMER).allowed == CUSTOMER
        shop.delete("https://*.customer.example")
        assert shop.ask("GET", "/api/items/", CUSTOMER).allowed is None


@pytest.mark.parametrize("server", SERVERS)
def test_known_origins_stay_allowed_through_outages(server: str, folder: Path) -> None:
    with running() as behind, served(server, folder, behind) as shop:
        shop.save(CUSTOMER)
        assert shop.ask("GET", "/nowhere/", CUSTOMER).allowed == CUSTOMER

        behind.redis.close()
        for _ in range(2):
            assert shop.ask("GET", "/nowhere/", CUSTOMER).allowed == CUSTOMER
            assert shop.ask("GET", "/nowhere/", STRANGER).allowed is None
        shop.save("https://new.example")  # succeeds without the cache

        with backends.redis(behind.redis_port):
            assert shop.ask("GET", "/nowhere/", "https://new.example").allowed == "https://new.example"
            behind.postgres.stop()
            assert shop.ask("GET", "/nowhere/", "https://new.example").allowed == "https://new.example"
            unknown = shop.ask("GET", "/nowhere/", "https://never-asked.example")
            assert (unknown.status, unknown.allowed) == (404, None)
