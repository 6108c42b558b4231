"""A project's dependencies: the names of the old libraries in requirement files and in pyproject.toml."""

import re
from pathlib import Path
from typing import Any, Final, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError

DISTRIBUTION: Final = "wsgicors-policy"
"""The name of this library on the package index; its import names differ."""

EXTRAS: Final = {"flask-cors": "flask", "django-cors-headers": "django"}

_OLD: Final = r"(?:flask[-_.]+cors|django[-_.]+cors[-_.]+headers)"
_LINE: Final = re.compile(
    rf"^(?P<name>{_OLD})(?![-_.\w])\s*(?P<rest>[^#;]*?)(?P<end>\s*(?:;[^#]*?)?\s*(?:\s#.*)?)$", re.IGNORECASE
)
_KEY: Final = re.compile(
    rf"^(?P<indent>\s*)(?P<name>{_OLD})\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{{[^}}]*\}})(?P<end>[^\S\n]*(?:#.*)?\n?)$",
    re.IGNORECASE,
)
_TABLE: Final = re.compile(rf"^\s*\[.*\.{_OLD}\]", re.IGNORECASE | re.MULTILINE)
_MENTION: Final = re.compile(rf"(?<![-_.\w]){_OLD}(?![-_.\w])", re.IGNORECASE)


def rewritten(path: Path, text: str) -> str | None:
    r"""Return a requirement file with this library in place of the old ones; None if that is not possible.

    >>> rewritten(Path("requirements.txt"), "flask==3.1\nFlask-Cors==4.0.0  # for the shop\n")
    'flask==3.1\nwsgicors-policy[flask]  # for the shop\n'
    """
    if path.name == "pyproject.toml" and _TABLE.search(text):
        return None  # a separate table, with options that need not apply to another distribution
    if not _MENTION.search(text):
        return text
    return _toml(text) if path.name == "pyproject.toml" else _lines(text)


def _extra(name: str) -> str:
    return EXTRAS[re.sub(r"[-_.]+", "-", name).lower()]


def requirement(text: str) -> str | None:
    """Return the requirement of this library for one of an old library; None for any other.

    >>> requirement("django-cors-headers>=4")
    'wsgicors-policy[django]'
    """
    match = _LINE.match(text)
    if match is None:
        return None
    return f"{DISTRIBUTION}[{_extra(match['name'])}]{match['end']}"


def _lines(text: str) -> str | None:
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n")
        end = line[len(body) :]
        stripped = body.strip()
        if not _MENTION.match(stripped):
            lines.append(line)
            continue
        if stripped.endswith("\\") or "--hash" in stripped:
            return None  # the hashes belong to another file
        new = requirement(stripped)
        if new is None:
            return None
        lines.append(f"{new}{end}")
    return _merged(lines)


def _merged(lines: list[str]) -> str:
    """Return the lines, with two requirements of this library merged into one."""
    ours = [place for place, line in enumerate(lines) if line.startswith(f"{DISTRIBUTION}[")]
    plain = [place for place in ours if re.fullmatch(r"[\w-]+\[\w+\]", lines[place].strip())]
    if len(plain) > 1:
        extras = ",".join(sorted({cast("re.Match[str]", re.search(r"\[(\w+)\]", lines[place]))[1] for place in plain}))
        end = lines[plain[0]][len(lines[plain[0]].rstrip("\r\n")) :]
        lines[plain[0]] = f"{DISTRIBUTION}[{extras}]{end}"
        lines = [line for place, line in enumerate(lines) if place not in plain[1:]]
    return "".join(lines)


def _toml(text: str) -> str | None:
    text = _poetry(text)
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return None
    for array in _arrays(cast("dict[str, Any]", document)):
        for place, value in enumerate(list(array)):
            new = requirement(value) if isinstance(value, str) else None
            if new is not None:
                array[place] = new
    new = tomlkit.dumps(document)
    left = re.sub(r"(?m)^\s*(?:description|keywords|name)\s*=.*$|#.*$", "", new)
    return new if not _MENTION.search(left) else None


def _arrays(document: dict[str, Any]) -> list[Any]:
    """Return the arrays of requirements: PEP 621's, PEP 735's, and those of uv and PDM."""
    project: dict[str, Any] = document.get("project", {})
    tools: dict[str, Any] = document.get("tool", {})
    groups = [
        project.get("optional-dependencies", {}),
        document.get("dependency-groups", {}),
        tools.get("pdm", {}).get("dev-dependencies", {}),
    ]
    single = [project.get("dependencies"), tools.get("uv", {}).get("dev-dependencies")]
    return [*(array for array in single if array is not None), *(array for group in groups for array in group.values())]


def _poetry(text: str) -> str:
    """Return the text with the lines of Poetry's tables rewritten; two of one table become one."""
    lines: list[str] = []
    ours: int | None = None  # the line of this library in the table
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            ours = None
        match = _KEY.match(line)
        if match is None:
            lines.append(line)
            continue
        extra = _extra(match["name"])
        if ours is None:
            ours = len(lines)
            lines.append(f'{match["indent"]}{DISTRIBUTION} = {{version = "*", extras = ["{extra}"]}}{match["end"]}')
        else:
            lines[ours] = lines[ours].replace('"]}', f'", "{extra}"]}}', 1)
    return "".join(lines)
