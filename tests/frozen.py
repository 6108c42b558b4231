"""Check that an app frozen by PyInstaller answers as it does unfrozen: ``python -m tests.frozen``."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.checkout import ROOT
from tests.test_chaos import ANSWERS


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "answers.py").write_text(ANSWERS, "utf-8")
        (folder / "origins.txt").write_text("https://a.example\nhttps://*.b.example\n", "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}

        def printed(*command: str) -> bytes:
            return subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE).stdout

        options = ["--onefile", "--log-level", "WARN", "--collect-data", "publicsuffixlist"]
        printed(sys.executable, "-m", "PyInstaller", *options, "answers.py")
        usual = printed(sys.executable, "answers.py", "origins.txt")
        del environment["PYTHONPATH"]
        frozen = printed("dist/answers", "origins.txt")
    print(f"{len(usual)} bytes of answers, {'the same' if frozen == usual else 'others'} frozen")
    sys.exit(frozen != usual)


if __name__ == "__main__":
    main()
