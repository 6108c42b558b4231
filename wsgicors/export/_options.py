"""The options of ``wsgicors export``, ``flask cors export`` and ``manage.py cors export``."""

import shlex
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from wsgicors.export._services import LOSSES, SERVICES
from wsgicors.export._target import VERIFY, Options
from wsgicors.export._targets import TARGETS

__all__ = ["Given", "add_to_click", "add_to_parser"]

_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class _Option:
    """An option, for click and argparse.

    Attributes:
        flags: The flags, as on the command line.
        name: The key of its value.
        help: One sentence.
        choices: The possible values; empty for any.
        type: Converts a text to the value.
        metavar: The placeholder for the value in the help.
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
    is_required: bool = False
    is_flag: bool = False
    is_repeatable: bool = False

    def add_to(self, parser: ArgumentParser) -> None:
        """Add it to a parser of argparse."""
        kinds: dict[str, Any] = {"action": "store_true"} if self.is_flag else {"type": self.type}
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

        kinds: dict[str, Any] = {"is_flag": True}
        if not self.is_flag:
            kinds = {"type": click.Choice(self.choices) if self.choices else self.type}
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


def _status(text: str) -> int:
    """Return the status for a preflight's answer.

    Raises:
        ValueError: The status is not from 200 to 299. click and argparse report it.
    """
    status = int(text)
    if not 200 <= status <= 299:
        raise ValueError(f"{status} is not from 200 to 299")
    return status


_OPTIONS: Final = (
    _Option(("--to",), "target", "The server to write for.", (*TARGETS, *SERVICES), is_required=True),
    _Option(("--output", "-o"), "output", "Write the files into this folder.", type=Path, metavar="FOLDER"),
    _Option(("--name",), "name", "A prefix of names, to tell two policies of a server apart.", metavar="NAME"),
    _Option(("--host",), "hosts", "The server's own host; for Envoy and Traefik.", metavar="HOST", is_repeatable=True),
    _Option(
        ("--upstream",), "upstream", "The application's backend; for Envoy and Traefik. Otherwise app.", metavar="NAME"
    ),
    _Option(
        ("--preflight-status",),
        "preflight_status",
        "The status of granted preflights, from 200 to 299.",
        type=_status,
        metavar="STATUS",
    ),
    _Option(
        ("--accept-loss",),
        "losses",
        "A loss to accept; for services that lose some.",
        (*LOSSES,),
        is_repeatable=True,
    ),
    _Option(("--check",), "check", "Compare with this file or folder; write nothing.", type=Path, metavar="PATH"),
    _Option(("--validate",), "validate", "Have the server check the files; write nothing.", is_flag=True),
)


@dataclass(frozen=True, slots=True)
class Given:
    """The values of an export's options.

    Attributes:
        target: The server or the service, as in ``--to``.
        options: The options that the files depend on.
        losses: The accepted losses.
        output: The folder to write the files into; None to print them.
        check: The file or folder to compare with, or None.
        validate: Whether the server is to check the files.
    """

    target: str
    options: Options
    losses: frozenset[str]
    output: Path | None
    check: Path | None
    validate: bool

    @classmethod
    def of(
        cls,
        values: Mapping[str, Any],
        command: str,
        policy: str = "",
        *,
        afterwards: str = VERIFY,
        notes: tuple[str, ...] = (),
    ) -> "Given":
        """Return the values of a command line.

        Args:
            values: The values, by the options' names.
            command: The command that was called, without its options.
            policy: The file of the policy, if there is one.
            afterwards: The command that compares a server with the policy.
            notes: More comments for the files.
        """
        name, upstream, status = values["name"] or "cors", values["upstream"] or "app", values["preflight_status"]
        written = [f"--host={host}" for host in values["hosts"]]
        written += [f"--name={name}"] if name != "cors" else []
        written += [f"--upstream={upstream}"] if upstream != "app" else []
        written += [f"--accept-loss={loss}" for loss in values["losses"]]
        written += [f"--preflight-status={status}"] if status else []
        whole = f"{command} {shlex.join(['--to', values['target'], *written, *([policy] if policy else [])])}"
        options = Options(name, tuple(values["hosts"]), upstream, status, whole, afterwards, notes)
        losses, output, check = frozenset(values["losses"]), values["output"], values["check"]
        return cls(values["target"], options, losses, output, check, values["validate"])


def add_to_parser(parser: ArgumentParser) -> None:
    """Add every option of an export to a parser of argparse."""
    for option in _OPTIONS:
        option.add_to(parser)


def add_to_click(command: _Command) -> _Command:
    """Add every option of an export to a command of click: a decorator."""
    for option in reversed(_OPTIONS):
        command = option.decorate(command)
    return command
