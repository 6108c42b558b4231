"""The CORSMiddleware of Starlette and FastAPI in a project: its uses, and the changes to their options."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

import libcst as cst

from wsgicors.migrate._calls import with_arguments
from wsgicors.migrate._file import File
from wsgicors.migrate._fixes import Fix
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.migrate._reading import Reading
from wsgicors.migrate._seen import UNKNOWN, Choice, Seen, combinations

OLD: Final = frozenset({"fastapi.middleware.cors", "starlette.middleware.cors"})
NEW: Final = "wsgicors.asgi"
CLASS: Final = "CORSMiddleware"
POLICY: Final = "wsgicors.Policy"
REGEX: Final = "allow_origin_regex"
DEFAULT_MAX_AGE: Final = "600"

CORE_NAMES: Final = (
    "allow_origins", "allow_methods", "allow_headers", "allow_credentials", "allow_private_network", "expose_headers",
    "max_age",
)  # fmt: skip
"""The options that `wsgicors.Policy` has under the same names."""

NAMES: Final[Mapping[str, str]] = {
    **{name: name for name in CORE_NAMES},
    "origins": "allow_origins",
    "without_switch": "",
    "credentials": "allow_credentials",
    "private_network": "allow_private_network",
    "dangerously": "dangerously_allow",
    "any_origin": 'allow_origins=["*"]',
}

_INDENT: Final = "    "


@dataclass(frozen=True)
class Site:
    """A call that adds the middleware or wraps an app. Its options are the keywords after `kept` arguments."""

    file: File
    call: cst.Call
    name: cst.CSTNode
    """The node that names the middleware."""
    kept: int


class StarletteCors:
    """Rewrites the uses of Starlette's CORSMiddleware in a project: each file completely or not at all."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge
        self.uses = False
        """Whether the project uses it."""

    def run(self) -> None:
        """Find all uses, and record their changes."""
        for file in list(self.project.files):
            for statement in [node for node in file.order if isinstance(node, (cst.Import, cst.ImportFrom))]:
                if isinstance(statement, cst.ImportFrom) and _module_of(statement) in OLD:
                    self.uses = True
                    self._imported(file, statement)
                elif _brings_module(statement):
                    self.uses = True
                    self._ask_import(file, statement, cst.Module([]).code_for_node(statement).partition("#")[0].strip())

    def _imported(self, file: File, statement: cst.ImportFrom) -> None:
        aliases = [] if isinstance(statement.names, cst.ImportStar) else list(statement.names)
        if [cst_text(alias.name) for alias in aliases] != [CLASS]:
            self._ask_import(file, statement, _module_of(statement))
            return
        bound = str(aliases[0].evaluated_alias or CLASS)
        sites = list(_sites(file, bound))
        known = {site.name for site in sites}
        others = [node for node in _uses(file, bound) if node not in known]
        if others:
            self.judge.ask("middleware-elsewhere", file, others[0], value=bound)
            return
        for site in sites:
            if (place := next((one for one in site.call.args[site.kept :] if not one.keyword), None)) is not None:
                code = file.text_of(place.value)
                self.judge.ask("options-in-mapping", file, site.call, value=code)
                return
        for site in sites:
            self._rewrite(site)
        new = cst.parse_expression(NEW)
        file.edits.change(statement, lambda updated: updated.with_changes(module=new))
        self.judge.note("starlette", file, statement)

    def _ask_import(self, file: File, node: cst.CSTNode, value: str) -> None:
        self.judge.ask("unknown-import", file, node, value=value, library="Starlette", known=f"{NEW}.{CLASS}")

    def _rewrite(self, site: Site) -> None:
        file = site.file
        options = {cast("cst.Name", one.keyword).value: one.value for one in site.call.args[site.kept :]}
        choices = {name: file.evaluator.choices(value) for name, value in options.items()}
        if REGEX in options:
            self._expression(file, options[REGEX], choices)
        if "allow_origins" not in options and REGEX not in options:
            self.judge.ask("nobody-let-in", file, site.call)
        for values in combinations(choices):
            core = {name: seen for name, seen in values.items() if name in CORE_NAMES}
            core["allow_origins"] = _with_expression(values, Seen(file, site.call))
            self._name_authorization(core)
            self.judge.judge(Reading(core, NAMES, {}, file, site.call))
        for name in options.keys() - {REGEX, *CORE_NAMES}:
            self.judge.ask(
                "problem", file, options[name], problem="unknown-setting",
                message=f"{name} is not an option of {CLASS}.", remedy=f"Those are {', '.join(CORE_NAMES)}.",
            )  # fmt: skip
        file.edits.need_import("wsgicors")
        if REGEX in options and not isinstance(options[REGEX], cst.SimpleString):
            file.edits.need_import("re")
        file.edits.change(site.call, lambda updated: _with_policy(cst.ensure_type(updated, cst.Call), site.kept))

    def _expression(self, file: File, node: cst.BaseExpression, choices: dict[str, list[Choice]]) -> None:
        """Wrap a literal expression in ``re.compile``."""
        text = choices[REGEX][0][0].value
        if not isinstance(node, cst.SimpleString) or not isinstance(text, str):
            choices[REGEX] = [(Seen(file, node), ())]
            return
        try:
            compiled = re.compile(text)
        except re.error as error:
            self.judge.ask(
                "problem", file, node, problem="regex-invalid", message=f"The expression {text!r} is invalid: {error}.",
                remedy="Write one that compiles.",
            )  # fmt: skip
            compiled = re.compile(re.escape(text))
        self.judge.fixes.setdefault(node, Fix(file, [compiled]))
        choices[REGEX] = [(Seen(file, node, compiled), ())]

    def _name_authorization(self, core: Mapping[str, Seen]) -> None:
        """Name Authorization beside ``*``, which covers it in Starlette but not in browsers."""
        headers = core.get("allow_headers")
        credentials = core.get("allow_credentials")
        if headers is None or (credentials is not None and credentials.value not in (False, UNKNOWN)):
            return
        members = headers.items if headers.items is not None else (headers,)
        named = {str(member.value).lower() for member in members}
        star = next((member for member in members if member.value == "*"), None)
        if star is None or "authorization" in named or star.node in self.judge.fixes:
            return
        as_list = headers.items is None
        self.judge.fixes[star.node] = Fix(star.file, ["*", "Authorization"], as_list=as_list)
        self.judge.note("authorization", star.file, star.node)


