"""``wsgicors verify`` on HAProxy: each mistake that its configuration can have is found and named."""

import contextlib
import re
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.doctor.test_verify import RULES, SETTINGS, served, served_missing, verified
from tests.export.edges import EDGES, HAProxy
from tests.export.upstream import upstream
from tests.servers.needs import need
from tests.servers.ports import ADDRESS
from wsgicors import Policy
from wsgicors.doctor.catalogue._mistakes import Mistake
from wsgicors.rules import RuleSet

pytestmark = pytest.mark.servers

Change = Callable[[str], str]
DEBIAN = next(edge for edge in EDGES if isinstance(edge, HAProxy))


class Mistaken(HAProxy):
    """HAProxy with the export, changed."""

    def __init__(self, change: Change) -> None:
        super().__init__("haproxy-debian", DEBIAN.program, DEBIAN.package)
        self.change = change

    def command(self, home: Path, port: int, backend: int) -> Sequence[str]:
        exported = home / "wsgicors-haproxy.cfg"
        exported.write_text(self.change(exported.read_text()))
        command = super().command(home, port, backend)
        whole = home / "haproxy.cfg"
        whole.write_text(f"cache shared\n    total-max-size 1\n    max-age 60\n{whole.read_text()}")
        return command


@contextlib.contextmanager
def haproxy(backend: int, change: Change) -> Generator[str]:
    edge = Mistaken(change)
    need(edge.missing())
    with edge.in_front_of(backend, RULES) as wire:
        yield f"http://{ADDRESS}:{wire.port}"


def found(rules: RuleSet, change: Change, backend: Callable[[], Any] = upstream) -> set[Mistake]:
    with backend() as port, haproxy(port, change) as origin:
        return {difference.mistake for difference in verified(rules, f"{origin}/api/x").differences}


def replaced(*pairs: tuple[str, str]) -> Change:
    def changed(text: str) -> str:
        for old, new in pairs:
            assert re.search(old, text, flags=re.MULTILINE), f"the export has no {old}"
            text = re.sub(old, new, text, flags=re.MULTILINE)
        return text

    return changed


def instead(line: str) -> Change:
    """No export, but this line."""
    return lambda text: f"    {line}\n"


def same(text: str) -> str:
    return text


def test_nothing_differs_where_the_export_is_right() -> None:
    assert found(RULES, same) == set()


FRESH: RuleSet = {"/": Policy(allow_origins="*"), "/api": Policy(**{**SETTINGS, "allow_methods": ["PUT", "PATCH"]})}
STRICT: RuleSet = Policy(**SETTINGS, refuse="forbid")
WITHOUT_ALWAYS = replaced((r"^(    http-after-response set-header .* if )", r"\1{ status 200 } "))
LISTED: RuleSet = Policy(**SETTINGS)
MIXES_UP = instead(
    "http-request cache-use shared\n"
    "    http-response del-header Vary\n"  # with Vary HAProxy stores no response that depends on Origin
    "    http-response cache-store shared"
)
SWALLOWS = "    http-request return status 405 if { method OPTIONS }\n"
PLANTED: dict[Mistake, tuple[RuleSet, Change, Callable[[], Any]]] = {
    Mistake.NOT_ALWAYS: (RULES, WITHOUT_ALWAYS, served_missing),
    Mistake.NOT_INCLUDED: (RULES, instead("# nothing"), served_missing),
    Mistake.BOTH_ADD: (
        RULES,
        replaced((".*del-header.*", ""), ("response set-header", "response add-header")),
        upstream,
    ),
    Mistake.CASE: (RULES, replaced(("-m str 'https://www", "-m str -i 'https://www")), upstream),
    Mistake.UNANCHORED: (RULES, replaced(("-m str 'https://www", "-m beg 'https://www")), upstream),
    Mistake.OPTIONS: (RULES, lambda text: SWALLOWS + text, upstream),
    Mistake.HOST_PORT: (
        STRICT,
        instead("http-request set-header Host %[req.hdr(host),field(1,:)]"),
        lambda: served(STRICT),
    ),
    Mistake.ESCAPED: (
        RULES,
        replaced((r"^.*str\(ambiguous\) if.*$", ""), (r"path -m reg '\S+'", "path -m beg /api")),
        upstream,
    ),
    Mistake.STALE: (FRESH, same, upstream),
    Mistake.CACHE: (LISTED, MIXES_UP, lambda: served(LISTED)),
}
"""For each mistake: the policy, the change to the export, and the application."""


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_named(mistake: Mistake) -> None:
    assert mistake in found(*PLANTED[mistake])
