"""JSON Schemas of the doctor's reports, derived from the return types of their ``to_json``.

>>> from typing import Annotated, Literal, TypedDict
>>> class Point(TypedDict):
...     '''A place.'''
...
...     x: Annotated[int, ("minimum", 0)]
...     side: Literal["left", "right"]
...
>>> schema_of("A point", Point)["properties"]
{'x': {'type': 'integer', 'minimum': 0}, 'side': {'type': 'string', 'enum': ['left', 'right']}}
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin, get_type_hints, is_typeddict

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: Final[Mapping[object, str]] = {str: "string", int: "integer", bool: "boolean"}


def schema_of(title: str, shape: type) -> Mapping[str, object]:
    """Return the JSON Schema of a TypedDict; its description is the docstring.

    It supports str, int and bool, enumerations of texts, literals, lists, other TypedDicts, types annotated with
    keywords of JSON Schema and their values, and each of these or None.
    """
    return MappingProxyType({"$schema": _DIALECT, "title": title, **_schema(shape)})


def _schema(kind: Any) -> dict[str, object]:
    if is_typeddict(kind):
        return _object(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind]}
    if kind in _SCALARS:
        return {"type": _SCALARS[kind]}
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is Annotated:
            return {**_schema(arguments[0]), **{name: _plain(value) for name, value in arguments[1:]}}
        case origin if origin is Literal:
            # The version, 1, is the only literal that is not a text.
            return {"const": arguments[0]} if arguments == (1,) else {"type": "string", "enum": list(arguments)}
        case origin if origin is list:
            return {"type": "array", "items": _schema(arguments[0])}
        case _:
            return _or_null(_schema(next(argument for argument in arguments if argument is not NoneType)))


def _plain(value: object) -> object:
    """Return a keyword's value. Annotations have to be hashable, so lists are written as tuples."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def _or_null(schema: dict[str, Any]) -> dict[str, object]:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def _object(shape: Any) -> dict[str, object]:
    hints = get_type_hints(shape, include_extras=True)
    return {
        "type": "object",
        "description": shape.__doc__,
        "properties": {name: _schema(kind) for name, kind in hints.items()},
        "required": [name for name in hints if name in shape.__required_keys__],
        "additionalProperties": False,
    }
