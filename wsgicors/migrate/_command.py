"""``wsgicors migrate``."""

import json
from pathlib import Path

import click


class _Failed(click.ClickException):
    exit_code = 2


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, readable=True, path_type=Path), metavar="PATH..."
)
@click.option("--write", is_flag=True, help="Write the files. Without it, the changes are only printed.")
@click.option("--check", is_flag=True, help="Only report what is unsafe in the project now. Nothing is written.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to print. sarif needs --check.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_context
def migrate(
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    write: bool,
    check: bool,
    output: str,
    as_json: bool,
) -> None:
    """Rewrite a project that uses flask-cors, django-cors-headers, or the CORSMiddleware of Starlette or FastAPI.

    PATH is a file or a folder. Comments and formatting stay. What only you can decide is asked, and marked
    # TODO(cors) in the files with --write.

    Exit status: 0 if nothing is left to decide (or nothing is unsafe), 1 if something is, 2 if the command could not
    run.
    """
    from wsgicors.migrate import _report as report
    from wsgicors.migrate._check import findings
    from wsgicors.migrate._run import migrate as run_migrate

    output = "json" if as_json else output
    if check and write:
        raise click.UsageError("--check writes nothing.")
    if output == "sarif" and not check:
        raise click.UsageError("--format sarif is for --check.")
    if check:
        found = findings(paths)
        if output == "sarif":
            from importlib.metadata import version

            click.echo(report.sarif(found, version("wsgicors-policy")))
        elif output == "json":
            click.echo(json.dumps({"version": 1, "findings": [report.question_dict(one) for one in found]}, indent=2))
        else:
            click.echo(report.findings_text(found), nl=False)
        ctx.exit(1 if found else 0)
    result = run_migrate(paths)
    if write:
        for change in result.changes:
            try:
                change.path.write_bytes(change.after)
            except OSError as error:
                raise _Failed(f"cannot write {change.path}: {error.strerror}") from None
    if output == "json":
        click.echo(json.dumps(report.as_dict(result, written=write), indent=2))
    else:
        click.echo(report.text(result, written=write), nl=False)
    ctx.exit(0 if result.is_settled else 1)
