"""Mutants that no test can kill, because the module does the same with them, each with the reason."""

from typing import Final

EQUIVALENT: Final[dict[str, str]] = {
    "wsgicors/_headers.py: break -> pass": "Another header that is not known as unrelated merges the same once more.",
    "wsgicors/_regex_automata.py: 64 -> 65": "How many languages a cache holds.",
    "wsgicors/_regex_remedies.py: return False -> return None": "Those who call `_has_dot` ask for its truth alone.",
}
"""The reasons, by `tests.mutation.operators.Mutant.key`."""
