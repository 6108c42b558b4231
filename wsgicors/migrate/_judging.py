"""Find what is wrong with a policy's settings by building it; apply remedies, and ask about what needs a decision."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import libcst as cst
from libcst import matchers

from wsgicors import Policy, PolicyError, Problem
from wsgicors.migrate._catalogue import NOTES, QUESTIONS
from wsgicors.migrate._edits import TODO, Listing, without
from wsgicors.migrate._expressions import (
    admits_everything,
    as_expression,
    loses,
    narrowed,
    prefix_matched,
    proven,
)
from wsgicors.migrate._values import UNKNOWN, Seen, cst_text
from wsgicors.problems import shown

if TYPE_CHECKING:
    from wsgicors.migrate._project import File

ROUNDS: Final = 6
"""The most times a policy is built again with the remedies applied: a remedy can reveal another problem."""

COMMENT_WIDTH: Final = 90
"""The most characters in a line of a question in a source file."""

PLACEHOLDER: Final = "https://origins-known-at-run-time.invalid"
"""A placeholder for origins that only the running program knows."""

_TAKEN_OUT: Final = frozenset({
    "origin-empty", "method-forbidden", "header-forbidden", "header-of-response", "header-unreadable",
    "expose-any-with-credentials",
})  # fmt: skip
_EXPRESSIONS: Final = frozenset(
    {
        "origin-regex",
        "regex-invalid",
        "regex-scheme",
        "regex-empty",
        "regex-dot",
        "regex-any-host",
        "regex-unproven",
        "regex-no-origin",
    }
)
FLASK_META: Final = frozenset("*\\]?$^[]()")
"""Characters that make flask-cors treat a text as an expression."""

_ANY_WITH: Final = frozenset({"any-origin-with-credentials", "any-origin-with-private-network"})
_LISTS: Final = frozenset({"allow_origins", "allow_methods", "allow_headers", "expose_headers", "dangerously_allow"})


@dataclass(frozen=True)
class Reading:
    """The settings of one policy, as read from a file.

    Attributes:
        values: The settings, by the core's names.
        names: The owner's names of the settings, and other words in the texts of `QUESTIONS`.
        defaults: The values of settings that are not given.
        file: The file that the settings are for.
        statement: The statement for a question if no value is at fault.
        texts_are_expressions: Whether texts among the expressions stay texts, as in Django's settings.
        everybody: Notes that every origin is let in, if an expression said so; None if the owner has to say so.
        one_is_list: Whether a single text is accepted as a list of one, as in flask-cors.
        listed: The origins that are listed beside the setting that lets every origin in.
        in_config: Whether the origins are in ``app.config``: questions about them go there.
    """

    values: Mapping[str, Seen]
    names: Mapping[str, str]
    defaults: Mapping[str, object]
    file: "File"
    statement: cst.CSTNode
    texts_are_expressions: bool = False
    everybody: Callable[[], None] | None = None
    listed: Seen | None = None
    one_is_list: bool = False
    in_config: bool = False


@dataclass
class Fix:
    """The replacement of a node: the members to put in its place."""

    file: "File"
    values: list[object]
    as_list: bool = False
    text_expressions: bool = False


class Question(NamedTuple):
    """A question that only the owner can decide."""

    code: str
    file: "File"
    node: cst.CSTNode
    text: str
    answers: tuple[str, ...]
    unsafe: bool

    @property
    def line(self) -> int:
        """The line that it is about."""
        return self.file.line_of(self.node)


class Note(NamedTuple):
    """A note on what was done, or was seen but is not known."""

    code: str
    file: "File"
    node: cst.CSTNode
    text: str
    known: bool = True
    """Whether it states a fact; otherwise something that could not be known."""
    problem: str = ""
    """The code of the core's problem that it is about, if any."""

    @property
    def line(self) -> int:
        """The line that it is about."""
        return self.file.line_of(self.node)


