"""Fuzz the doctor's evidence: archives of the network panel, and texts of a browser's console."""

from typing import Final

from tests.doctor.schemas import faults
from wsgicors.doctor.evidence._har import read_har
from wsgicors.doctor.evidence._har_entries import HarError
from wsgicors.doctor.why import SCHEMA, why

HAR_TOKENS: Final = (
    '"log"', '"entries"', '"request"', '"response"', '"url"', '"method"', '"headers"', '"name"', '"value"',
    '"status"', '"_error"', '"startedDateTime"', '"creator"', '"pages"', "null", "true", "1e400", "[", "]", "{", "}",
    ":", ",", '"Origin"', '"Access-Control-Allow-Origin"', '"Location"', '"OPTIONS"', '"null"', '"*"', "https://",
    r"\u0000", r"\ud800",
)  # fmt: skip


def har(data: bytes) -> None:
    """Read bytes as an archive: it is accepted or raises `HarError`, and its diagnosis matches the schema."""
    try:
        capture = read_har(data)
    except HarError as error:
        assert str(error).isprintable()
        return
    assert repr(capture)
    assert faults(why("", data).to_json(), dict(SCHEMA)) == []


CONSOLE_TOKENS: Final = (
    "has been blocked by CORS policy: ", "Access to fetch at '", "' from origin '", "Cross-Origin Request Blocked: ",
    "(Reason: CORS ", "Status code: ", "Response to preflight request doesn't pass", "Access-Control-Allow-Origin",
    "Access-Control-Allow-Headers", "Redirect is not allowed", "net::ERR_FAILED", "preflight", "credentials",
    "'include'", "https://", "http://[::1]:80", "\n", "\x1b[31m", "'", '"', "null", "HTTP/1.1 200 OK", "curl ", "-H ",
    "XMLHttpRequest",
)  # fmt: skip


def console(data: bytes) -> None:
    """Read bytes as the text of a console: nothing raises, and the diagnosis matches the schema."""
    text = data.decode("utf-8", "surrogateescape")
    assert faults(why(text).to_json(), dict(SCHEMA)) == []
