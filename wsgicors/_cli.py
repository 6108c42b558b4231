"""The ``wsgicors`` command. Each subcommand is defined beside the code it runs, and imported when called."""

import difflib
import pkgutil
from collections.abc import Mapping
from typing import Final, cast

import click

SUBCOMMANDS: Final[Mapping[str, str]] = {
    "why": "wsgicors.doctor.output._commands:why",
    "explain": "wsgicors.doctor.output._commands:explain",
    "probe": "wsgicors.doctor.output._commands:probe",
    "audit": "wsgicors.doctor.output._commands:audit",
    "verify": "wsgicors.doctor.output._commands:verify",
    "help": "wsgicors.doctor.output._commands:help_",
    "export": "wsgicors.export._command:export",
    "migrate": "wsgicors.migrate._command:migrate",
    "demo": "wsgicors.demo._command:demo",
}
"""The module of each subcommand, in the order of the help."""


class Subcommands(click.Group):
    """A group whose members are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        return list(SUBCOMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the subcommand of a command line; for a misspelled name, suggest the nearest."""
        near = difflib.get_close_matches(args[0], SUBCOMMANDS, 1)
        if near and args[0] not in SUBCOMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands, each with the whole first sentence of its help."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, (command.help or "").partition("\n\n")[0].replace("\n", " "))
            for name, command in commands
            if command
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand of that name, or None."""
        place = SUBCOMMANDS.get(cmd_name)
        return None if place is None else cast("click.Command", pkgutil.resolve_name(place))


@click.command(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wsgicors-policy", message="%(prog)s %(version)s")
def wsgicors() -> None:
    """Find out why a browser blocks a request, test a server, and move or export a CORS policy."""
