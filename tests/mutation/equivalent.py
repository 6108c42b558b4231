"""Mutants that no test can kill because they do not change the module's behaviour, each with the reason."""

from typing import Final

EQUIVALENT: Final[dict[str, str]] = {
    "adapters/flask_wsgicors/_marks.py: _MARK: Final = \"_flask_wsgicors\": '_flask_wsgicors' -> '_flask_wsgicors~'": "The name of a private attribute.",  # noqa: E501
    'wsgicors/_answers.py: **{status: f"{status} OK" for status in range(200, 300)},: 300 -> 301': "No policy has the status 300.",  # noqa: E501
    "wsgicors/_memory.py: LIMIT: Final = 1024: 1024 -> 1025": "How many entries a memory has.",
    "wsgicors/_records.py: return type(self)(**{**dict(zip(self.__match_args__, self._parts(), strict=True)),"
    " **changes}): True -> False": "`_parts` has as many values as there are names.",
    "wsgicors/_headers.py: at = 0: 0 -> 1": "The first Vary sets it; without one it is not read.",
    "wsgicors/_headers.py: break: break -> pass": "A later header, not known as unrelated, merges the same.",
    "wsgicors/_regex_automata.py: @functools.lru_cache(maxsize=64): 64 -> 65": "How many languages a cache holds.",
    "wsgicors/_regex_remedies.py: return False: return False -> return None": "`_has_dot` is asked for truth alone.",
    "wsgicors/origins.py: return (len(text) <= MAX_HOST and _PLAIN.fullmatch(text) is not None) or split_origin(text)"
    " is not None: len(text) <= MAX_HOST -> len(text) < MAX_HOST": "`split_origin` says the same of the longest.",
    "wsgicors/rules.py: return known[0] if len(known) == 1 else PolicyList(known) if known else"
    " AmbiguousPath(forbids=True): True -> False": "A rule without a policy is a problem, so that it answers nothing.",
}
"""The reasons, by `tests.mutation.operators.Mutant.key`."""