@dataclass
class Judge:
    """Collects the fixes, questions and notes of a whole project."""

    fixes: dict[cst.CSTNode, Fix] = field(default_factory=dict[cst.CSTNode, Fix])
    asked: dict[tuple[str, cst.CSTNode], "_Asked"] = field(default_factory=dict[tuple[str, cst.CSTNode], "_Asked"])
    notes: dict[tuple[str, str, cst.CSTNode], Note] = field(default_factory=dict[tuple[str, str, cst.CSTNode], Note])

    findings: dict[tuple[str, cst.CSTNode], Question] = field(default_factory=dict[tuple[str, cst.CSTNode], Question])
    """The questions about each value."""
    readings: list[Reading] = field(default_factory=list[Reading])
    is_moved: bool = False
    """Whether the settings are written for this library already."""
    _split: set[cst.CSTNode] = field(default_factory=set[cst.CSTNode])
    _texts: dict[cst.SimpleString, str] = field(default_factory=dict[cst.SimpleString, str])
    """The new members of literals with several members."""
    _members_of_texts: dict[tuple[cst.CSTNode, object], str] = field(
        default_factory=dict[tuple[cst.CSTNode, object], str]
    )
    """The new members, by the node that splits or parses the text."""

    def judge(self, reading: Reading) -> None:
        """Build the policy, and apply remedies until it builds or only questions are left."""
        self.readings.append(reading)
        for name in ("allow_origins", "allow_credentials"):
            if (setting := reading.values.get(name)) is not None and setting.node is not reading.statement:
                self.note_unknown(setting)
        rounds = ROUNDS
        while rounds and self._changed(reading):
            rounds -= 1
        self._compare_matching(reading)
        if reading.one_is_list:
            self._header_patterns(reading)
        self._drop_duplicates(reading)

    def _changed(self, reading: Reading) -> bool:
        """Build the policy once, apply the remedies of its problems or ask, and return whether anything changed."""
        problems = self.problems(reading)
        codes = {problem.code for problem in problems}
        return True in [self._handle(reading, problem, codes) for problem in problems]

    def note_unknown(self, setting: Seen) -> None:
        """Note a value that only the running program knows: the adapter checks it when it starts."""
        is_written = setting.node in setting.file.order and setting.node not in self._split
        if is_written and not self.is_moved and not (setting.is_known and setting.complete):
            code = "environment" if setting.source else "computed"
            self.note(code, setting.file, setting.node, known=False, value=setting.file.text_of(setting.node))

    def _compare_matching(self, reading: Reading) -> None:
        """Ask about patterns, which can admit more than before; note expressions that matched beginnings only."""
        setting = reading.values.get("allow_origins") if not self.is_moved else None
        if setting is not None and setting.node in self.fixes:
            return  # it is replaced as a whole: every origin was, and is, let in
        asked = {node for _, node in self.findings}
        matched_beginning = reading.one_is_list or reading.texts_are_expressions
        for item in (setting, *(setting.items or ())) if setting is not None else ():
            text = item.value
            regex = as_pattern(text)
            if regex is not None and matched_beginning and prefix_matched(regex.pattern) != regex.pattern:
                self.note("whole", item.file, item.node, value=shown(regex.pattern))
            if not isinstance(text, str) or "*" not in text or text == "*" or item.node in asked:
                continue
            pattern = next((one for one in self._members(item) if text.strip(" /").lower() in str(one)), None)
            if not isinstance(pattern, str) or not proven(pattern):
                continue
            # flask-cors treated it as an expression, and matched the beginning.
            sample = text.replace("*.", "a.").replace("*", "8443")
            if not (reading.one_is_list and pattern == text and re.match(text, sample)):
                self.ask("pattern-in-list", item.file, item.node, reading.names, value=shown(pattern))
                self.take_out(item)
                self.notes = {key: note for key, note in self.notes.items() if key[0::2] != ("changed", item.node)}

    def take_out(self, member: Seen) -> None:
        """Remove a member that the file spells out: what was closed stays closed until the owner answers."""
        listed = isinstance(member.file.parent(member.node), cst.Element)
        if listed or editable(member):
            self.fixes[member.node] = Fix(member.file, [], as_list=not listed)

    def problems(self, reading: Reading) -> tuple[Problem, ...]:
        """Return the remaining problems, with the fixes so far."""
        arguments = dict(reading.defaults)
        for name, seen in reading.values.items():
            value = self.plain(seen, one_is_list=reading.one_is_list and name in _LISTS)
            if value is not UNKNOWN:
                arguments[name] = value
            elif name == "allow_origins":
                arguments[name] = [PLACEHOLDER]
        try:
            Policy(**cast("dict[str, Any]", arguments))
        except PolicyError as error:
            return error.problems
        return ()

    def plain(self, seen: Seen, *, one_is_list: bool) -> object:
        """Return the value for a policy, with the fixes so far."""
        fix = self.fixes.get(seen.node) if seen.items is None else None
        if seen.items is not None:
            if (whole := self.fixes.get(seen.node)) is not None:
                return whole.values[0]
            members = [value for item in seen.items for value in self._members(item)]
            if not seen.complete and not members:
                return UNKNOWN
            return members
        if fix is not None and fix.as_list:
            return list(fix.values)
        value = seen.value if fix is None else fix.values[0]
        if value is UNKNOWN and seen.pairs is not None:
            return {}
        is_lone = is_one(value) if isinstance(value, str) else as_pattern(value) is not None
        return [value] if one_is_list and is_lone else value

    def _members(self, item: Seen) -> list[object]:
        fix = self.fixes.get(item.node)
        values = fix.values if fix is not None else [item.value]
        values = [self._members_of_texts.get((item.node, value), value) for value in values]
        if item.node in self._split:
            values = [value.strip() for value in values if isinstance(value, str) and value.strip()]
        return [value for value in values if value is not UNKNOWN]

    def ask(
        self, code: str, file: "File", node: cst.CSTNode, names: Mapping[str, str] | None = None, **facts: str
    ) -> None:
        """Ask a question, once per statement, about several values together."""
        kind = facts.get("problem", code)
        value = facts.get("value", "")
        asked = self.asked.setdefault(
            (kind, file.statement_of(node)), _Asked(code, file, node, {**(names or {}), **facts}, [])
        )
        if value not in asked.values:
            asked.values.append(value)
        text = facts.get("finding") or QUESTIONS[code].text.format_map({**(names or {}), **facts})
        self.findings.setdefault((kind, node), Question(kind, file, node, text, (), QUESTIONS[code].unsafe))

    @property
    def questions(self) -> list[Question]:
        """All questions, by file and line."""
        made: list[Question] = []
        for (kind, _), asked in self.asked.items():
            question = QUESTIONS[asked.code]
            words = {**asked.facts, "value": ", ".join(asked.values)}
            answers = tuple(text for answer in question.answers if (text := answer.format_map(words)))
            made.append(
                Question(kind, asked.file, asked.node, question.text.format_map(words), answers, question.unsafe)
            )
        return sorted(made, key=lambda question: (question.file.shown, question.line))

    def note(
        self, code: str, file: "File", node: cst.CSTNode, *, known: bool = True, problem: str = "", **facts: str
    ) -> None:
        """Note what was done or seen."""
        text = NOTES[code].format_map(facts)
        self.notes.setdefault((code, text, node), Note(code, file, node, text, known, problem))

    def mend_split(self, file: "File", node: cst.BaseExpression) -> None:
        """Strip the members of ``TEXT.split(",")`` and drop empty ones: an unset variable then names no origin."""
        name, split = "member", node
        if isinstance(node, cst.ListComp) and not node.for_in.ifs:
            name, split = cst_text(node.for_in.target), node.for_in.iter
            if cst_text(node.elt) not in (name, f"{name}.strip()"):
                return
        if not isinstance(split, cst.Call) or not isinstance(split.func, cst.Attribute) or node in self._split:
            return
        is_run_time = any(not seen.is_known for seen, _ in file.evaluator.choices(split))
        if split.func.attr.value == "split" and len(split.args) == 1 and is_run_time:
            self._split.add(node)

            def changed(updated: cst.CSTNode) -> cst.CSTNode:
                read = updated.for_in.iter if isinstance(updated, cst.ListComp) else updated
                code = cst.Module([]).code_for_node(read)
                return cst.parse_expression(f"[{name}.strip() for {name} in {code} if {name}.strip()]")

            file.edits.change(node, changed)
            self.note("environment", file, node, known=False, value=file.text_of(split))

    def _handle(self, reading: Reading, problem: Problem, codes: set[str]) -> bool:
        """Apply the remedy of a problem or ask, and return whether anything changed."""
        setting = reading.values.get(problem.setting)
        code = problem.code
        if code == "no-origins" or setting is None:
            return False
        found = self._at_fault(setting, problem.value)
        if reading.everybody is not None and _is_open_text(problem):
            return self._expression(reading, problem, found)
        if reading.everybody is not None and code == "any-origin-beside-others":
            return not codes & _ANY_WITH and self._everybody(reading.everybody, reading, setting)
        if code in QUESTIONS:
            self._ask_problem(reading, problem, found)
            return False
        if code in _EXPRESSIONS:
            return self._expression(reading, problem, found)
        if code in _TAKEN_OUT:
            return self._taken_out(reading, problem, found)
        return self._remedied(reading, problem, found)

    def _remedied(self, reading: Reading, problem: Problem, found: Seen) -> bool:
        """Apply what the problem says to write instead."""
        value: object = problem.value
        instead: list[object] = read_instead(problem.instead)
        if problem.code == "wrong-type" and problem.setting in ("allow_credentials", "allow_private_network"):
            instead = [bool(value)]  # how the old libraries read it
        elif problem.code == "text-for-list" and isinstance(value, str):
            parts: list[object] = [part for part in re.split(r"[\s,]+", value) if part]
            return self._fix(reading, problem, found, parts, as_list=True)
        if not instead:
            self._ask_problem(reading, problem, found)
            return False
        return self._fix(reading, problem, found, instead)

    def _at_fault(self, setting: Seen, value: object) -> Seen:
        """Return the member with the value, or the setting itself."""
        items = (item for item in setting.items or () if any(_same(one, value) for one in self._members(item)))
        return next(items, setting)

    def _everybody(self, note: Callable[[], None], reading: Reading, setting: Seen) -> bool:
        note()
        self.fixes[setting.node] = Fix(reading.file, ["*"])
        return True

    def _expression(self, reading: Reading, problem: Problem, found: Seen) -> bool:
        pattern, flags = _pattern(found, problem.value)
        if admits_everything(pattern):
            credentials = self._with(reading)
            if credentials:
                self._ask_problem(reading, Problem(f"any-origin-{credentials}", "allow_origins", "*"), found)
            elif reading.everybody is not None:
                return self._everybody(reading.everybody, reading, reading.values["allow_origins"])
            else:
                self.ask("empty-expression", found.file, found.node, reading.names, value=shown(pattern))
            return False
        kept = narrowed(pattern, flags)
        written_instead: list[object] = read_instead(problem.instead)
        if reading.texts_are_expressions:
            written_instead = [as_expression(one) if isinstance(one, str) else one for one in written_instead]
        candidates: list[list[object]] = [written_instead, [kept]]
        if kept is not None and (reading.texts_are_expressions or loses(written_instead, kept)):
            candidates.reverse()
        for members in candidates:
            if members and members != [found.value] and all(one is not None and proven(one) for one in members):
                as_list = len(members) > 1 and not isinstance(found.file.parent(found.node), cst.Element)
                return self._fix(reading, problem, found, members, as_list=as_list)
        self._ask_problem(reading, problem, found, "open-expression")
        return False

    def _with(self, reading: Reading) -> str:
        """Return what makes an open origin dangerous: ``with-credentials``, ``with-private-network`` or ``""``."""
        for setting, words in (
            ("allow_credentials", "with-credentials"),
            ("allow_private_network", "with-private-network"),
        ):
            seen = reading.values.get(setting)
            if seen is not None and seen.value not in (UNKNOWN, False, None):
                return words
        return ""

    def _taken_out(self, reading: Reading, problem: Problem, found: Seen) -> bool:
        if not editable(found):
            self._ask_problem(reading, problem, found)
            return False
        listed = found is not reading.values.get(problem.setting)
        changed = self._amend(found, problem.value, [], as_list=not listed)
        words = problem.renamed(_core_names(reading))
        self.note(
            "removed",
            found.file,
            found.node,
            problem=problem.code,
            message=words.message,
        )
        return changed

    def _fix(
        self, reading: Reading, problem: Problem, found: Seen, values: list[object], *, as_list: bool = False
    ) -> bool:
        if editable(found):
            changed = self._amend(found, problem.value, values, as_list=as_list, texts=reading.texts_are_expressions)
        elif self._within_text(found, problem.value, values):
            changed = True
        else:
            self._ask_problem(reading, problem, found)
            return False
        words = problem.renamed(_core_names(reading))
        code = "narrowed" if problem.code in _EXPRESSIONS else "changed"
        instead = ", ".join(written(value, texts=reading.texts_are_expressions) for value in values)
        self.note(
            code,
            found.file,
            found.node,
            problem=problem.code,
            value=shown(problem.value),
            instead=instead,
            message=words.message,
        )
        return changed

    def _amend(
        self, found: Seen, old: object, new: list[object], *, as_list: bool = False, texts: bool = False
    ) -> bool:
        fix = self.fixes.setdefault(found.node, Fix(found.file, [found.value]))
        before = list(fix.values)
        old = found.value if isinstance(found.value, timedelta) else old
        fix.values = [value for one in before for value in (new if _same(one, old) else [one])]
        fix.as_list = fix.as_list or as_list
        fix.text_expressions = fix.text_expressions or texts
        return fix.values != before or as_list

    def _within_text(self, found: Seen, old: object, new: list[object]) -> bool:
        """Replace a member in a text that is split or parsed, such as the default of an environment variable."""
        if not isinstance(old, str) or len(new) != 1 or not isinstance(new[0], str) or raw(new[0]) != f'r"{new[0]}"':
            return False
        strings = [
            cst.ensure_type(one, cst.SimpleString) for one in matchers.findall(found.node, matchers.SimpleString())
        ]
        member = re.compile(rf"(?<![^\s,;\"'\[]){re.escape(old)}(?![^\s,;\"'\]])")
        texts = [(one, self._texts.get(one, one.value)) for one in strings]
        places = [(one, text) for one, text in texts for _ in member.finditer(text)]
        if len(places) != 1:
            return False
        string, text = places[0]
        self._texts[string] = changed = member.sub(lambda _: str(new[0]), text)
        self._members_of_texts[found.node, old] = new[0]
        found.file.edits.replace(string, changed)
        return True

    def _ask_problem(self, reading: Reading, problem: Problem, seen: Seen | None, code: str = "") -> None:
        names = reading.names
        origins = reading.listed or reading.values.get("allow_origins")
        listed = [value for item in origins.items or () for value in self._members(item)] if origins is not None else []
        texts = [text for text in listed if isinstance(text, str) and text != "*" and _trusted(text)]
        texts = texts or ["https://www.example.com"]
        renamed = problem.renamed(_core_names(reading))
        facts = {
            "value": shown(problem.value),
            "finding": renamed.message,
            "listed": "[{}]".format(", ".join(f'"{text}"' for text in texts)),
            **{fact: names.get(value, value) for fact, value in problem.facts.items()},
        }
        node = seen.node if seen is not None and seen.value is not UNKNOWN else reading.statement
        file = seen.file if node is not reading.statement and seen is not None else reading.file
        code = code or problem.code
        if code in QUESTIONS:
            host = problem.facts.get("host", "")
            facts["example"] = f'"https://your-name.{host}"'
            facts["or_any"] = "" if self._with(reading) else f"any: {names['any_origin']}"
            # If every origin is let in, the setting that makes it dangerous is the same for all.
            if problem.code in _ANY_WITH and not reading.in_config:
                node, file = reading.statement, reading.file
            self.ask(code, file, node, names, **facts)
        else:
            self.ask("problem", file, node, names, problem=problem.code, message=renamed.message, remedy=renamed.remedy)

    def _header_patterns(self, reading: Reading) -> None:
        """Ask about names of headers that flask-cors treats as expressions."""
        setting = reading.values.get("allow_headers")
        for item in (setting, *(setting.items or ())) if setting is not None else ():
            is_text_pattern = isinstance(item.value, str) and "*" in item.value and item.value != "*"
            if is_text_pattern or as_pattern(item.value) is not None:
                self._ask_problem(reading, Problem("header-pattern", "allow_headers", item.value), item)

    def _drop_duplicates(self, reading: Reading) -> None:
        """Remove the members that have become equal to another member."""
        for setting in reading.values.values():
            items = setting.items or ()
            known = [item.value for item in items if item.node not in self.fixes]
            for item in items:
                fix = self.fixes.get(item.node)
                listed = isinstance(item.file.parent(item.node), cst.Element)
                if fix is not None and listed and all(value in known for value in fix.values):
                    fix.values = []
                known.extend(fix.values if fix is not None else ())

    def apply(self) -> None:
        """Pass all fixes to the edits of their files."""
        by_list: dict[cst.CSTNode, list[tuple[cst.BaseExpression, Fix]]] = {}
        for node, fix in self.fixes.items():
            expression = cast("cst.BaseExpression", node)
            parent = fix.file.parent(node)
            if not fix.as_list and len(fix.values) != 1 and isinstance(parent, cst.Element):
                listing = cast("cst.CSTNode", fix.file.parent(parent))
                by_list.setdefault(listing, []).append((expression, fix))
            elif fix.as_list:
                code = "[{}]".format(", ".join(written(value, like=fix.file.text_of(node)) for value in fix.values))
                fix.file.edits.replace(expression, code)
                self._imports(fix)
            else:
                self._replace(expression, fix)
        for listing, changes in by_list.items():
            if listing in self.fixes:
                continue  # replaced as a whole
            self._change_list(cast("Listing", listing), changes)

    def _replace(self, node: cst.BaseExpression, fix: Fix) -> None:
        value = fix.values[0]
        compiled = as_pattern(value)
        if isinstance(node, cst.Call) and compiled is not None and node.args:
            # The argument of re.compile; its flags stay.
            fix.file.edits.replace(node.args[0].value, raw(compiled.pattern))
            return
        texts = fix.text_expressions
        fix.file.edits.replace(node, written(value, texts=texts, like=fix.file.text_of(node)))
        self._imports(fix)

    @staticmethod
    def _imports(fix: Fix) -> None:
        has_pattern = any(isinstance(value, re.Pattern) for value in fix.values)
        if has_pattern and not fix.text_expressions and fix.file.imports.get("re") is None:
            fix.file.edits.need_import("re")

    def _change_list(self, listing: Listing, changes: list[tuple[cst.BaseExpression, Fix]]) -> None:
        file = changes[0][1].file
        places = {element.value: place for place, element in enumerate(listing.elements)}
        gone = [places[node] for node, fix in changes if not fix.values]
        grown = {
            places[node]: [written(value, texts=fix.text_expressions, like=file.text_of(node)) for value in fix.values]
            for node, fix in changes
            if fix.values
        }
        for _, fix in changes:
            self._imports(fix)

        def changed(updated: cst.CSTNode) -> cst.CSTNode:
            current = cast("Listing", updated)
            elements: list[cst.BaseElement] = []
            kept_gone: list[int] = []
            for place, element in enumerate(current.elements):
                if place in gone:
                    kept_gone.append(len(elements))
                codes = grown.get(place)
                if codes is None:
                    elements.append(element)
                    continue
                for code in codes[:-1]:
                    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
                    elements.append(cst.Element(cst.parse_expression(code), comma))
                elements.append(element.with_changes(value=cst.parse_expression(codes[-1])))
            return without(current.with_changes(elements=elements), kept_gone)

        file.edits.change(listing, changed)


