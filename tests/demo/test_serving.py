"""The two servers of the demo, with a browser's requests."""

import socket

import pytest

from tests.servers.exchange import ask
from tests.servers.ports import is_listening
from wsgicors.demo import _serving as serving
from wsgicors.demo._serving import PortError, served


def port_of(origin: str) -> int:
    return int(origin.rpartition(":")[2])


def test_two_origins_are_served_and_then_no_more() -> None:
    with served(0, 0) as demo:
        api, page = port_of(demo.api_origin), port_of(demo.page_origin)
        allowed = ask(api, "GET", "/notes", [("Origin", demo.page_origin)])
        assert (allowed.status, allowed.values("Access-Control-Allow-Origin")) == (200, [demo.page_origin])
        assert ask(page, "GET", "/").status == 200
    assert not is_listening(api)
    assert not is_listening(page)


def test_a_refused_preflight_names_its_reason_and_the_journal_keeps_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="wsgicors")
    with served(0, 0) as demo:
        asked = [("Origin", demo.page_origin), ("Access-Control-Request-Method", "PUT")]
        refused = ask(port_of(demo.api_origin), "OPTIONS", "/archive/1", asked)
        journal = ask(port_of(demo.page_origin), "GET", "/journal")
    assert (refused.status, refused.body) == (204, b"")  # as in production
    assert b'"method-not-allowed"' in journal.body
    assert [record.getMessage() for record in caplog.records if record.name == "wsgicors"] == [
        "refused 'OPTIONS' '/archive/1': method-not-allowed: The method 'PUT' is not allowed here."
    ]


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "evil.example", "127.0.0.1.evil.example:{port}", "127.0.0.1:1"]
)
def test_a_rebound_name_is_answered_nothing(host: str) -> None:
    """A page on a name that resolves to 127.0.0.1 is same-origin with every server there."""
    with served(0, 0) as demo:
        for origin, path in (
            (demo.page_origin, "/facts"),
            (demo.page_origin, "/journal"),
            (demo.page_origin, "/"),
            (demo.page_origin, "/playground/choices"),
            (demo.api_origin, "/notes"),
        ):
            port = port_of(origin)
            for own in (f"127.0.0.1:{port}", f"localhost:{port}"):
                assert ask(port, "GET", path, [("Host", own)]).status in (200, 404)
            assert ask(port, "GET", path, [("Host", host.format(port=port))]).status == 403


def test_a_stranger_does_not_reach_the_app() -> None:
    with served(0, 0) as demo:
        assert port_of(demo.stranger_origin) == port_of(demo.page_origin)
        stranger = ask(port_of(demo.api_origin), "GET", "/notes", [("Origin", demo.stranger_origin)])
    assert stranger.status == 403
    assert stranger.values("Set-Cookie") == []


def test_only_the_loopback_interface_is_listened_on(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[object] = []

    class Socket(socket.socket):
        def bind(self, address: object) -> None:
            bound.append(address)
            super().bind(address)

    monkeypatch.setattr(socket, "socket", Socket)
    with served(0, 0):
        pass
    assert bound == [("127.0.0.1", 0)] * 2


def test_nothing_is_served_where_one_port_is_taken() -> None:
    with served(0, 0) as first:
        taken = port_of(first.page_origin)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        with pytest.raises(PortError, match=f"^port {taken} of 127.0.0.1 is taken$"), served(free, taken):
            pytest.fail("it was served")
        assert not is_listening(free)


def test_any_other_reason_is_told_in_the_systems_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Socket(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", Socket)
    with pytest.raises(PortError, match=r"^port 7 of 127.0.0.1 cannot be used \(Permission denied\)$"), served(7, 0):
        pytest.fail("it was served")


def test_the_port_that_browsers_leave_out_of_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Listener:
        def getsockname(self) -> tuple[str, int]:
            return ("127.0.0.1", 80)

    assert serving._origin("localhost", Listener()) == "http://localhost"
