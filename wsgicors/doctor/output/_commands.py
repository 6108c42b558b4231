"""``wsgicors why``, ``explain``, ``probe``, ``audit`` and ``verify``."""

import functools
import json
import ssl
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.shell_completion import CompletionItem

from wsgicors._rule_files import read_rules
from wsgicors.doctor.catalogue._weaknesses import Level
from wsgicors.doctor.diagnosis._asking import AskError, ask
from wsgicors.doctor.diagnosis._audit import PAUSE
from wsgicors.doctor.diagnosis._audit import audit as audit_url
from wsgicors.doctor.diagnosis._explain import DEFAULT_URL, rule_for
from wsgicors.doctor.diagnosis._explain import explain as explain_policy
from wsgicors.doctor.diagnosis._probe import probe as probe_url
from wsgicors.doctor.diagnosis._verify import verify as verify_url
from wsgicors.doctor.diagnosis._why import why as why_blocked
from wsgicors.doctor.evidence._facts import shown
from wsgicors.doctor.evidence._har_entries import LONGEST_FILE, HarError, decoded, looks_like_har
from wsgicors.doctor.evidence._resolving import Resolved, read_resolved
from wsgicors.doctor.evidence._wire import TIMEOUT, Wire
from wsgicors.doctor.output import _brief as brief
from wsgicors.doctor.output import _report as report
from wsgicors.doctor.output._help import entries, known, nearest, of_entries
from wsgicors.doctor.output._progress import on_terminal
from wsgicors.problems import PolicyError

_Command = TypeVar("_Command", bound=Callable[..., object])


class _Failed(click.ClickException):
    """An error of the command itself: exit status 2."""

    exit_code = 2


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    ctx.meta[f"{__name__}.{param.name}"] = value


_FLAG: Final[Mapping[str, Any]] = {"is_flag": True, "expose_value": False, "callback": _remember}
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_HEADERS: Final = ("Authorization", "Content-Type", "X-CSRFToken", "X-Requested-With")


def _printing(command: _Command) -> _Command:
    """Add the options of `_print` to a command."""
    options = (
        click.option("--json", "json", help="Print JSON. The documentation of the doctor has the schema.", **_FLAG),
        click.option("--all", "whole", help="Print everything, not only the headline and the next step.", **_FLAG),
        click.option(
            "--width",
            type=click.IntRange(40),
            expose_value=False,
            callback=_remember,
            help="Break sentences at this column. On a terminal, the default is its width.",
        ),
        click.option("--no-color", "plain", help="Print no colors. The variable NO_COLOR does the same.", **_FLAG),
    )
    return functools.reduce(lambda done, option: option(done), reversed(options), command)


def _print(result: Mapping[str, object], short: Iterable[report.Line], whole: Iterable[report.Line]) -> None:
    """Print a result as JSON, or as a report: styled on a terminal, plain if piped."""
    meta = click.get_current_context().meta
    if meta[f"{__name__}.json"]:
        click.echo(json.dumps(result, indent=2))
    else:
        _print_lines(whole if meta[f"{__name__}.whole"] else short)


def _print_lines(lines: Iterable[report.Line]) -> None:
    meta = click.get_current_context().meta
    width: int | None = meta.get(f"{__name__}.width")
    if width is not None:
        lines = report.wrapped(lines, width)
    if sys.stdout.isatty():
        from rich.console import Console

        # None: NO_COLOR and the terminal decide.
        report.show(lines, Console(no_color=meta.get(f"{__name__}.plain") or None, highlight=False))
    else:
        click.echo(report.text(lines), nl=False)


def _completed(
    known: Iterable[str],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in known if name.lower().startswith(incomplete.lower())]

    return complete


def _files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


_policy = click.option(
    "--policy",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file with a policy's settings, or with rules by path.",
)
_origin = click.option("--origin", required=True, help="The page's origin, as in https://www.example.com, or null.")
_method = click.option(
    "--method", default="GET", show_default=True, shell_complete=_completed(_METHODS), help="The request's method."
)
_headers = click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME[: VALUE]",
    shell_complete=_completed(_HEADERS),
    help="A header that the page's script sets. May be given several times.",
)
_credentials = click.option(
    "--credentials", is_flag=True, help='Ask with credentials, as fetch does with credentials: "include".'
)
_timeout = click.option(
    "--timeout",
    default=TIMEOUT,
    show_default=True,
    type=click.FloatRange(0.1, 300),
    help="Seconds that each request may take, from the connection to the end of its body.",
)