def _module_of(statement: cst.ImportFrom) -> str:
    return cst_text(statement.module) if statement.module is not None and not statement.relative else ""


def _brings_module(statement: "cst.Import | cst.ImportFrom") -> bool:
    """Whether a statement imports the module itself: ``import starlette.middleware.cors``."""
    if isinstance(statement.names, cst.ImportStar):
        return False
    before = f"{_module_of(statement)}." if isinstance(statement, cst.ImportFrom) else ""
    return any(f"{before}{cst_text(alias.name)}" in OLD for alias in statement.names)


def _uses(file: File, bound: str) -> Iterator[cst.Name]:
    for node in file.order:
        if isinstance(node, cst.Name) and node.value == bound:
            parent = file.parent(node)
            if isinstance(parent, (cst.ImportAlias, cst.AsName)) or getattr(parent, "attr", None) is node:
                continue
            yield node


def _sites(file: File, bound: str) -> Iterator[Site]:
    for call in file.calls:
        function = cst_text(call.func)
        first = call.args[0] if call.args else None
        if function == bound:
            is_app = first is not None and not first.star and _keyword(first) in ("", "app")
            yield Site(file, call, call.func, int(is_app))
        elif first is not None and _is_added(function, first, bound):
            yield Site(file, call, first.value, 1)


