"""Collect Firefox's messages about blocked requests in other languages: ``python -m tests.doctor.corpus.languages``.

Reads the installed language packs: on Debian ``apt-get install firefox-esr-l10n-de …`` installs one for each of
`LANGUAGES`. Replaces ``languages.json``; look at the difference before you commit it.

The sentences are printed by the browser and belong to Mozilla (https://www.mozilla.org/MPL/2.0/). Only tests read them.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Final

MEASURED: Final = ("de", "fr", "es-ES", "pt-BR", "pt-PT", "ru", "zh-CN", "zh-TW", "ja", "pl", "it")
"""The languages of the measured consoles (`tests.doctor.corpus.texts`)."""

LANGUAGES: Final = (
    *MEASURED, "uk", "ro", "ko", "bg", "da", "hu", "fi", "el", "sk", "tr", "id", "cs", "vi", "sv-SE", "nl", "nb-NO",
    "es-MX",
)  # fmt: skip
FIREFOX: Final = Path("/usr/lib/firefox-esr")
MESSAGES: Final = Path(__file__).with_name("languages.json")

FILES: Final = ("/global/security/security.properties", "/global/security/csp.properties")
_MESSAGE: Final = re.compile(
    r"^(CORS\w+|(?:Block|Loading)Mixed(?:Active|Display)Content2?|XFrameOptionsDeny|CSPGenericViolation) *= *(.+)$",
    re.MULTILINE,
)


def main() -> None:
    """Read the language packs of the named Firefox, or of Debian's."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else FIREFOX
    packs = {language: home / f"browser/extensions/langpack-{language}@firefox-esr.mozilla.org.xpi"
             for language in LANGUAGES}  # fmt: skip
    found = {language: messages(path) for language, path in {"en-US": home / "omni.ja", **packs}.items()}
    MESSAGES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(found)} languages, {sum(map(len, found.values()))} messages")


def messages(path: Path) -> dict[str, str]:
    """Return Firefox's sentences about CORS and the policies mistaken for it, with ``%1$S`` as placeholders."""
    with zipfile.ZipFile(path) as pack:
        names = sorted((name for name in pack.namelist() if name.endswith(FILES)), reverse=True)
        return {name: said for file in names for name, said in _MESSAGE.findall(pack.read(file).decode())}


if __name__ == "__main__":
    main()
