"""Problems of settings, in the words of the catalogue, and the error that carries them."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, TypedDict

from wsgicors._catalogue import ALLOWABLE, CATALOGUE
from wsgicors._records import Record

__all__ = ["ALLOWABLE", "PolicyError", "Problem"]

SITE: Final = "https://wsgicors-policy.readthedocs.io/en/stable/"
"""The address of the documentation."""

SHOWN: Final = 120
"""The most characters of an offending value that a message shows."""


class ProblemDict(TypedDict):
    """A problem in JSON."""

    code: str
    setting: str
    value: str
    message: str
    remedy: str
    instead: str


def shown(value: object) -> str:
    r"""Return `value` for a message: one line of printable ASCII, of limited length.

    >>> shown("https://a.example\r\n")
    "'https://a.example\\r\\n'"
    """
    text = ascii(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def one_line(text: str) -> str:
    r"""Return ``text`` with unprintable characters escaped, for a terminal or a log.

    >>> one_line("bad character range o-\x06")
    'bad character range o-\\x06'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def nearest(text: str, known: Iterable[str]) -> str:
    """Return the member of ``known`` that ``text`` most likely means, or ``""``.

    >>> nearest("allow_origin", ["allow_origins", "max_age"])
    'allow_origins'
    """
    import difflib

    return next(iter(difflib.get_close_matches(text, known, n=1)), "")


def page_of(code: str) -> str:
    """Return the address of a code's page on the site.

    >>> page_of("method-case")
    'https://wsgicors-policy.readthedocs.io/en/stable/errors/method-case.html'
    """
    return f"{SITE}errors/{code}.html"


class _Words(dict[str, str]):
    """Names of settings and facts for a template; a setting that is not renamed keeps its own name."""

    def __missing__(self, key: str) -> str:
        return key


class Problem(Record):
    """One problem of one setting.

    Attributes:
        code: The kind of problem, such as ``no-origins``.
        setting: The setting at fault, by its owner's name for it (``allow_origins``, ``CORS_ALLOWED_ORIGINS``, …).
        value: The offending value.
        instead: The exact text to write instead, or ``""`` if it cannot be inferred.
        facts: Other facts in the sentence.
        names: The owner's names of the core's settings, if they differ, and its ``any_origin``.

    >>> Problem("origin-trailing-slash", "allow_origins", "https://a.example/", "https://a.example").remedy
    'Write "https://a.example" instead.'
    """

    __match_args__: ClassVar[tuple[str, ...]] = ("code", "setting", "value", "instead", "facts", "names")
    __slots__ = __match_args__

    code: str
    setting: str
    value: object
    instead: str
    facts: Mapping[str, str]
    names: Mapping[str, str]

    def __init__(  # noqa: PLR0917
        self,
        code: str,
        setting: str,
        value: object,
        instead: str = "",
        facts: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, setting, value, instead, facts or {}, names or {})

    def __hash__(self) -> int:
        return hash((self.code, self.setting, self.instead))  # a value or facts can be unhashable

    def __repr__(self) -> str:
        return self._told(self.__match_args__[:-1])

    def _text(self, template: str) -> str:
        facts = {name: self.names.get(fact, fact) for name, fact in self.facts.items()}
        setting = self.names.get(self.setting, self.setting)
        any_origin = '{} = "*"'.format(self.names.get("allow_origins", "allow_origins"))
        any_origin = self.names.get("any_origin", any_origin)
        or_any_origin = f"; or write {any_origin} where the data is public"
        words = {
            "or_any_origin": or_any_origin, "or_any_header": f', or write {setting} = "*"', **self.names, **facts,
            "any_origin": any_origin, "setting": setting, "value": shown(self.value),
        }  # fmt: skip
        return one_line(template.format_map(_Words(words)))  # names of settings and paths come from files

    @property
    def url(self) -> str:
        """The address of the page on this problem."""
        return page_of(self.code)

    @property
    def message(self) -> str:
        """What is wrong, in one or two sentences."""
        return self._text(CATALOGUE[self.code].message)

    @property
    def remedy(self) -> str:
        """What to write instead."""
        template = CATALOGUE[self.code].remedy
        general = self._text(template)
        if not self.instead:
            return general
        if "{known}" in template:
            general = ""  # the list of all names is for a name that resembles none
        quoted = (
            self.instead
            if self.instead.startswith(("[", '"', "re.")) or self.instead.isdigit() or " = " in self.instead
            else f'"{self.instead}"'
        )
        return f"Write {one_line(quoted)} instead. {general}".strip()

    def renamed(self, names: Mapping[str, str]) -> "Problem":
        """Return the same problem with the owner's names of settings, such as an adapter's.

        >>> problem = Problem("no-origins", "allow_origins", ())
        >>> problem.renamed({"allow_origins": "CORS_ALLOWED_ORIGINS"}).message[:30]
        'CORS_ALLOWED_ORIGINS lists no '
        """
        return self.__replace__(names={**self.names, **names})

    def as_dict(self) -> ProblemDict:
        """Return the problem as a dict for JSON, such as for a settings page."""
        return {
            "code": self.code,
            "setting": self.names.get(self.setting, self.setting),
            "value": shown(self.value),
            "message": self.message,
            "remedy": self.remedy,
            "instead": self.instead,
        }


class PolicyError(ValueError):
    """Raised for settings that do not make a policy. ``problems`` holds every problem of every setting.

    >>> from wsgicors import Policy
    >>> try:
    ...     Policy(allow_origins=["https://a.example/"], max_age=-1)
    ... except PolicyError as error:
    ...     print(error)  # doctest: +NORMALIZE_WHITESPACE
    2 problems:
    1. [origin-trailing-slash] 'https://a.example/' in allow_origins ends in a slash. An origin has none, so it would
       never match.
       Write "https://a.example" instead.
       See https://wsgicors-policy.readthedocs.io/en/stable/errors/origin-trailing-slash.html
    2. [max-age-range] -1 for max_age is outside 0 to 86400 seconds; no browser keeps a preflight's answer for longer
       than a day.
       Write 0 instead.
       See https://wsgicors-policy.readthedocs.io/en/stable/errors/max-age-range.html
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        lines = [f"{count} problem{'s' if count > 1 else ''}:"]
        for number, problem in enumerate(self.problems, 1):
            lines.append(f"{number}. [{problem.code}] {problem.message}")
            if problem.remedy:
                lines.append(f"   {problem.remedy}")
            if all(problem.code != before.code for before in self.problems[: number - 1]):
                lines.append(f"   See {problem.url}")
        return "\n".join(lines)

    def renamed(self, names: Mapping[str, str]) -> "PolicyError":
        """Return the same error with the owner's names of settings (see `Problem.renamed`)."""
        return PolicyError(problem.renamed(names) for problem in self.problems)
