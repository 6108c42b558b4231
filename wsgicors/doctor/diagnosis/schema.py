"""The pieces that the JSON Schemas of the doctor's reports are made of."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""What `json.dumps` takes."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

TEXT: Final[Mapping[str, object]] = {"type": "string"}
COUNT: Final[Mapping[str, object]] = {"type": "integer", "minimum": 0}
FLAG: Final[Mapping[str, object]] = {"type": "boolean"}


def closed(description: str, properties: Mapping[str, object], *, optional: bool = False) -> dict[str, object]:
    """An object with these properties and no others, all of them there unless they are `optional`."""
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": [] if optional else list(properties),
        "additionalProperties": False,
    }


def list_of(items: object) -> dict[str, object]:
    """A list of what `items` describes."""
    return {"type": "array", "items": items}


def one_of(names: Iterable[str]) -> dict[str, object]:
    """One of these texts."""
    return {"type": "string", "enum": [str(name) for name in names]}


def one_or_none(names: Iterable[str]) -> dict[str, object]:
    """One of these texts, or null."""
    return {"enum": [*map(str, names), None]}


LINES: Final[Mapping[str, object]] = list_of({**list_of(TEXT), "minItems": 2, "maxItems": 2})
"""Header lines: a name and a value each."""