def _resolved(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[Resolved]:
    try:
        return [read_resolved(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _connecting(command: _Command) -> _Command:
    """Add the options for addresses of servers, and for accepted certificates, to a command."""
    options = (
        click.option(
            "--resolve",
            "resolved",
            multiple=True,
            metavar="HOST:PORT:ADDRESS",
            callback=_resolved,
            help="Connect to this IP address for the host and port. *.example.com or * names many hosts, * every port.",
        ),
        click.option(
            "--cacert",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A file of certificate issuers to trust instead of the system's.",
        ),
        click.option(
            "--insecure", is_flag=True, help="Accept every certificate. Anybody on the network path can then answer."
        ),
    )
    return functools.reduce(lambda done, option: option(done), reversed(options), command)


def _wire(
    timeout: float, cacert: Path | None, resolved: Sequence[Resolved], *, insecure: bool, pause: float = 0.0
) -> Wire:
    """Return the sender of requests; on a terminal, standard error shows each request."""
    context = None
    if cacert is not None or insecure:
        try:
            context = ssl.create_default_context(cafile=cacert)
        except (OSError, ssl.SSLError) as error:
            raise _Failed(f"{shown(str(cacert))} holds no certificates: {shown(str(error))}.") from None
    if context is not None and insecure:
        click.echo(
            "WARNING: certificates are not checked (--insecure): anybody on the network path may have answered.",
            err=True,
        )
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return Wire(timeout, pause, context, on_terminal if sys.stderr.isatty() else None, resolved)


# -- why ---------------------------------------------------------------------------------------------------------------

_WHY_HELP: Final = """\b
Examples:
  wsgicors why "Access to fetch at 'https://api.example/' from origin ..."
  wsgicors why capture.har
  wsgicors why console.log capture.har
  pbpaste | wsgicors why

Exit status: 0 a cause was named, 2 none could be."""


@click.command(epilog=_WHY_HELP)
@click.argument("sources", nargs=-1, metavar="[MESSAGE|FILE]...", shell_complete=_files)
@_printing
def why(sources: tuple[str, ...]) -> None:
    """Say why a browser blocked a request: from its message, a whole console, a HAR file, or both together.

    Without an argument, or for -, it reads standard input.
    """
    texts: list[str] = []
    hars: list[str] = []
    for source in sources or ("-",):
        content = _content(source)
        (hars if looks_like_har(content) else texts).append(content)
    if len(hars) > 1:
        raise click.UsageError("One HAR file at a time.")
    try:
        diagnosis = why_blocked("\n".join(texts), hars[0] if hars else None)
    except HarError as error:
        raise _Failed(str(error)) from None
    _print(diagnosis.to_json(), brief.of_diagnosis(diagnosis), report.of_diagnosis(diagnosis))
    named = [suspect.cause.id for finding in diagnosis.findings for suspect in finding.suspects]
    if not set(named) - {"unrecognised"} and not diagnosis.exchanges:
        sys.exit(2)


def _content(source: str) -> str:
    """Return the content of an argument: standard input, a file, or the argument itself."""
    if source == "-":
        return _text(sys.stdin.buffer.read(LONGEST_FILE + 1))
    path = Path(source)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a file name, or not a file name
        return source
    if is_file:
        try:
            with path.open("rb") as file:
                return _text(file.read(LONGEST_FILE + 1))
        except OSError as error:
            raise _Failed(f"{shown(source)} cannot be read: {error.strerror}.") from None
    if path.suffix in {".har", ".json", ".log", ".txt"} and " " not in source:
        raise _Failed(f"There is no file {shown(source)}.")
    return source


def _text(data: bytes) -> str:
    try:
        return decoded(data)
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


# -- explain -----------------------------------------------------------------------------------------------------------

_EXPLAIN_HELP: Final = """\b
Examples:
  wsgicors explain --policy policy.toml --origin https://www.example.com
  wsgicors explain --policy policy.toml --origin https://www.example.com \\
      --method PUT --header Content-Type --credentials

\b
A policy.toml:
  allow_origins = ["https://www.example.com"]
  allow_methods = ["PUT", "DELETE"]
  allow_credentials = true

\b
Or by path, which --url then chooses from:
  [rules."/api"]
  allow_origins = ["https://www.example.com"]

Exit status: 0 allowed, 1 blocked, 2 the policy or the request is invalid."""


@click.command(epilog=_EXPLAIN_HELP)
@_policy
@_origin
@_method
@_headers
@_credentials
@click.option("--private-network", is_flag=True, help="The server is in a more private network than the page.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="What the page asks for.")
@_printing
def explain(
    *,
    path: Path,
    origin: str,
    method: str,
    headers: tuple[str, ...],
    credentials: bool,
    private_network: bool,
    url: str,
) -> None:
    """Show what a policy answers a page, step by step, and what its browser makes of it. Nothing is sent."""
    try:
        rules = read_rules(path)
        answerer, rule = rule_for(rules, url)
        explained = explain_policy(
            answerer,
            origin,
            url=url,
            method=method,
            headers=headers,
            credentials=credentials,
            private_network=private_network,
            heading=[("Rule", rule or "none")] if isinstance(rules, Mapping) else [],
        )
    except (PolicyError, AskError) as error:
        raise _Failed(str(error)) from None
    except (OSError, ValueError) as error:
        raise _Failed(f"{path} cannot be read: {shown(str(error))}.") from None
    _print(explained.to_json(), brief.of_explained(explained), report.of_explained(explained))
    sys.exit(explained.examination.decision.exit_status)


# -- probe -------------------------------------------------------------------------------------------------------------

_PROBE_HELP: Final = """\b
Examples:
  wsgicors probe https://api.example/notes --origin https://www.example.com
  wsgicors probe https://api.example/notes --origin https://www.example.com \\
      --method PUT --header Content-Type --header 'Authorization: Bearer ...' \\
      --credentials --cookie 'session=...' --data @note.json

Servers other than the URL's own are asked only with --follow. Proxies of the environment are not used.

Exit status: 0 allowed, 1 blocked, 2 could not tell."""


@click.command(epilog=_PROBE_HELP)
@click.argument("url")
@_origin
@_method
@_headers
@_credentials
@click.option("--cookie", default="", metavar="TEXT", help="A Cookie header to send. It needs --credentials.")
@click.option("--data", default="", metavar="TEXT|@FILE", help="The body of the request itself.")
@click.option("--follow", is_flag=True, help="Follow redirects to other origins too, with the headers that you gave.")
@click.option("--preflight-only", is_flag=True, help="Send only the preflight.")
@_connecting
@_timeout
@_printing
def probe(
    *,
    url: str,
    origin: str,
    method: str,
    headers: tuple[str, ...],
    credentials: bool,
    cookie: str,
    data: str,
    follow: bool,
    preflight_only: bool,
    timeout: float,
    resolved: list[Resolved],
    cacert: Path | None,
    insecure: bool,
) -> None:
    """Make the request of a page, as its browser would, and report where it breaks and who answered.

    The request is really sent: a DELETE deletes. If something fails, a few more harmless requests find out why.
    """
    if cookie and not credentials:
        raise click.UsageError("--cookie needs --credentials: without them a browser sends no cookie.")
    body = _body(data)
    if body and not any(name.partition(":")[0].strip().lower() == "content-type" for name in headers):
        headers = (*headers, "Content-Type: text/plain;charset=UTF-8")  # Fetch, "extract a body"
    try:
        asked = ask(url, origin, method=method, headers=headers, credentials=credentials)
        found = probe_url(
            asked,
            body=body,
            cookie=cookie,
            follow=follow,
            preflight_only=preflight_only,
            wire=_wire(timeout, cacert, resolved, insecure=insecure),
        )
    except AskError as error:
        raise _Failed(str(error)) from None
    _print(found.to_json(), brief.of_examination(found), report.of_examination(found))
    sys.exit(found.decision.exit_status)


def _body(data: str) -> bytes:
    if not data.startswith("@"):
        return data.encode("utf-8", "surrogateescape")
    try:
        return Path(data[1:]).read_bytes()
    except (OSError, ValueError) as error:
        raise _Failed(f"{shown(data[1:])} cannot be read: {shown(str(error))}.") from None


# -- audit -------------------------------------------------------------------------------------------------------------

_AUDIT_HELP: Final = """\b
Examples:
  wsgicors audit https://api.example/notes --origin https://www.example.com
  wsgicors audit https://api.example/notes --origin https://www.example.com --fail-on medium

Audit servers that are yours, or whose owner has asked you to. Only the one URL is asked, by GET and by preflights, a
few times a second.

Exit status: 0 nothing as bad as --fail-on, 1 something is, 2 could not tell."""


@click.command(epilog=_AUDIT_HELP)
@click.argument("url")
@click.option(
    "--origin", default="", help="The origin that the server is meant to trust. The default is the URL's own."
)
@click.option(
    "--fail-on",
    type=click.Choice([str(level) for level in Level]),
    default=str(Level.LOW),
    show_default=True,
    help="Exit with 1 from this level on.",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME: VALUE",
    help="A header to send with every GET, such as Authorization. May be given several times.",
)
@click.option("--cookie", default="", metavar="TEXT", help="A Cookie header to send with every GET.")
@_connecting
@_timeout
@_printing
def audit(
    *,
    url: str,
    origin: str,
    fail_on: str,
    headers: tuple[str, ...],
    cookie: str,
    timeout: float,
    resolved: list[Resolved],
    cacert: Path | None,
    insecure: bool,
) -> None:
    """Ask a server as hostile pages would, and report which origins it should not trust, and what is untidy."""
    try:
        found = audit_url(
            url,
            origin=origin,
            headers=[*headers, *([f"Cookie: {cookie}"] if cookie else [])],
            wire=_wire(timeout, cacert, resolved, insecure=insecure, pause=PAUSE),
        )
    except AskError as error:
        raise _Failed(str(error)) from None
    _print(found.to_json(), brief.of_audit(found), report.of_audit(found))
    sys.exit(found.exit_status(Level(fail_on)))


# -- verify ------------------------------------------------------------------------------------------------------------

_VERIFY_HELP: Final = """\b
Examples:
  wsgicors verify --policy policy.toml https://api.example/notes
  wsgicors verify --policy policy.toml https://api.example/notes --json

Only the one server is asked, by GET and OPTIONS, a few times a second: at the URL, at the paths of other rules, and at
a path below the URL that does not exist.

Exit status: 0 nothing differs, 1 something does, 2 could not tell."""


@click.command(epilog=_VERIFY_HELP)
@click.argument("url")
@_policy
@_timeout
@_printing
def verify(*, url: str, path: Path, timeout: float) -> None:
    """Compare a running server with a policy, and report every difference and its likely cause."""
    try:
        found = verify_url(read_rules(path), url, wire=_wire(timeout, None, (), insecure=False, pause=PAUSE))
    except (PolicyError, AskError) as error:
        raise _Failed(str(error)) from None
    except (OSError, ValueError) as error:
        raise _Failed(f"{path} cannot be read: {shown(str(error))}.") from None
    _print(found.to_json(), report.of_verification(found), report.of_verification(found))
    sys.exit(found.exit_status)


# -- help --------------------------------------------------------------------------------------------------------------


def _complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return _completed(known())(ctx, param, incomplete)


@click.command("help")
@click.argument("code", default="", shell_complete=_complete_code)
@click.option(
    "--width", type=click.IntRange(40), expose_value=False, callback=_remember, help="Break sentences at this column."
)
def help_(code: str) -> None:
    """Explain any code, offline: of a problem, a refusal, a cause, a weakness, a mistake or a check of Django's."""
    if not code:
        parent = click.get_current_context().parent
        click.echo(parent.get_help() if parent else "")
        return
    found = entries(code)
    if not found:
        near = nearest(code)
        raise _Failed(f"There is no code {shown(code)}.{f' Did you mean {near}?' if near else ''}")
    _print_lines(of_entries(found))
