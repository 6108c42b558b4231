"""The ``wsgicors`` command. A subcommand stands beside what it runs, and is imported when it is called."""

import pkgutil
from collections.abc import Mapping
from typing import Final, cast

import click

SUBCOMMANDS: Final[Mapping[str, str]] = {
    "why": "wsgicors.doctor.output.commands:why",
    "explain": "wsgicors.doctor.output.commands:explain",
    "probe": "wsgicors.doctor.output.commands:probe",
    "audit": "wsgicors.doctor.output.commands:audit",
    "verify": "wsgicors.doctor.output.commands:verify",
    "export": "wsgicors.export.command:export",
    "migrate": "wsgicors.migrate.command:migrate",
    "demo": "wsgicors.demo.command:demo",
}
"""Where each subcommand stands, in the order of the help."""


class Subcommands(click.Group):
    """A group whose members are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all subcommands."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name, or None."""
        place = SUBCOMMANDS.get(cmd_name)
        return None if place is None else cast("click.Command", pkgutil.resolve_name(place))


@click.command(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wsgicors-policy", message="%(prog)s %(version)s")
def wsgicors() -> None:
    """CORS for Python's WSGI world: see it work, and find out why it does not."""
