"""Run one long form for some minutes.

python -m fuzz environ    any environ and any app's headers, through the middleware
python -m fuzz patterns   any text as an origin, and the remedy for it
python -m fuzz scope      any policy of the small world against any page of it

The first two are driven by atheris, which the core's code coverage leads (``pip install atheris``; Linux, Python 3.11
to 3.13). A broken law ends the run with the input, which a file in the current directory keeps; the same command with
that file's name as the last argument repeats it.
"""

import argparse
import random
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

PAGES = 500
"""Of the pages of the small world, those that one policy meets in a run."""


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("target", choices=["environ", "patterns", "scope"])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("input", nargs="?", type=Path, help="a kept input to repeat")
    arguments = parser.parse_args()
    seconds = max(1, round(arguments.minutes * 60))
    if arguments.target == "scope":
        return explore(seconds, arguments.seed)
    if arguments.input:
        from fuzz.targets import TARGETS

        TARGETS[arguments.target](arguments.input.read_bytes())
        return 0
    return fuzz(arguments.target, seconds, arguments.seed)


def fuzz(target: str, seconds: int, seed: int) -> int:
    """Fuzz until the time is over, or a law is broken; atheris ends the process."""
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=["wsgicors"]):
        from fuzz.targets import SEEDS, TARGETS, TOKENS
    with tempfile.TemporaryDirectory() as directory:
        corpus, words = Path(directory, "corpus"), Path(directory, "words")
        corpus.mkdir()
        for number, seed_input in enumerate(SEEDS[target]):
            Path(corpus, str(number)).write_bytes(seed_input)
        escaped = ("".join(f"\\x{byte:02x}" for byte in token.encode("latin-1")) for token in TOKENS)
        words.write_text("".join(f'"{token}"\n' for token in escaped))
        options = [
            f"-max_total_time={seconds}",
            f"-seed={seed}",
            f"-dict={words}",
            "-max_len=400",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[target])
        atheris.Fuzz()
    return 0


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
