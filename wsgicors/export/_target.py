"""What all targets share: the description of a target, the options, and the comment at the head of each file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from wsgicors.export._form import Form

CORS_HEADERS: Final = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
)
"""The response headers of CORS: the application's own are removed."""

REFUSED_BODY: Final = "This origin is not allowed here."
PRIVATE_BODY: Final = "Requests from public pages to this private network are not allowed here."

VERIFY: Final = "wsgicors verify --policy policy.toml URL"

SAFE: Final = "GET|HEAD|OPTIONS"
"""Methods that change nothing, as an expression: for others without Origin, Sec-Fetch-Site decides."""

COMPARING: Final = "nginx, HAProxy, Caddy, Apache, Varnish, worker"
"""The targets that compare Origin with Host."""

LOSSLESS: Final = "nginx, HAProxy, Caddy, Apache, Varnish, Envoy, worker"
"""The targets that express every policy."""

DIFFERENCES: Final[Mapping[str, str]] = {
    "body": "The body of a refusal is one sentence for all, without the origin.",
    "malformed-question": (
        "Where no browser sends such a method, header list or two Origin lines, the status may differ."
    ),
    "ambiguous-path": (
        "With rules by path, a path with dot segments, backslashes or control characters is refused even where all "
        "readings agree; a path that readings disagree on is answered 403 where any rule forbids."
    ),
    "vary-doubled": "A name in Vary may occur twice.",
    "vary-lines": "Of several Vary lines of the application only the first is kept.",
    "default-port": "An origin that spells out a default port, or one above 65535, may be allowed where every port is.",
    "encoded-slash": "A path with %2F is answered by the server itself with 404, unless its settings let it through.",
    "normalized-path": (
        "The server resolves dot segments, or drops empty ones, before the rule is chosen: such a path is not refused."
    ),
    "vary-site": "The answer to the server's own page lacks Sec-Fetch-Site in Vary where strangers get 403.",
}
"""What can differ from the application's own answers, by name. No browser notices any of it."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options that the files of an export depend on.

    Attributes:
        name: A prefix of the names in the configuration, for two policies on one server.
        hosts: The server's own host names, for targets that cannot compare Origin with Host.
        upstream: The name of the application's backend, for targets whose routes name it.
        preflight_status: The status of granted preflights instead of the policies', or None.
        command: The command that writes the files again, for their heads.
        afterwards: The command that compares a server with the policy, for their heads.
        notes: More comments for their heads.
    """

    name: str = "cors"
    hosts: tuple[str, ...] = ()
    upstream: str = "app"
    preflight_status: int | None = None
    command: str = "wsgicors export --to TARGET policy.toml"
    afterwards: str = VERIFY
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A server that a policy can be exported to.

    Attributes:
        name: The name for ``--to``.
        title: The server's own name.
        proven: The versions that the tests prove it for.
        modules: The required modules.
        place: Where each file belongs, in sentences, by the files' names.
        differs: What differs, by the names in `DIFFERENCES`.
        write: Returns the files' texts, without their heads.
        comment: The start of a comment line.
    """

    name: str
    title: str
    proven: str
    modules: str
    place: Mapping[str, str]
    differs: tuple[str, ...]
    write: Callable[[Form, Options], Mapping[str, str]]
    comment: str = "#"


def files(target: Target, form: Form, options: Options) -> dict[str, str]:
    """Return the files of an export by their names.

    Raises:
        ExportError: with everything that the target cannot express.
    """
    if options.preflight_status:
        form = form.answering(options.preflight_status)
    return {name: head(target, name, form, options) + text for name, text in target.write(form, options).items()}


def head(target: Target, file: str, form: Form, options: Options) -> str:
    """Return the comment at the beginning of a file."""
    lines = [
        f"{file}: a CORS policy for {target.title}, written by wsgicors export.",
        "",
        f"Policy:      {form.digest}",
        f"Made by:     {options.command}",
        f"Proven for:  {target.proven}",
        f"Needs:       {target.modules}",
        f"Belongs:     {target.place[file]}",
        f"Afterwards:  {options.afterwards}",
        *(f"Besides:     {note}" for note in options.notes),
        "Differs from the application's own answers (no browser sees it):",
        *(f"  {name}: {DIFFERENCES[name]}" for name in target.differs),
    ]
    return "".join(f"{target.comment} {line}".rstrip() + "\n" for line in lines) + "\n"
