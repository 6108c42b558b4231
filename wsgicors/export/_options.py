"""The options of ``wsgicors export``, ``flask cors export`` and ``manage.py cors export``."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wsgicors._command_options import Option
from wsgicors.export._services import LOSSES, SERVICES
from wsgicors.export._target import VERIFY, Options
from wsgicors.export._targets import TARGETS

__all__ = ["OPTIONS", "Given"]


def _status(text: str) -> int:
    """Return the status for a preflight's answer.

    Raises:
        ValueError: The status is not from 200 to 299. click and argparse report it.
    """
    status = int(text)
    if not 200 <= status <= 299:
        raise ValueError(f"{status} is not from 200 to 299")
    return status


OPTIONS: Final = (
    Option(("--to",), "target", "The server to write for.", (*TARGETS, *SERVICES), is_required=True),
    Option(("--output", "-o"), "output", "Write the files into this folder.", type=Path, metavar="FOLDER"),
    Option(("--name",), "name", "A prefix of names, to tell two policies of a server apart.", metavar="NAME"),
    Option(("--host",), "hosts", "The server's own host; for Envoy and Traefik.", metavar="HOST", is_repeatable=True),
    Option(
        ("--upstream",), "upstream", "The application's backend; for Envoy and Traefik. Otherwise app.", metavar="NAME"
    ),
    Option(
        ("--preflight-status",),
        "preflight_status",
        "The status of granted preflights, from 200 to 299.",
        type=_status,
        metavar="STATUS",
    ),
    Option(
        ("--accept-loss",),
        "losses",
        "A loss to accept; for services that lose some.",
        (*LOSSES,),
        is_repeatable=True,
    ),
    Option(("--check",), "check", "Compare with this file or folder; write nothing.", type=Path, metavar="PATH"),
    Option(("--validate",), "validate", "Have the server check the files; write nothing.", is_flag=True),
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
