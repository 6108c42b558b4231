"""``wsgicors export``."""

import difflib
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from wsgicors._rule_files import read_rules
from wsgicors.export import _lossy as lossy
from wsgicors.export._form import Form, form_of
from wsgicors.export._refusals import ExportError
from wsgicors.export._target import Options, files
from wsgicors.export._targets import TARGETS
from wsgicors.export._validation import problems
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
  allow_methods = ["PUT", "DELETE"]

Exit status: 0 done, 1 --check or --validate found something, 2 the policy cannot be read, or the target cannot say
it."""


class _Failed(click.ClickException):
    exit_code = 2


@click.command(epilog=_HELP)
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to", "target", type=click.Choice([*TARGETS, *lossy.SERVICES]), required=True, help="The server to write for."
)
@click.option(
    "--output", "-o", type=click.Path(file_okay=False, path_type=Path), help="Write the files into this folder."
)
@click.option(
    "--name", default="cors", show_default=True, help="A prefix of names, to tell two policies of a server apart."
)
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="The server's own host; for Envoy and Traefik.")
@click.option("--upstream", default="app", show_default=True, help="The application's backend; for Envoy and Traefik.")
@click.option("--preflight-status", type=click.IntRange(200, 299), help="The status of granted preflights.")
@click.option(
    "--accept-loss",
    "losses",
    multiple=True,
    type=click.Choice([*lossy.LOSSES]),
    help="A loss to accept; for services that lose some.",
)
@click.option(
    "--check", type=click.Path(exists=True, path_type=Path), help="Compare with this file or folder; write nothing."
)
@click.option("--validate", is_flag=True, help="Have the server check the files; write nothing.")
def export(
    *,
    policy: Path,
    target: str,
    output: Path | None,
    name: str,
    hosts: tuple[str, ...],
    upstream: str,
    preflight_status: int | None,
    losses: tuple[str, ...],
    check: Path | None,
    validate: bool,
) -> None:
    """Write a policy as configuration of a proxy or gateway, which then answers as the application would."""
    given = [f"--host={host}" for host in hosts]
    given += [f"--name={name}"] if name != "cors" else []
    given += [f"--upstream={upstream}"] if upstream != "app" else []
    given += [f"--accept-loss={loss}" for loss in losses]
    given += [f"--preflight-status={preflight_status}"] if preflight_status else []
    command = shlex.join(["wsgicors", "export", "--to", target, *given, policy.name])
    options = Options(name, hosts, upstream, preflight_status, command)
    try:
        exported = _exported(target, form_of(read_rules(policy)), options, frozenset(losses))
    except (PolicyError, ExportError) as error:
        raise _Failed(str(error)) from None
    except (OSError, ValueError) as error:
        raise _Failed(f"{policy} cannot be read: {error}.") from None
    if check is not None:
        sys.exit(_checked(exported, check, command))
    elif validate:
        sys.exit(_validated(target, exported, name))
    elif output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for file, text in exported.items():
            (output / file).write_text(text)
            click.echo(f"{output / file}: {TARGETS[target].place[file]}" if target in TARGETS else str(output / file))
    else:
        click.echo("\n".join(exported.values()), nl=False)


def _exported(target: str, form: Form, options: Options, losses: frozenset[str]) -> dict[str, str]:
    if target in lossy.SERVICES:
        return lossy.export(lossy.SERVICES[target], form, losses)
    return files(TARGETS[target], form, options)


def _checked(exported: Mapping[str, str], place: Path, command: str) -> int:
    """Whether the files at `place` are what the policy gives; the differences are printed."""
    known = (
        {place / file: text for file, text in exported.items()}
        if place.is_dir()
        else {place: "\n".join(exported.values())}
    )
    stale = 0
    for path, text in known.items():
        present = path.read_text(errors="replace") if path.exists() else ""
        if present == text:
            continue
        stale += 1
        click.echo(f"{path} is not what the policy gives. Make it again: {command}")
        changes = difflib.unified_diff(
            present.splitlines(), text.splitlines(), str(path), "the policy", lineterm="", n=1
        )
        click.echo("\n".join(changes))
    return 1 if stale else 0


def _validated(target: str, exported: Mapping[str, str], name: str) -> int:
    title = TARGETS[target].title if target in TARGETS else lossy.SERVICES[target].title
    said = problems(target, exported, name)
    if said is None:
        raise _Failed(f"{title} is not installed here, or has no check of its own.")
    click.echo(said or f"{title} has no objection.")
    return 1 if said else 0
