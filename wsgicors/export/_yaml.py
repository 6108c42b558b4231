"""The part of YAML that exports need: mappings, lists, texts, numbers and booleans, one per line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Yaml: TypeAlias = "str | int | bool | Mapping[str, Yaml] | Sequence[Yaml]"


def dump(value: Yaml) -> str:
    r"""Return `value` as YAML, with texts quoted as in JSON, which YAML reads the same way.

    >>> print(dump({"routes": [{"name": "a", "headers": []}], "port": 80}), end="")
    "routes":
      - "name": "a"
        "headers": []
    "port": 80
    """
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Yaml) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, member in value.items():
            yield from _member(f"{json.dumps(key)}:", member)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for member in value:
            first, *rest = _lines(member)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
    else:
        yield json.dumps(value) if isinstance(value, (str, int)) else "{}" if isinstance(value, Mapping) else "[]"


def _member(key: str, member: Yaml) -> Iterator[str]:
    if isinstance(member, (str, int)) or not member:
        yield f"{key} {next(_lines(member))}"
    else:
        yield key
        yield from (f"  {line}" for line in _lines(member))
