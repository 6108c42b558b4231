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


def test_the_names_are_those_that_the_clients_documentation_has() -> None:
    """Pages and policies are made from the sets, so that only this test sees a misspelled name."""
    expected = {
        "AXIOS": "Authorization X-Requested-With X-XSRF-TOKEN",
        "SENTRY": "sentry-trace baggage traceparent",
        "OPENTELEMETRY": "traceparent tracestate baggage",
        "APOLLO": "Authorization apollo-require-preflight apollographql-client-name apollographql-client-version "
        "x-apollo-operation-name",
        "TRPC": "Authorization trpc-accept x-trpc-source",
        "HTMX": "HX-Boosted HX-Current-URL HX-History-Restore-Request HX-Prompt HX-Request HX-Request-Type HX-Source "
        "HX-Target HX-Trigger HX-Trigger-Name",
        "HTMX_READS": "HX-Location HX-Push-Url HX-Redirect HX-Refresh HX-Replace-Url HX-Reselect HX-Reswap HX-Retarget "
        "HX-Trigger HX-Trigger-After-Settle HX-Trigger-After-Swap",
        "SWAGGER_UI": "Authorization X-API-Key",
        "EVENT_SOURCE": "Last-Event-ID Cache-Control",
        "MCP": "Authorization Last-Event-ID Mcp-Protocol-Version Mcp-Session-Id",
        "MCP_READS": "Mcp-Session-Id WWW-Authenticate",
    }
    assert {name: names((name,)) for name in {*clients.__all__} - {"TRACING"}} == {
        name: text.split() for name, text in expected.items()
    }
