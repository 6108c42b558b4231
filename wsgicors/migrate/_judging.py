"""Find what is wrong with a policy's settings by building it; apply remedies, and ask about what needs a decision."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, cast

import libcst as cst

from wsgicors import Policy, PolicyError, Problem
from wsgicors._origin_repair import parts_of
from wsgicors.migrate._catalogue import QUESTIONS
from wsgicors.migrate._expressions import (
    admits_everything,
    admits_nobody,
    as_expression,
    loses,
    narrowed,
    prefix_matched,
    proven,
)
from wsgicors.migrate._file import File
from wsgicors.migrate._fixes import Fix
from wsgicors.migrate._literals import FLASK_META, as_pattern, editable, is_one, read_instead, written
from wsgicors.migrate._questions import Findings
from wsgicors.migrate._reading import Reading
from wsgicors.migrate._seen import UNKNOWN, Seen
from wsgicors.migrate._texts import Texts
from wsgicors.origins import PAGELESS_SCHEMES
from wsgicors.problems import shown

ROUNDS: Final = 6
"""The most times a policy is built again with the remedies applied: a remedy can reveal another problem."""

PLACEHOLDER: Final = "https://origins-known-at-run-time.invalid"
"""A placeholder for origins that only the running program knows."""

_TAKEN_OUT: Final = frozenset({
    "origin-empty", "method-forbidden", "header-forbidden", "header-of-response", "header-unreadable",
    "expose-any-with-credentials",
})  # fmt: skip
_EXPRESSIONS: Final = frozenset({
    "origin-regex", "regex-invalid", "regex-scheme", "regex-empty", "regex-dot", "regex-any-host", "regex-unproven",
    "regex-no-origin",
})  # fmt: skip
_ANY_WITH: Final = frozenset({"any-origin-with-credentials", "any-origin-with-private-network"})
_LISTS: Final = frozenset({"allow_origins", "allow_methods", "allow_headers", "expose_headers", "dangerously_allow"})


@dataclass
class Judge(Findings):
    """Collects the fixes, questions and notes of a whole project."""

    fixes: dict[cst.CSTNode, Fix] = field(default_factory=dict[cst.CSTNode, Fix])
    readings: list[Reading] = field(default_factory=list[Reading])
    is_moved: bool = False
    """Whether the settings are written for this library already."""
    texts: Texts = field(default_factory=Texts)
    """The changes to members inside texts."""

    def judge(self, reading: Reading) -> None:
        """Build the policy, and apply remedies until it builds or only questions are left."""
        self.readings.append(reading)
        for name in ("allow_origins", "allow_credentials"):
            if (setting := reading.values.get(name)) is not None and setting.node is not reading.statement:
                self.note_unknown(setting)
        for _ in range(ROUNDS):
            if not self._changed(reading):
                break
        self._compare_matching(reading)
        if reading.one_is_list:
            self._header_patterns(reading)
        self._drop_duplicates(reading)

    def _changed(self, reading: Reading) -> bool:
        """Build the policy once, apply the remedies of its problems or ask, and return whether anything changed."""
        # The last are those whose remedy another one can have made needless.
        problems = sorted(self.problems(reading), key=_is_of_no_page)
        codes = {problem.code for problem in problems}
        return True in [self._handle(reading, problem, codes) for problem in problems]

    def note_unknown(self, setting: Seen) -> None:
        """Note a value that only the running program knows: the adapter checks it when it starts."""
        is_written = setting.node in setting.file.order and not self.texts.are_stripped(setting.node)
        if is_written and not self.is_moved and not (setting.is_known and setting.complete):
            code = "environment" if setting.source else "computed"
            self.note(code, setting.file, setting.node, known=False, value=setting.file.text_of(setting.node))

    def _compare_matching(self, reading: Reading) -> None:
        """Ask about patterns, which can admit more than before; note expressions that matched beginnings only."""
        setting = reading.values.get("allow_origins") if not self.is_moved else None
        if setting is not None and setting.node in self.fixes:
            return  # it is replaced as a whole: every origin was, and is, let in
        asked = {node for _, node in self.findings}
        matched_beginning = _matched_beginning(reading)
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
        return [value for value in self.texts.members(item.node, values) if value is not UNKNOWN]

    def mend_split(self, file: File, node: cst.BaseExpression) -> None:
        """Strip the members of ``TEXT.split(",")`` and drop empty ones: an unset variable then names no origin."""
        split = self.texts.strip_members(file, node)
        if split is not None:
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
        if not instead or (_is_of_no_page(problem) and not self._are_listed(reading, instead)):
            self._ask_problem(reading, problem, found)
            return False
        return self._fix(reading, problem, found, instead)

    def _are_listed(self, reading: Reading, origins: list[object]) -> bool:
        """Whether the origins are among those that are let in anyway."""
        setting = reading.values["allow_origins"]
        listed = [value for item in setting.items or () for value in self._members(item)]
        return all(origin in listed for origin in origins)

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
        is_closed = problem.code == "regex-no-origin" and _admitted_nobody(reading, pattern, flags)
        self._ask_problem(reading, problem, found, "" if is_closed else "open-expression")
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
        words = problem.renamed(reading.names)
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
        elif self.texts.replace(found, problem.value, values):
            changed = True
        else:
            self._ask_problem(reading, problem, found)
            return False
        words = problem.renamed(reading.names)
        code = "narrowed" if problem.code in _EXPRESSIONS else "changed"
        instead = ", ".join(written(value, texts=reading.texts_are_expressions) for value in values)
        if problem.code == "text-for-list":
            instead = f"[{instead}]"
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

    def _ask_problem(self, reading: Reading, problem: Problem, seen: Seen | None, code: str = "") -> None:
        names = reading.names
        origins = reading.listed or reading.values.get("allow_origins")
        listed = [value for item in origins.items or () for value in self._members(item)] if origins is not None else []
        texts = [text for text in listed if isinstance(text, str) and text != "*" and _trusted(text)]
        texts = texts or ["https://www.example.com"]
        renamed = problem.renamed(reading.names)
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


def _trusted(origin: str) -> bool:
    """Whether an origin can be trusted with the cookies of users."""
    try:
        Policy(allow_origins=[origin], allow_credentials=True)
    except PolicyError:
        return False
    return True


def _matched_beginning(reading: Reading) -> bool:
    """Whether the old library compares only the beginning of an origin with an expression."""
    return reading.one_is_list or reading.texts_are_expressions


def _admitted_nobody(reading: Reading, pattern: str, flags: int) -> bool:
    """Whether the old library lets no origin in by an expression."""
    matched = prefix_matched(pattern) if _matched_beginning(reading) else pattern
    return admits_nobody(matched, flags | (re.IGNORECASE if reading.one_is_list else 0))


def _is_of_no_page(problem: Problem) -> bool:
    """Whether a text has an origin with the scheme of a WebSocket, which lets nobody in: no typing error makes one."""
    parts = parts_of(problem.value) if problem.setting == "allow_origins" and isinstance(problem.value, str) else []
    return any(part.lower().partition("://")[0] in PAGELESS_SCHEMES for part in parts)


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


def _pattern(found: Seen, value: object) -> tuple[str, int]:
    compiled = as_pattern(found.value)
    return str(value), 0 if compiled is None else compiled.flags & ~re.UNICODE
