"""What is installed: the version, and whether a second distribution has the same import name."""

import os
from typing import Final

DISTRIBUTION: Final = "wsgicors-policy"

FALLBACK_VERSION: Final = "2.0.0"
"""The version if no distribution is installed, such as in a checkout on the path; the same as in pyproject.toml."""


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib import metadata

    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return FALLBACK_VERSION


def warn_of_namesake(folder: str) -> None:
    """Warn if the distribution `wsgicors` is in `folder`, where this package is.

    Version 1.0.0 had that name, and so has an unrelated project on the package index. Uninstalling or upgrading either
    distribution removes files of the other.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 (pathlib doubles the time of the import)
    except OSError:  # the package is in an archive
        return
    found = [name for name in names if name.startswith("wsgicors-") and name.endswith((".dist-info", ".egg-info"))]
    if found:
        import warnings

        warnings.warn(
            f"Two distributions install the package wsgicors: {DISTRIBUTION} and {found[0].rpartition('.')[0]}. "
            f"Run: python -m pip uninstall --yes wsgicors {DISTRIBUTION} && python -m pip install {DISTRIBUTION}",
            stacklevel=3,
        )
