"""Mutants that no test can kill because they do not change the module's behaviour, each with the reason."""

# ruff: noqa: E501 (the keys have lines of code)

from typing import Final

EQUIVALENT: Final[dict[str, str]] = {
    "adapters/flask_wsgicors/_marks.py: _MARK: Final = \"_flask_wsgicors\": '_flask_wsgicors' -> '_flask_wsgicors~'": "The name of a private attribute.",
    'wsgicors/_answers.py: **{status: f"{status} OK" for status in range(200, 300)},: 300 -> 301': "No policy has the status 300.",
    "wsgicors/_decisions.py: (self._granted if verdict.allowed else self._refused).keep(question, verdict): self._granted if verdict.allowed else self._refused -> self._granted if not verdict.allowed else self._refused": "There are two memories; either may be for refusals.",
    "wsgicors/_command_options.py: @dataclass(frozen=True, slots=True): True -> False": "Nothing sets an attribute of it.",
    'adapters/django_wsgicors/_routing.py: _ENDS: Final = ("$", r"\\Z", r"\\z"): \'\\\\z\' -> \'\\\\z~\'': "Before Python 3.14, no expression ends so.",
    "adapters/django_wsgicors/_routing.py: return False: return False -> return None": "Asked for truth alone.",
    "adapters/django_wsgicors/_views.py: @dataclass(frozen=True, slots=True, eq=False): True -> False": "Nothing sets an attribute of it.",
    "wsgicors/_memory.py: LIMIT: Final = 1024: 1024 -> 1025": "How many entries a memory has.",
    "wsgicors/_records.py: return type(self)(**{**dict(zip(self.__match_args__, self._parts(), strict=True)),"
    " **changes}): True -> False": "`_parts` has as many values as there are names.",
    'wsgicors/_grammar.py: return "*" in label and label != "*" and bool(rest.strip(".")) and not is_ip(rest)'
    " and not label.startswith(\"xn--\"): '.' -> '.~'": "No host has a tilde.",
    "wsgicors/_suffixes.py: return PublicSuffixList(_lines(), accept_encoded_idn=False, only_icann=icann_only):"
    " False -> True": "`_lines` has encoded every rule.",
    "adapters/flask_wsgicors/_extension.py: if key is not None and isinstance(policy, Policy)::"
    " key is not None and isinstance(policy, Policy) -> key is not None or isinstance(policy, Policy)": "Where one fails there is a problem, which is raised.",
    "adapters/flask_wsgicors/_resources.py: text = \".*\" if resource == \"*\" else str(resource): '.*' -> '.*~'": "`*` covers every path in flask-cors and here, so that no path is compared.",
    "adapters/django_wsgicors/origins/apps.py: signal.connect(forget_after_commit, sender=AllowedOrigin,"
    " dispatch_uid=\"django_wsgicors.origins\"): 'django_wsgicors.origins' -> 'django_wsgicors.origins~'": "Any text that no other handler has.",
    "wsgicors/_headers.py: at = 0: 0 -> 1": "The first Vary sets it; without one it is not read.",
    "wsgicors/_headers.py: break: break -> pass": "A later header, not known as unrelated, merges the same.",
    "wsgicors/_regex_language.py: @functools.lru_cache(maxsize=64): 64 -> 65": "How many languages a cache holds.",
    "wsgicors/_regex_remedies.py: return False: return False -> return None": "`_has_dot` is asked for truth alone.",
    "wsgicors/origins.py: return (len(text) <= MAX_HOST and _PLAIN.fullmatch(text) is not None) or split_origin(text)"
    " is not None: len(text) <= MAX_HOST -> len(text) < MAX_HOST": "`split_origin` says the same of the longest.",
    "wsgicors/rules.py: return known[0] if len(known) == 1 else PolicyList(known) if known else"
    " AmbiguousPath(forbids=True): True -> False": "A rule without a policy is a problem, so that it answers nothing.",
    'adapters/django_wsgicors/_names.py: return meant or next((fitting[one] for one in difflib.get_close_matches(words, fitting, n=1, cutoff=0.85)), ""): 1 -> 2': "The best match comes first.",
}
"""The reasons, by `tests.mutation.operators.Mutant.key`."""
