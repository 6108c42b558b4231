"""The pages on client libraries: their policies allow what the sets of names say."""

from typing import Any

import pytest

from docs.libraries import CLIENTS, pages, policy_of
from wsgicors import clients

PAGE = "https://www.example.com"


def names(sets: tuple[str, ...]) -> list[str]:
    return [name for one in sets for name in getattr(clients, one)]


@pytest.mark.parametrize("name", CLIENTS)
def test_its_policy_takes_what_it_sends_and_exposes_what_it_reads(name: str) -> None:
    client = CLIENTS[name]
    made: dict[str, Any] = {}
    exec(policy_of(client), made)
    asked = ",".join(sorted(header.lower() for header in ["Content-Type", *names(client.sends)]))
    for method in ("POST", *client.methods):
        assert made["policy"].preflight(PAGE, method, asked).allowed
    exposed = dict(made["policy"].actual(PAGE).headers).get("Access-Control-Expose-Headers", "")
    assert exposed == ", ".join([*client.exposed, *names(client.reads)])


def test_every_set_has_a_page_that_names_its_members() -> None:
    text = "\n".join(pages().values())
    used = {one for client in CLIENTS.values() for one in (*client.sends, *client.reads)}
    assert used == {*clients.__all__} - {"TRACING"}
    assert {*clients.TRACING} == {*clients.SENTRY, *clients.OPENTELEMETRY}
    assert [name for one in used for name in names((one,)) if f"`{name}`" not in text] == []
