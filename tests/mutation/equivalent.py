"""Mutants that no test can kill, because the module does the same with them, each with the reason."""

from typing import Final

EQUIVALENT: Final[dict[str, str]] = {}
"""The reasons, by `tests.mutation.operators.Mutant.key`."""
