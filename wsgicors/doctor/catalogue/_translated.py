"""Firefox's sentences about mixed content, frames and Content Security Policies in the languages of its users.

Each is identified by what no language translates (a header's name and values, a directive, the URL), and mixed content
by its own words. The sentences themselves are in ``tests/doctor/corpus/languages.json``.
"""

import re
from typing import Final, NamedTuple


class Translated(NamedTuple):
    """What one sentence says."""

    wording: str
    cause: str
    url: str
    directive: str = ""


_MIXED: Final = re.compile(
    r"gemischte\w* (?:\(unsichere\) )?(?:aktiv|anzeige|ansicht)|contenido (?:activo|visual) mixto"
    r"|contenido (?:mixto \(inseguro\)|mezclado)|chargement (?:d'un |du |de )contenu mixte"
    r"|contenuto (?:misto (?:non )?attivo|(?:non )?attivo misto)|conteúdo (?:ativo |de exibição )?misto"
    r"|смешанного (?:\(незащищённого\) )?(?:активного|отображаемого)"
    r"|змішаного (?:\(незахищеного\) )?(?:активного|показуваного)"
    r"|смесено (?:\(незащитено\) )?(?:(?:активно|визуално) )?съдържание"
    r"|mieszan\w+ (?:\(niezabezpieczonej\) )?(?:treści|interaktywnej|prezentacyjnej)"
    r"|smíšeného (?:\(nezabezpečeného\) )?(?:aktivního|zobrazovaného) obsahu"
    r"|zmiešan\w+ (?:\(nezabezpečený\) )?(?:aktívn\w+ )?obsah|conținut (?:activ|afișat) mixt"
    r"|(?:bland[ae]t|mikset) (?:\((?:o|u)s[äi]kk?ert\) )?(?:[a-z-]+ )?(?:indhold|\w*innehåll|\w*innhold)"
    r"|gemengde (?:\(onveilige\) )?(?:actieve inhoud|vensterinhoud)|vegyes (?:\(nem biztonságos\) )?(?:aktív|megjelen)"
    r"|osittain suojaama|μικτού (?:\([^()]{1,20}\) )?(?:(?:ενεργού|παθητικού) )?περιεχομένου"
    r"|karma (?:\(güvensiz\) )?(?:etkin|gösterim) içeriği|konten (?:aktif|tampilan) campuran"
    r"|nội dung (?:bị trộn lẫn|(?:hoạt động|hiển thị) hỗn hợp)|혼합된 ?(?:\(안전하지 않은\)|(?:액티브|표시) 콘텐츠)"
    r"|混在(?:アクティブ|表示)コンテンツ|混合的?(?:\uff08不安全的\uff09)?(?:活动|显示)?内容|混[合和]的?(?:\uff08不安全的\uff09)?(?:主動式?|顯示)內容",
    re.IGNORECASE,
)
_INSECURE_URL: Final = re.compile(r"['(] ?((?:http|ws|ftp)://[^\s'()]{1,2000}) ?[')]", re.IGNORECASE)
_FRAME_OPTIONS: Final = re.compile(r"' ?x1?-frame-options? ?'", re.IGNORECASE)  # Korean has a digit in it
_FRAMED: Final = re.compile(r"' ?(?:deny|sameorigin|allow-from [^']{1,300}) ?'", re.IGNORECASE)
_QUOTED_URL: Final = re.compile(r"' ?(https?://[^\s']{1,2000}) ?'", re.IGNORECASE)
_CONSOLE: Final = "content-security-policy: "
_NOT_BLOCKED: Final = re.compile(r"[(\uff08]|[a-z]+-[a-z-]+[ ;]")
"""The words "(Report-Only policy)", which are in parentheses in every language, or the policy itself in a header."""
_DIRECTIVE: Final = re.compile(r"[(\uff08]((?:[a-z]{2,10}-src(?:-elem|-attr)?)|frame-ancestors)[)\uff09]")
_ANY_URL: Final = re.compile(r"(?:https?|wss?)://[!-&*-~]{1,2000}", re.IGNORECASE)


def translated(line: str) -> Translated | None:
    """Return what `line` says, which has plain quotes; None if it is none of these sentences.

    >>> translated("Blocage du chargement du contenu mixte actif (mixed active content) ' http://api.example/a '").cause
    'mixed-content'
    """
    if framed := _framed(line):
        return Translated("firefox/frame-options", "frame-options", framed)
    _, console, said = line.lower().partition(_CONSOLE)
    if console and not _NOT_BLOCKED.match(said) and (directive := _DIRECTIVE.search(line)):
        url = _ANY_URL.search(line)
        address = url[0].rstrip(",;.") if url else ""
        if directive[1] == "frame-ancestors":
            return Translated("firefox/frame-options", "frame-options", address)
        return Translated("firefox/content-security-policy", "content-security-policy", address, directive[1])
    # In this order, as few lines have such a URL: saves 0.15 s a megabyte.
    if (url := _INSECURE_URL.search(line)) and _MIXED.search(line):
        return Translated("firefox/mixed-content", "mixed-content", url[1])
    return None


def _framed(line: str) -> str:
    """Return the URL that may not be framed, in a line that quotes the header's name and value, too."""
    is_told = _FRAME_OPTIONS.search(line) and _FRAMED.search(line)
    url = _QUOTED_URL.search(line) if is_told else None
    return url[1] if url else ""
