"""The subset of JSON Schema that the doctor's schemas use."""

from typing import Any


def faults(value: object, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Where `value` departs from `schema`."""
    assert set(schema) <= {
        "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum",
        "const", "minimum", "maximum", "minItems", "maxItems",
    }  # fmt: skip
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    found = []
    allowed = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    fitting = [kind for kind in allowed if isinstance(value, kinds[kind])]
    if allowed and (not fitting or (isinstance(value, bool) and "boolean" not in allowed)):
        return [f"{at}: not {' or '.join(allowed)}"]
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        found.append(f"{at}: {value!r}")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at}: {value} out of bounds")
    if isinstance(value, list):
        found += [] if len(value) >= schema.get("minItems", 0) else [f"{at}: too few"]
        found += [] if len(value) <= schema.get("maxItems", len(value)) else [f"{at}: too many"]
        found += [
            fault for index, item in enumerate(value) for fault in faults(item, schema["items"], f"{at}[{index}]")
        ]
    if isinstance(value, dict):
        found += [f"{at}: no {name}" for name in schema["required"] if name not in value]
        found += [f"{at}: unknown {name}" for name in value if name not in schema["properties"]]
        for name in value.keys() & schema["properties"].keys():
            found += faults(value[name], schema["properties"][name], f"{at}.{name}")
    return found
