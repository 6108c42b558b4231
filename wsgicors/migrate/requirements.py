"""The distributions that a project needs: the names of the old libraries in requirement files and in pyproject.toml."""

import re
from pathlib import Path
from typing import Any, Final, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError

DISTRIBUTION: Final = "wsgicors-policy"
"""The name of this library on the package index; its import names are others."""

EXTRAS: Final = {"flask-cors": "flask", "django-cors-headers": "django"}

_OLD: Final = r"(?:flask[-_.]+cors|django[-_.]+cors[-_.]+headers)"
_LINE: Final = re.compile(
    rf"^(?P<name>{_OLD})(?![-_.\w])\s*(?P<rest>[^#;]*?)(?P<end>\s*(?:;[^#]*?)?\s*(?:\s#.*)?)$", re.IGNORECASE
)
_MENTION: Final = re.compile(rf"(?<![-_.\w]){_OLD}(?![-_.\w])", re.IGNORECASE)


def rewritten(path: Path, text: str) -> str | None:
    r"""A requirement file with this library in place of the old ones; None where that cannot be done.

    >>> rewritten(Path("requirements.txt"), "flask==3.1\nFlask-Cors==4.0.0  # for the shop\n")
    'flask==3.1\nwsgicors-policy[flask]  # for the shop\n'
    """
    if not _MENTION.search(text):
        return text
    return _toml(text) if path.name == "pyproject.toml" else _lines(text)


def _extra(name: str) -> str:
    return EXTRAS[re.sub(r"[-_.]+", "-", name).lower()]


def _requirement(text: str) -> str | None:
    """A requirement of one of the old libraries, as one of this; None for any other."""
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
            return None  # the hashes are those of another file
        new = _requirement(stripped)
        if new is None:
            return None
        lines.append(f"{new}{end}")
    return _merged(lines)


def _merged(lines: list[str]) -> str:
    """The lines, with one requirement in place of two of this library."""
    ours = [place for place, line in enumerate(lines) if line.startswith(f"{DISTRIBUTION}[")]
    plain = [place for place in ours if re.fullmatch(r"[\w-]+\[\w+\]", lines[place].strip())]
    if len(plain) > 1:
        extras = ",".join(sorted({cast("re.Match[str]", re.search(r"\[(\w+)\]", lines[place]))[1] for place in plain}))
        end = lines[plain[0]][len(lines[plain[0]].rstrip("\r\n")) :]
        lines[plain[0]] = f"{DISTRIBUTION}[{extras}]{end}"
        lines = [line for place, line in enumerate(lines) if place not in plain[1:]]
    return "".join(lines)


def _toml(text: str) -> str | None:
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return None
    _rewrite(cast("Any", document))
    new = tomlkit.dumps(document)
    return new if not _MENTION.search(new) else None


def _rewrite(node: Any) -> None:
    """Rewrite every array of requirements, and Poetry's tables of them."""
    if isinstance(node, list):
        array: Any = cast("Any", node)
        for place, value in enumerate(list(array)):
            if isinstance(value, str):
                new = _requirement(value)
                if new is not None:
                    array[place] = new
            else:
                _rewrite(value)
    elif isinstance(node, dict):
        table = cast("dict[str, Any]", node)
        for key in list(table):
            if _MENTION.fullmatch(key):
                extra = _extra(key)
                del table[key]
                present = cast("dict[str, Any]", table.get(DISTRIBUTION, {}))
                extras: list[str] = [*present.get("extras", ()), extra]
                entry: Any = tomlkit.inline_table()
                entry.update({"version": "*", "extras": extras})
                table[DISTRIBUTION] = entry
            else:
                _rewrite(table[key])
