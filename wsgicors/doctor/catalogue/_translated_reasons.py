"""The words by which the reasons in Firefox's translated sentences about CORS differ."""

from typing import Final

TRANSLATED_DISABLED: Final = (
    "deaktiviert", "désactivé", "desactivado", "desativado", "отключён", "未启用", "已停用", "無効", "wyłączone",
    "disattivato", "вимкнено", "dezactivat", "비활성화", "изключен", "deaktiveret", "kikapcsolva", "απενεργοποιήθηκε",
    "vypnutý", "devre d", "dinonaktifkan", "vô hiệu hóa", "inaktiverad", "uitgeschakeld", "avslått",
)  # fmt: skip
"""Firefox's "CORS disabled" in the languages of its users, by the distinguishing word: nothing else identifies it."""

TRANSLATED_REDIRECT: Final = (
    "weiterleitung", "redirection", "redirección", "redirecionamento", "redirecționarea", "redirect", "перенаправлен",
    "重定向", "重導", "リダイレクト", "przekierowani", "리다이렉트", "пренасочване", "átirányítás", "ανακατεύθυνση",
    "presmerovanie", "přesměrování", "yönlendirme", "pengalihan", "chuyển hướng", "omdirigering", "omleiding",
)  # fmt: skip
"""The same of "external redirect not allowed"."""

TRANSLATED_MISSING: Final = (
    "fehlt", "manquant", "falta", "отсутств", "缺少", "足りない", "brakując", "mancante",
)  # fmt: skip
"""The same of "CORS header missing", which old versions report without a status."""

TRANSLATED_MULTIPLE: Final = (
    "nur ein", "plusieurs", "múltiples", "múltiplos", "vários", "несколько", "多个", "多個", "複数", "powtórzenie",
    "multipli", "численні", "multiplu", "여러", "множество", "multiple", "több", "πολλαπλ", "viacer", "vícenásobn",
    "birden fazla", "multipel", "nhiều", "fler", "meerdere",
)  # fmt: skip
"""The same of "Multiple CORS header not allowed"."""
