"""Generate the documentation of the doctor from its catalogues and schemas."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from wsgicors.doctor.audit import SCHEMA as AUDIT
from wsgicors.doctor.catalogue._causes import CAUSES, ROOTS
from wsgicors.doctor.catalogue._remedies import OWN, TITLES, Place, Remedy
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.examination import SCHEMA as PROBE
from wsgicors.doctor.explain import SCHEMA as EXPLAIN
from wsgicors.doctor.verify import SCHEMA as VERIFY
from wsgicors.doctor.why import SCHEMA as WHY

LANGUAGES: Final = {
    Place.FLASK: "python",
    Place.DJANGO: "python",
    Place.WSGI: "python",
    Place.NGINX: "nginx",
    Place.APACHE: "apache",
    Place.CADDY: "text",
    Place.EXPRESS: "javascript",
    Place.FASTAPI: "python",
    Place.SPRING: "java",
    Place.ASPNET: "csharp",
    Place.S3: "json",
    Place.CLOUDFRONT: "json",
    Place.API_GATEWAY: "javascript",  # JSON has no `...` for the members that stay
    Place.CLOUDFLARE: "text",
    Place.KEYCLOAK: "json",
    Place.SUPABASE: "text",
    Place.VITE: "javascript",
    Place.CLIENT: "text",
}


def causes() -> Iterator[str]:
    """Yield the causes of blocked requests, by their families."""
    yield "## Causes\n"
    for number, family in ROOTS.items():
        yield f"### {number}. {family}\n"
        for known in CAUSES.values():
            if known.root == number:
                cause = known.filled(known.example)
                yield f"#### Cause: {cause.id}\n"
                yield f"**{cause.title}.** {cause.sentence} {cause.why}\n"
                yield f"How a probe tells it: {cause.probe}\n"
                yield remedies(remedy for remedy in cause.remedies if remedy.place in OWN)
                others = [TITLES[remedy.place] for remedy in cause.remedies if remedy.place not in OWN]
                if others:
                    yield f"`wsgicors help {cause.id}` has the lines for {', '.join(others)}.\n"


def weaknesses() -> Iterator[str]:
    """Yield what an audit finds."""
    yield "## Weaknesses\n"
    for known in WEAKNESSES.values():
        weakness = known.filled({"origin": "https://wsgicors-audit.example", "trusted": "https://www.example.com"})
        yield f"#### Weakness: {weakness.id}\n"
        yield f"**{weakness.title}** ({weakness.level}). {weakness.sentence} {weakness.why}\n"
        yield remedies(weakness.remedies)


def remedies(known: Iterable[Remedy]) -> str:
    """Return the remedies, by place."""
    lines: list[str] = []
    for remedy in known:
        lines.append(f"- {TITLES[remedy.place]}: {remedy.text}")
        if remedy.code:
            code = [f"```{LANGUAGES[remedy.place]}", *remedy.code.splitlines(), "```"]
            lines += ["", *(f"  {line}" for line in code), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def schemas() -> str:
    """Return the members of every command's JSON, as tables."""
    parts: list[str] = []
    for command, schema in (("why", WHY), ("probe", PROBE), ("audit", AUDIT), ("verify", VERIFY)):
        parts += [f"### wsgicors {command} --json\n", *members("", schema)]
    shared = properties_of(PROBE)
    own = {name: inner for name, inner in properties_of(EXPLAIN).items() if name not in shared}
    parts += ["### wsgicors explain --json\n", *members("", {**EXPLAIN, "properties": own})]
    return "\n".join([*parts, "And everything that a probe has.\n"])


def properties_of(schema: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return the members of an object, with their schemas."""
    return cast("dict[str, dict[str, object]]", schema["properties"])


def members(name: str, schema: Mapping[str, object]) -> Iterator[str]:
    """Yield a table of an object's members, and then those of the objects in it."""
    properties = properties_of(schema)
    yield f"{f'`{name}`: ' if name else ''}{schema['description']}\n"
    rows = [f"| `{member}` | {kind(inner)} |" for member, inner in properties.items()]
    yield "\n".join(["| Member | Value |", "|---|---|", *rows]) + "\n"
    for member, inner in properties.items():
        found = inner if inner.get("type") == "object" else cast("dict[str, object]", inner.get("items", {}))
        if found.get("type") == "object":
            yield from members(f"{name}.{member}".lstrip(".") + ("[]" if found is not inner else ""), found)


def kind(schema: Mapping[str, object]) -> str:
    """Return the type of a value, in words."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        known = cast("list[str | None]", schema["enum"])
        named = [f"`{value}`" if value is not None else "null" for value in known]
        return ", ".join(named) if len(named) <= MOST_NAMED else f"a name{', or null' if None in known else ''}"
    types = schema["type"]
    if types == "array":
        items = cast("dict[str, object]", schema["items"])
        return "list of objects" if items["type"] == "object" else f"list of {plural(items)}"
    return " or ".join(cast("list[str]", types)) if isinstance(types, list) else str(types)


MOST_NAMED: Final = 8


def plural(schema: Mapping[str, object]) -> str:
    """Return the type of a list's members, in words."""
    return "pairs" if schema["type"] == "array" else f"{schema['type']}s"
