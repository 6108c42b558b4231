"""The schemas of the JSON that programs read keep all that was published."""

import json
from pathlib import Path
from typing import Any

import pytest

from wsgicors.browser import MAX_AGE_LIMITS
from wsgicors.doctor.audit import SCHEMA as AUDIT
from wsgicors.doctor.diagnosis._examination import KeptJson
from wsgicors.doctor.examination import SCHEMA as PROBE
from wsgicors.doctor.explain import SCHEMA as EXPLAIN
from wsgicors.doctor.why import SCHEMA as WHY

PUBLISHED: dict[str, Any] = json.loads(Path(__file__).with_name("published.json").read_text("utf-8"))
"""The schemas of wsgicors 1, without their descriptions."""

NOW = {"why": WHY, "probe": PROBE, "explain": EXPLAIN, "audit": AUDIT}


def lost(published: dict[str, Any], now: dict[str, Any], at: str = "$") -> list[str]:
    """What a program can rely on by `published` and cannot by `now`; additions are no loss."""
    gone = [f"{at}: {key}" for key in published.keys() - now.keys()]
    gone += [f"{at}: {name}" for name in set(published.get("enum", ())) - set(now.get("enum", ()))]
    gone += [
        f"{at}: {name} may be missing" for name in set(published.get("required", ())) - set(now.get("required", ()))
    ]
    gone += [
        f"{at}: {key} is {now[key]!r}"
        for key in published.keys() & now.keys() - {"enum", "required", "properties", "items"}
        if published[key] != now[key]
    ]
    for name, member in published.get("properties", {}).items():
        gone += lost(member, now["properties"][name], f"{at}.{name}") if name in now["properties"] else [f"{at}.{name}"]
    return gone + (lost(published["items"], now["items"], f"{at}[]") if "items" in published else [])


@pytest.mark.parametrize("command", NOW)
def test_nothing_that_was_published_is_lost(command: str) -> None:
    assert lost(PUBLISHED[command], dict(NOW[command])) == []


def test_a_loss_is_seen() -> None:
    published = PUBLISHED["why"]
    finding = published["properties"]["findings"]["items"]
    without_step = {**finding, "properties": {**finding["properties"], "step": {"type": "integer"}}}
    without_step["properties"].pop("probe")
    without_step["required"] = [name for name in finding["required"] if name != "count"]
    assert set(lost(finding, without_step)) == {"$.step: type is 'integer'", "$.probe", "$: count may be missing"}
    assert lost({"enum": ["a", "b"]}, {"enum": ["b"]}) == ["$: a"]
    assert lost({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {}}) == ["$[]: type"]


def test_each_engine_s_limit_of_max_age_has_its_member() -> None:
    assert list(KeptJson.__annotations__) == list(MAX_AGE_LIMITS)