@dataclass
class _Asked:
    """A question before it is put into words."""

    code: str
    file: "File"
    node: cst.CSTNode
    facts: dict[str, str]
    values: list[str]


def _core_names(reading: Reading) -> dict[str, str]:
    return dict(reading.names)


def _trusted(origin: str) -> bool:
    """Whether an origin can be trusted with the cookies of users."""
    try:
        Policy(allow_origins=[origin], allow_credentials=True)
    except PolicyError:
        return False
    return True


def _is_open_text(problem: Problem) -> bool:
    """Whether flask-cors treats a text among the origins as an expression, and it matches every origin."""
    text = problem.value
    return (
        problem.setting == "allow_origins"
        and isinstance(text, str)
        and not FLASK_META.isdisjoint(text)
        and admits_everything(text)
    )


def _same(one: object, other: object) -> bool:
    pattern = cast("re.Pattern[str]", one).pattern if isinstance(one, re.Pattern) else one
    return type(pattern) is type(other) and pattern == other


def is_one(text: str) -> bool:
    """Whether a text is exactly one member of a list: not several, none or all."""
    return text not in ("", "*") and not re.search(r"[\s,]", text)


def _pattern(found: Seen, value: object) -> tuple[str, int]:
    compiled = as_pattern(found.value)
    return str(value), 0 if compiled is None else compiled.flags & ~re.UNICODE


