"""Options of commands, stated once for click and for argparse."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Option:
    """An option, for click and argparse.

    Attributes:
        flags: The flags, as on the command line; empty for an argument without a flag.
        name: The key of its value.
        help: One sentence.
        choices: The possible values; empty for any.
        type: Converts a text to the value.
        metavar: The placeholder for the value in the help.
        default: Its value if it is not given.
        is_required: Whether it is required.
        is_flag: Whether it has no value.
        is_repeatable: Whether it can be given several times.
    """

    flags: tuple[str, ...]
    name: str
    help: str
    choices: tuple[str, ...] = ()
    type: Callable[[str], object] = str
    metavar: str | None = None
    default: object = None
    is_required: bool = False
    is_flag: bool = False
    is_repeatable: bool = False

    def add_to(self, parser: ArgumentParser) -> None:
        """Add it to a parser of argparse."""
        if not self.flags:
            parser.add_argument(self.name, help=self.help)
            return
        kinds: dict[str, Any] = {"action": "store_true"}
        if not self.is_flag:
            kinds = {"type": self.type, "default": self.default}
        if self.choices:
            kinds["choices"] = self.choices
        if not self.is_flag and (self.metavar or self.choices):
            kinds["metavar"] = self.metavar or "NAME"
        if self.is_repeatable:
            kinds |= {"action": "append", "default": []}
        told = f"{self.help[:-1]}: {', '.join(self.choices)}." if self.choices else self.help
        parser.add_argument(*self.flags, dest=self.name, help=told, required=self.is_required, **kinds)

    def decorate(self, command: _Command) -> _Command:
        """Add it to a command of click."""
        import click

        if not self.flags:
            return click.argument(self.name)(command)
        kinds: dict[str, Any] = {"is_flag": True}
        if not self.is_flag:
            kinds = {"type": click.Choice(self.choices) if self.choices else self.type}
            kinds |= {"default": self.default} if self.default is not None else {}  # a default makes it optional
        option: Callable[[_Command], _Command] = click.option(
            *self.flags,
            self.name,
            help=self.help,
            metavar=self.metavar,
            required=self.is_required,
            multiple=self.is_repeatable,
            **kinds,
        )
        return option(command)


def add_to_parser(parser: ArgumentParser, options: Iterable[Option]) -> None:
    """Add options to a parser of argparse."""
    for option in options:
        option.add_to(parser)


def add_to_click(options: Iterable[Option]) -> Callable[[_Command], _Command]:
    """Return a decorator that adds options to a command of click."""
    return lambda command: reduce(lambda done, option: option.decorate(done), [*options][::-1], command)
