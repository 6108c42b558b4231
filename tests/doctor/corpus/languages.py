"""What Firefox prints of blocked requests in the languages of its users: ``python -m tests.doctor.corpus.languages``.

It reads the language packs that are installed: on Debian ``apt-get install firefox-esr-l10n-de …`` puts one for each of
`LANGUAGES` beside Firefox. ``languages.json`` is replaced; look at the difference before you commit it.

The sentences are what the browser prints, and Mozilla's (https://www.mozilla.org/MPL/2.0/). Only the tests read them.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("de", "fr", "es-ES", "pt-BR", "pt-PT", "ru", "zh-CN", "zh-TW", "ja", "pl", "it")
FIREFOX: Final = Path("/usr/lib/firefox-esr")
MESSAGES: Final = Path(__file__).with_name("languages.json")

_MESSAGE: Final = re.compile(r"^(CORS\w+) *= *(.+)$", re.MULTILINE)


def main() -> None:
    """Read the language packs of the Firefox that is named, or of Debian's."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else FIREFOX
    packs = {language: home / f"browser/extensions/langpack-{language}@firefox-esr.mozilla.org.xpi"
             for language in LANGUAGES}  # fmt: skip
    found = {language: messages(path) for language, path in {"en-US": home / "omni.ja", **packs}.items()}
    MESSAGES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(found)} languages, {sum(map(len, found.values()))} messages")


def messages(path: Path) -> dict[str, str]:
    """Return Firefox's sentences about CORS by their names, with ``%1$S`` for what stands in them."""
    with zipfile.ZipFile(path) as pack:
        (name,) = (name for name in pack.namelist() if name.endswith("/global/security/security.properties"))
        return dict(_MESSAGE.findall(pack.read(name).decode()))


if __name__ == "__main__":
    main()
