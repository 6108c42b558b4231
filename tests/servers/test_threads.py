"""Servers with threads answer many connections by the rules before or after a swap, and by nothing else."""

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import Final

import pytest

from tests.servers.exchange import ask
from tests.servers.needs import need
from tests.servers.python import PYTHON_SERVERS, PythonServer
from tests.soak.site import PAGE, PARTNER, SOURCE, hello, rules
from tests.together import THREADS, together
from tests.wsgi import Question, answer_of, preflight
from wsgicors import CORS

pytestmark = pytest.mark.servers

THREADED: Final = [server for server in PYTHON_SERVERS if server.name in ("gunicorn-gthread", "waitress", "werkzeug")]
REQUESTS: Final = 120

ORIGINS: Final = (PAGE, PARTNER, "https://a.customers.example", "https://stranger.test")
QUESTIONS: Final[list[Question]] = [
    (method, path, fields)
    for path, origin in product(("/", "/forbid", SOURCE), ORIGINS)
    for method, fields in (
        ("GET", (("Origin", origin),)),
        ("OPTIONS", tuple(preflight(origin, "PUT", "x-a"))),
    )
]


def of_cors(fields: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {
        name.lower(): value for name, value in fields if name.lower() == "vary" or name.lower().startswith("access-")
    }


@pytest.mark.parametrize("server", THREADED, ids=lambda server: server.name)
def test_a_server_with_threads(server: PythonServer) -> None:
    need(server.missing())
    both = [CORS(hello, those) for those in rules([PAGE, PARTNER])]
    expected = {
        question: [
            (answer.status.partition(" ")[0], of_cors(tuple(answer.headers)))
            for answer in (answer_of(wrapped, question) for wrapped in both)
        ]
        for question in QUESTIONS
    }
    with server.serve("tests.servers.swapped:app") as running:

        def send(number: int) -> None:
            for turn in range(REQUESTS):
                question = method, path, fields = QUESTIONS[(number + turn * 7) % len(QUESTIONS)]
                reply = ask(running.port, method, path, fields)
                assert (str(reply.status), of_cors(reply.fields)) in expected[question], (question, reply)

        together(*(partial(send, number) for number in range(THREADS)))
