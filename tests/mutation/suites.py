"""The tests that run first for each module's mutants; all tests of the area run for the survivors."""

from typing import Final

CORE: Final = {
    "_answers": "test_answers middleware",
    "_apps": "asgi middleware test_testing",
    "_asgi_decisions": "asgi sources",
    "_asgi_headers": "asgi",
    "_asgi_scopes": "asgi middleware",
    "_asgi_targets": "test_testing",
    "_cached_origins": "sources",
    "_catalogue": "test_problems test_checks",
    "_checks": "test_checks policy test_problems",
    "_command_options": "export/test_command flask/test_cli",
    "_decisions": "policy test_verdict middleware",
    "_file_origins": "sources",
    "_forks": "sources",
    "_grammar": "test_origins test_checks",
    "_harmless": "test_adapting django/test_settings flask/test_options",
    "_headers": "middleware test_http test_adapting",
    "_http": "test_http test_checks",
    "_installed": "test_installed",
    "_log": "test_log",
    "_memory": "test_memory test_origins",
    "_origin_cache": "sources",
    "_origin_repair": "test_suggestions test_checks",
    "_origin_sources": "sources policy",
    "_project_commands": "flask/test_cli django/test_command django/test_verify",
    "_records": "test_records",
    "_regex_automata": "test_regex_proof test_origins",
    "_regex_language": "test_regex_proof test_suggestions",
    "_regex_matcher": "test_regex_proof test_origins",
    "_regex_proof": "test_regex_proof test_origins test_suggestions",
    "_regex_remedies": "test_regex_proof test_suggestions",
    "_regex_syntax": "test_regex_proof test_origins",
    "_regex_text": "test_regex_proof test_suggestions",
    "_rule_files": "test_rule_files test_cli",
    "_same_origin": "test_same_origin test_forbidding",
    "_suffixes": "test_suffixes test_origins test_checks",
    "_suggestions": "test_suggestions test_checks",
    "_text_settings": "test_text_settings test_paste",
    "_wsgi_targets": "test_testing",
    "adapting": "test_adapting django flask",
    "asgi": "asgi",
    "clients": "site/test_clients",
    "middleware": "middleware test_forbidding test_rule_files",
    "origins": "test_origins",
    "paste": "test_paste",
    "patterns": "test_origins policy test_regex_proof",
    "policy": "policy test_checks",
    "problems": "test_problems test_checks",
    "rules": "test_rules middleware",
    "testing": "test_testing",
    "verdict": "test_verdict policy test_answers",
}
DJANGO: Final = {
    "_checks": "django/test_checks",
    "_names": "django/test_settings django/test_checks django/test_views",
    "_project": "django/test_checks django/test_command django/test_settings django/test_signals",
    "_routing": "django/test_views django/test_url_maps django/test_middleware django/test_export",
    "_settings": "django/test_settings django/test_checks",
    "_until_changed": "django/test_threads django/test_settings",
    "_views": "django/test_views django/test_command",
    "apps": "django/test_checks",
    "middleware": "django/test_middleware django/test_views django/test_signals",
    "origins/apps": "django/test_origins",
    "origins/models": "django/test_origins",
    "origins/source": "django/test_origins",
    "management/commands/cors": "django/test_command django/test_verify django/test_export",
}
FLASK: Final = {
    "_advice": "flask/test_advice flask/test_doctests",
    "_app": "flask/test_extension flask/test_views flask/test_blueprints flask/test_advice flask/test_export",
    "_debugger": "flask/test_debugger",
    "_decorator": "flask/test_views flask/test_options flask/test_advice",
    "_exporting": "flask/test_export",
    "_extension": "flask/test_extension flask/test_options flask/test_advice",
    "_marks": "flask/test_views",
    "_options": "flask/test_options flask/test_advice flask/test_extension",
    "_resources": "flask/test_resources flask/test_doctests flask/test_extension flask/test_advice",
    "_routing": "flask/test_views flask/test_url_maps flask/test_blueprints",
    "cli": "flask/test_cli flask/test_export flask/test_verify",
}
SUITES: Final[dict[str, str]] = {
    **{f"wsgicors/{name}.py": tests for name, tests in CORE.items()},
    **{f"adapters/django_wsgicors/{name}.py": tests for name, tests in DJANGO.items()},
    **{f"adapters/flask_wsgicors/{name}.py": tests for name, tests in FLASK.items()},
}
"""For each module, by path, the tests below ``tests/`` that run first."""


def first(path: str) -> list[str]:
    """Return the tests to run first for a module."""
    return [f"tests/{name}" if "test_" not in name else f"tests/{name}.py" for name in SUITES[path].split()]


def whole(path: str) -> list[str]:
    """Return all tests of the module's area."""
    area = {"django_wsgicors": "tests/django", "flask_wsgicors": "tests/flask"}.get(path.split("/")[1])
    return ["tests/test_one_policy.py", area] if area else ["tests", *IGNORED]


IGNORED: Final = [
    f"--ignore=tests/{name}"
    for name in ("adoption", "benchmarks", "browsers", "demo", "doctor", "export", "migrate", "servers", "site")
]
"""Slow tests that reach the core through other code."""
