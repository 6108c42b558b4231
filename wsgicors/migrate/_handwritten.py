"""Find CORS headers that a project's code sets by hand, and those that reflect any Origin."""

import re
from typing import Final

import libcst as cst
from libcst import matchers

from wsgicors.migrate._catalogue import FINDINGS
from wsgicors.migrate._file import File
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.migrate._questions import Question

ALLOW_ORIGIN: Final = "access-control-allow-origin"
_SET: Final = frozenset({"add", "set", "setdefault", "__setitem__", "add_header", "set_header", "setlist"})
_ORIGIN: Final = re.compile(
    r"""(?:headers(?:\.get\(|\[)\s*['"]origin['"]|META(?:\.get\(|\[)\s*['"]HTTP_ORIGIN['"]|environ(?:\.get\(|\[)\s*['"]HTTP_ORIGIN['"]|\brequest\.origin\b)""",
    re.IGNORECASE,
)


def find(project: Project, judge: Judge) -> list[Question]:
    """Note every CORS header set by hand, and return those that reflect the request's Origin unchecked."""
    found: list[Question] = []
    for file in project.files:
        for string in file.strings:
            name = string.evaluated_value
            if not isinstance(name, str) or not name.lower().startswith("access-control-allow"):
                continue
            value = _value(file, string)
            if value is None:
                continue
            judge.note("hand-written", file, string, known=False, value=name)
            if name.lower() == ALLOW_ORIGIN and _reflects(file, value):
                with_cookies = ", with cookies" if _allows_credentials(file, string) else ""
                text = FINDINGS["reflected-origin"].format(with_cookies=with_cookies)
                found.append(Question("reflected-origin", file, string, text, (), unsafe=True))
    return found


def _value(file: File, string: cst.SimpleString) -> cst.BaseExpression | None:
    """Return the value of a header, or None if the text is not the name of a header that is set."""
    parent = file.parent(string)
    if isinstance(parent, cst.Arg):
        call = file.parent(parent)
        if isinstance(call, cst.Call) and cst_text(call.func).rpartition(".")[2] in _SET and len(call.args) > 1:
            return call.args[1].value
    if isinstance(parent, cst.DictElement) and parent.key is string:
        return parent.value
    if isinstance(parent, cst.Index):
        subscript = next((one for one in file.ancestors(string) if isinstance(one, cst.Subscript)), None)
        target = file.parent(subscript) if subscript is not None else None
        statement = file.parent(target) if target is not None else None
        if isinstance(target, cst.AssignTarget) and isinstance(statement, cst.Assign):
            return statement.value
    if isinstance(parent, cst.Element):
        pair = file.parent(parent)
        if isinstance(pair, cst.Tuple) and len(pair.elements) == 2 and pair.elements[0] is parent:
            return pair.elements[1].value
    return None


def _reflects(file: File, value: cst.BaseExpression) -> bool:
    names = {node.value for node in _names_in(value)}
    if isinstance(value, cst.Name):
        scope = file.scope_of(value)
        bindings = file.bindings[scope].get(value.value, [])
        reads = any(binding.value is not None and _ORIGIN.search(file.text_of(binding.value)) for binding in bindings)
    else:
        reads = _ORIGIN.search(file.text_of(value)) is not None
    return reads and not _is_checked(file, value, names)


def _names_in(node: cst.CSTNode) -> list[cst.Name]:
    return [cst.ensure_type(found, cst.Name) for found in matchers.findall(node, matchers.Name())]


def _is_checked(file: File, value: cst.BaseExpression, names: set[str]) -> bool:
    """Whether the code checks the origin before it reflects it."""
    tests: list[cst.BaseExpression] = []
    child: cst.CSTNode = value
    parent = file.parents[value]
    while not isinstance(parent, (cst.FunctionDef, cst.Module)):
        if isinstance(parent, (cst.If, cst.IfExp)) and child is parent.body:
            tests.append(parent.test)
        child, parent = parent, file.parents[parent]
    body = parent.body.body if isinstance(parent, cst.FunctionDef) else parent.body
    # A guard that returns: ``if origin not in ALLOWED: return``.
    tests += [
        statement.test
        for statement in body
        if isinstance(statement, cst.If) and file.order[statement] < file.order[value] and child is not statement
    ]
    return any(_compares(file, test, names) for test in tests)


def _compares(file: File, test: cst.BaseExpression, names: set[str]) -> bool:
    """Whether a condition checks more than the presence of an origin."""
    text = file.text_of(test)
    about = _ORIGIN.search(text) is not None or any(node.value in names for node in _names_in(test))
    rest = _ORIGIN.sub("", text)
    return about and re.search(r"\b(?:in|match|fullmatch|search|startswith|endswith)\b|==|!=|\w+\(", rest) is not None


def _allows_credentials(file: File, string: cst.SimpleString) -> bool:
    scope = file.scope_of(string)
    return any(
        isinstance(other.evaluated_value, str)
        and other.evaluated_value.lower() == "access-control-allow-credentials"
        and file.scope_of(other) is scope
        for other in file.strings
    )
