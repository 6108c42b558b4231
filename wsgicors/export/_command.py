"""``wsgicors export``."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from wsgicors._command_options import add_to_click
from wsgicors._rule_files import read_rules
from wsgicors.export._form import form_of
from wsgicors.export._options import OPTIONS, Given
from wsgicors.export._refusals import ExportError
from wsgicors.export._running import CannotCheckError, run
from wsgicors.problems import PolicyError

_HELP: Final = """\b
Examples:
  wsgicors export --to nginx policy.toml --output /etc/nginx
  wsgicors export --to haproxy policy.toml
  wsgicors export --to nginx policy.toml --check /etc/nginx
  wsgicors export --to nginx policy.toml --validate

\b
A policy.toml:
  [rules."/api"]
  allow_origins = ["https://www.example.com"]
  allow_methods = ["PUT", "PATCH", "DELETE"]

Exit status: 0 done, 1 --check or --validate found something, 2 the policy cannot be read, or the target cannot say
it."""


class _Failed(click.ClickException):
    exit_code = 2


@click.command(epilog=_HELP)
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@add_to_click(OPTIONS)
def export(*, policy: Path, **values: Any) -> None:
    """Write a policy as configuration for a proxy or gateway, which then answers as the application would."""
    try:
        form = form_of(read_rules(policy))
    except (PolicyError, ExportError) as error:
        raise _Failed(str(error)) from None
    except (OSError, ValueError) as error:
        raise _Failed(f"{policy} cannot be read: {error}.") from None
    try:
        status = run(form, Given.of(values, "wsgicors export", policy.name), lambda text: click.echo(text, nl=False))
    except (ExportError, CannotCheckError, OSError) as error:
        raise _Failed(str(error)) from None
    sys.exit(status)
