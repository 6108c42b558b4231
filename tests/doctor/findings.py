"""What `wsgicors.doctor.why` finds in a text with one problem."""

from wsgicors.doctor import why
from wsgicors.doctor.evidence._pasted import read_pasted
from wsgicors.doctor.evidence._pasted_exchange import PastedExchange
from wsgicors.doctor.why import Finding


def only(text: str = "", har: str | None = None) -> Finding:
    [finding] = why(text, har).findings
    return finding


def named(text: str) -> list[str]:
    return [suspect.cause.id for suspect in only(text).suspects]


def exchanges(text: str) -> list[PastedExchange]:
    return [*read_pasted(text).exchanges]
