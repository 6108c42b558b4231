"""Run the commands of CONTRIBUTING.md in a fresh clone, except those that only a maintainer can run.

Each block of shell commands runs unchanged, in order, in the clone. A block is skipped if a comment above it says
`<!-- not in CI: why -->`.
"""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"^ *(?:<!-- not in CI: (?P<reason>[^\n]*) -->\n *)?```sh\n(?P<commands>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


def main(scratch: Path) -> None:
    clone = scratch / "clone"
    safe = ["-c", f"safe.directory={ROOT}", "-c", f"safe.directory={ROOT}/.git"]
    subprocess.run(["git", *safe, "clone", "--quiet", "--no-tags", str(ROOT), str(clone)], check=True)
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTEST_ADDOPTS"}}
    environment["PATH"] = os.pathsep.join(
        part for part in environment["PATH"].split(os.pathsep) if part != str(ROOT / ".venv/bin")
    )
    identity = {"NAME": "A contributor", "EMAIL": "contributor@example.com"}
    environment |= {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in identity.items()}
    for block in BLOCK.finditer((clone / "CONTRIBUTING.md").read_text("utf-8")):
        commands = textwrap.dedent(block["commands"])
        if block["reason"]:
            print(f"left out, {block['reason']}:\n{commands}", flush=True)
            continue
        print(commands, flush=True)
        subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=clone, env=environment, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