def _is_added(function: str, first: cst.Arg, bound: str) -> bool:
    name = function.rpartition(".")[2]
    return name in ("add_middleware", "Middleware") and not first.star and cst_text(first.value) == bound


def _keyword(argument: cst.Arg) -> str:
    return argument.keyword.value if argument.keyword is not None else ""


def _with_expression(values: Mapping[str, Seen], nothing: Seen) -> Seen:
    """Return the origins and the expression together, as one list."""
    origins, expression = values.get("allow_origins"), values.get(REGEX)
    if expression is None:
        return origins or nothing
    if origins is None:
        return replace(nothing, items=(expression,))
    members = origins.items if origins.items is not None else (origins,)
    return replace(origins, value=UNKNOWN, items=(*members, expression))


class _Deeper(cst.CSTTransformer):
    """Indents every line that begins inside a node by one level."""

    def leave_ParenthesizedWhitespace(  # noqa: N802
        self, original_node: cst.ParenthesizedWhitespace, updated_node: cst.ParenthesizedWhitespace
    ) -> cst.ParenthesizedWhitespace:
        last = cst.SimpleWhitespace(updated_node.last_line.value + _INDENT)
        lines = [
            line.with_changes(whitespace=cst.SimpleWhitespace(line.whitespace.value + _INDENT))
            if line.comment
            else line
            for line in updated_node.empty_lines
        ]
        return updated_node.with_changes(last_line=last, empty_lines=lines)


def _with_policy(call: cst.Call, kept: int) -> cst.Call:
    """Return a call with its options moved into one policy.

    >>> call = cst.parse_expression('add_middleware(C, allow_origins=["https://a.example"], max_age=60)')
    >>> cst.Module([]).code_for_node(_with_policy(call, 1))
    'add_middleware(C, policy=wsgicors.Policy(allow_origins=["https://a.example"], max_age=60))'
    """
    first, options = list(call.args[:kept]), list(call.args[kept:])
    names = [_keyword(option) for option in options]
    new = [] if "max_age" in names else [("max_age", DEFAULT_MAX_AGE)]
    gone: list[int] = []
    if REGEX in names:
        gone = [names.index(REGEX)]
        expression = options[gone[0]].value
        is_written = isinstance(expression, cst.SimpleString) or cst_text(expression).startswith("re.compile")
        compiled = expression if is_written else cst.parse_expression(f"re.compile({_code(expression)})")
        if "allow_origins" in names:
            place = names.index("allow_origins")
            options[place] = options[place].with_changes(value=_grown(options[place].value, compiled))
        else:
            new.insert(0, ("allow_origins", f"[{_code(compiled)}]"))
    before = call.whitespace_before_args
    if first and isinstance(first[-1].comma, cst.Comma):
        before = first[-1].comma.whitespace_after
    if isinstance(before, cst.ParenthesizedWhitespace):
        before = before.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=())
    else:
        before = cst.SimpleWhitespace("")
    policy = cst.Call(cst.parse_expression(POLICY), options, whitespace_before_args=before)
    policy = cst.ensure_type(with_arguments(policy, gone, new).visit(_Deeper()), cst.Call)
    end = call.args[-1] if options else cst.Arg(cst.Name("end"))
    if first and not options:
        first[-1] = first[-1].with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    whole = cst.Arg(
        policy, cst.Name("policy"), equal=_EQUAL, comma=end.comma, whitespace_after_arg=end.whitespace_after_arg
    )
    return call.with_changes(args=[*first, whole])


def _grown(origins: cst.BaseExpression, member: cst.BaseExpression) -> cst.BaseExpression:
    """Return a list with one member more."""
    if isinstance(origins, cst.List) and not origins.elements:
        return cst.List([cst.Element(member)])
    code = _code(origins)
    return cst.parse_expression(f"[*{code}, {_code(member)}]")


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


_EQUAL: Final = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
