"""Run one long form for some minutes.

python -m fuzz environ        any environ and any app's headers, through the middleware
python -m fuzz patterns       any text as an origin, and the remedy for it
python -m fuzz expressions    any regular expression: its proof, its automaton, its remedy
python -m fuzz header-lists   any list of request headers in a preflight
python -m fuzz har            any archive of a network panel, in the doctor
python -m fuzz console        any text of a console, in the doctor
python -m fuzz policy-files   any policy file
python -m fuzz export         any policy file, for every target of an export
python -m fuzz scope          any policy of the small world against any page of it

All but the last use atheris, which is guided by code coverage (``pip install atheris``; Linux, Python 3.11 to 3.13).
They start with the corpus in ``fuzz/corpus``; ``--keep`` adds the smallest inputs of the run that reach every step of
the code. A failure ends the run and writes the input to a file in the current directory; the same command with that
file's name as the last argument repeats it.
"""

import argparse
import logging
import random
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

PAGES = 500
"""The pages of the small world that each policy is tried with in a run."""

NAMES = ("environ", "patterns", "expressions", "header-lists", "har", "console", "policy-files", "export")
"""The targets for atheris, which has to instrument the code before `fuzz.targets` imports it."""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("target", choices=[*NAMES, "scope"])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="put what was found into the corpus")
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("input", nargs="?", type=Path, help="a kept input to repeat")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)  # a line for each refusal
    seconds = max(1, round(arguments.minutes * 60))
    if arguments.target == "scope":
        return explore(seconds, arguments.seed)
    if arguments.input:
        from fuzz.targets import TARGETS

        TARGETS[arguments.target].check(arguments.input.read_bytes())
        return 0
    if arguments.corpus:
        return fuzz(arguments.target, seconds, arguments.seed, arguments.corpus)
    with tempfile.TemporaryDirectory() as directory:
        # atheris ends its process, so run it in another one.
        command = [sys.executable, "-m", "fuzz", *sys.argv[1:], "--corpus", directory]
        status = subprocess.run(command, check=False).returncode  # noqa: S603
        if arguments.keep and status == 0:
            keep(arguments.target, Path(directory))
    return status


def fuzz(target: str, seconds: int, seed: int, corpus: Path) -> int:
    """Fuzz until the time is over or a property fails; atheris ends the process."""
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=["wsgicors"]):
        from fuzz import corpora
        from fuzz.targets import TARGETS
    check, tokens = TARGETS[target]
    for number, given in enumerate(corpora.read(target)):
        Path(corpus, str(number)).write_bytes(given)
    with tempfile.TemporaryDirectory() as directory:
        words = Path(directory, "words")
        escaped = ("".join(f"\\x{byte:02x}" for byte in token.encode("utf-8")) for token in tokens)
        words.write_text("".join(f'"{token}"\n' for token in escaped))
        options = [
            f"-max_total_time={seconds}",
            f"-seed={seed}",
            f"-dict={words}",
            f"-artifact_prefix={Path.cwd()}/",
            "-max_len=400",
            "-timeout=60",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(corpus)], check)
        atheris.Fuzz()
    return 0


def keep(target: str, found: Path) -> None:
    """Write the smallest inputs found that reach the same code as the target's corpus."""
    from fuzz import corpora
    from fuzz.targets import TARGETS

    check = TARGETS[target].check
    inputs = [*corpora.read(target), *(path.read_bytes() for path in found.iterdir())]
    kept = corpora.smallest(check, inputs)
    corpora.write(target, kept)
    say(f"{target}: {len(kept):,} of {len(set(inputs)):,} inputs kept")


def explore(seconds: int, seed: int) -> int:
    """Try policies from the product of all settings, in an order set by the seed, each against pages drawn by it."""
    from tests import scope
    from tests.scope import APPS, EXPOSE_LISTS, HEADER_LISTS, MAX_AGES, METHOD_LISTS, ORIGIN_SETS, Calls, Settings
    from wsgicors import CORS

    pages = scope.visits(scope.ORIGINS, scope.METHODS, scope.HEADERS, modern=[False, True])
    switch = (False, True)
    asked = product(
        ORIGIN_SETS,
        METHOD_LISTS,
        HEADER_LISTS,
        switch,
        switch,
        EXPOSE_LISTS,
        MAX_AGES,
        (204, 200),
        ("withhold", "forbid"),
    )
    policies = [settings for one in asked if (settings := Settings(*one)).buildable]
    chance = random.Random(seed)  # noqa: S311
    chance.shuffle(policies)
    say(f"{len(policies):,} policies, {len(pages):,} pages; seed {seed}")
    end, cases = time.monotonic() + seconds, 0
    for number, settings in enumerate(policies, 1):
        debug = chance.choice(switch)
        app = Calls(APPS[chance.choice(list(APPS))])
        cors, browser = CORS(app, settings.policy(), debug=debug), scope.Browser()
        for visit in chance.sample(pages, PAGES):
            found = scope.faults(cors, app, visit, settings, browser, debug=debug)
            if found:
                say("\n".join(found))
                return 1
            cases += 1
        if time.monotonic() > end:
            say(f"{cases:,} cases of {number:,} policies; nothing found")
            return 0
    say(f"{cases:,} cases of all policies; nothing found")
    return 0


def say(text: str) -> None:
    """Print a line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
