"""``wsgicors migrate --check``: find what is unsafe in a project with the library that it uses now."""

import re
from collections.abc import Iterable
from pathlib import Path

from wsgicors.migrate import _handwritten as handwritten
from wsgicors.migrate._catalogue import FINDINGS
from wsgicors.migrate._expressions import admits_everything, admits_nobody, prefix_matched, proven
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._libraries import find_all
from wsgicors.migrate._literals import FLASK_META, as_pattern
from wsgicors.migrate._project import Project
from wsgicors.migrate._questions import Question
from wsgicors.migrate._reading import Reading
from wsgicors.migrate._seen import Seen
from wsgicors.origins import NULL
from wsgicors.problems import shown


def findings(paths: Iterable[Path]) -> list[Question]:
    """Return what is unsafe: any origin or http with credentials, ``null``, open expressions, reflected origins."""
    project = Project(paths)
    judge = Judge()
    libraries = find_all(project, judge)
    found = [finding for finding in judge.findings.values() if finding.unsafe]
    found += handwritten.find(project, judge)
    for reading in judge.readings:
        is_old = ("flask" if reading.everybody is not None else "django") in libraries
        for member in _members(reading):
            finding = _of_member(member, reading, is_old=is_old)
            if finding is not None:
                found.append(finding)
    unique = {(finding.code, finding.node): finding for finding in found}
    return sorted(unique.values(), key=lambda one: (one.file.shown, one.line, one.file.column_of(one.node)))


def _members(reading: Reading) -> tuple[Seen, ...]:
    origins = reading.values["allow_origins"]
    return (origins,) if origins.items is None else origins.items


def _of_member(member: Seen, reading: Reading, *, is_old: bool) -> Question | None:
    value = member.value
    if value == NULL:
        return Question("null-listed", member.file, member.node, FINDINGS["null-listed"], (), unsafe=True)
    compiled = as_pattern(value)
    if compiled is not None:
        pattern, flags = compiled.pattern, compiled.flags & ~re.UNICODE
    elif isinstance(value, str) and value != "*" and is_old and reading.one_is_list and set(value) & FLASK_META:
        pattern, flags = value, re.IGNORECASE
    else:
        return None
    try:
        matched = re.compile(prefix_matched(pattern) if is_old else pattern, flags)
    except re.error:
        return None
    # An expression that admits everything has a question of its own.
    if proven(matched) or admits_everything(pattern) or admits_nobody(matched.pattern, flags):
        return None
    text = FINDINGS["open-expression"].format(value=shown(pattern))
    return Question("open-expression", member.file, member.node, text, (), unsafe=True)