def as_pattern(value: object) -> "re.Pattern[str] | None":
    """Return a value if it is a compiled expression."""
    return cast("re.Pattern[str]", value) if isinstance(value, re.Pattern) else None


def editable(seen: Seen) -> bool:
    """Whether the node of a value can be rewritten: a literal, a list, or a call of ``compile`` or ``timedelta``."""
    if isinstance(seen.node, cst.Call):
        return isinstance(seen.value, re.Pattern) or (
            seen.items is None and not isinstance(seen.value, (str, type(UNKNOWN)))
        )
    return isinstance(
        seen.node,
        (
            cst.SimpleString,
            cst.ConcatenatedString,
            cst.Integer,
            cst.UnaryOperation,
            cst.List,
            cst.Tuple,
            cst.Set,
            cst.Float,
        ),
    ) or isinstance(seen.value, (bool, int))


def read_instead(instead: str) -> list[object]:
    """Return the values that a problem says to write instead; empty if it names none.

    >>> read_instead("https://a.example"), read_instead('"GET", "POST"'), read_instead('["a"]'), read_instead("600")
    (['https://a.example'], ['GET', 'POST'], ['a'], [600])
    """
    if not instead:
        return []
    if instead.isdigit():
        return [int(instead)]
    if not instead.startswith(("[", '"', "re.")):
        return [instead]
    return list(_expression_values(cst.parse_expression(f"[{instead.strip('[]') if instead[0] == '[' else instead}]")))


