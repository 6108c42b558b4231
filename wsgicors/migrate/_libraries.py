"""The old libraries of a project: all of them are looked for, and rewritten, in one order."""

from wsgicors.migrate._django import DjangoCorsHeaders
from wsgicors.migrate._flask import FlaskCors
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._project import Project
from wsgicors.migrate._starlette import StarletteCors


def find_all(project: Project, judge: Judge) -> list[str]:
    """Find the uses of every old library, record their changes, and return for which frameworks there are any.

    Returns:
        ``flask``, ``django`` and ``starlette``, if the project uses the old library for that framework.
    """
    libraries: dict[str, FlaskCors | DjangoCorsHeaders | StarletteCors] = {
        "flask": FlaskCors(project, judge),
        "django": DjangoCorsHeaders(project, judge),
        "starlette": StarletteCors(project, judge),
    }
    for library in libraries.values():
        library.run()
    return [name for name, library in libraries.items() if library.uses]