def _expression_values(node: cst.BaseExpression) -> Iterator[object]:
    from wsgicors.migrate._project import File, Project

    file = File.of_text(f"VALUES = {cst.Module([]).code_for_node(node)}", Project(()))
    for seen, _ in file.alive(file.module, "VALUES"):
        yield from (item.value for item in seen.items or () if item.value is not UNKNOWN)


def raw(text: str) -> str:
    r"""Return a text as a raw literal where that is possible.

    >>> print(raw(r"https://a\.example"), raw('"'))
    r"https://a\.example" '"'
    """
    is_raw = text.isprintable() and '"' not in text and not text.endswith("\\")
    return f'r"{text}"' if is_raw else ascii(text)


def written(value: object, *, texts: bool = False, like: str = "") -> str:
    r"""Return a value as Python.

    Args:
        value: What to write.
        texts: Whether to write expressions as texts, as in Django's settings.
        like: A literal whose quotes to use.

    >>> print(written("https://a.example", like="'x'"), written(re.compile(r"https://a\.example")))
    'https://a.example' re.compile(r"https://a\.example")
    """
    if isinstance(value, re.Pattern):
        pattern = cast("re.Pattern[str]", value)
        flags = re.RegexFlag(pattern.flags & ~re.UNICODE)
        if texts and not flags:
            return raw(pattern.pattern)
        return f"re.compile({raw(pattern.pattern)}{f', {flags!r}' if flags else ''})"
    if not isinstance(value, str):
        return repr(value)
    quote = "'" if like.lstrip("rRbBuUfF([ ").startswith("'") else '"'
    return f"{quote}{value}{quote}" if value.isprintable() and not re.search(r"[\"'\\]", value) else ascii(value)


def comment_lines(question: Question) -> list[str]:
    """Return a question as comments in the source."""
    lines = textwrap.wrap(question.text, COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = [f"{TODO}{lines[0]}", *(f"#   {line}" for line in lines[1:])]
    for number, answer in enumerate(question.answers, 1):
        first, *others = textwrap.wrap(answer, COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
        lines += [f"#   {number}. {first}", *(f"#      {line}" for line in others)]
    return lines
