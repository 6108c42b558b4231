"""The CORS check of any response, a preflight's included (https://fetch.spec.whatwg.org/#concept-cors-check)."""

from wsgicors.browser._conclusion import Check, Failure
from wsgicors.browser._messages import Response
from wsgicors.browser._state import State
from wsgicors.browser._text import found, quote
from wsgicors.browser._urls import SERIALIZED_ORIGIN


def cors_check(state: State, response: Response) -> bool:
    """Whether `response` passes the CORS check. `state` records the reason if it does not."""
    include = state.request.credentials == "include"
    allow = response.get("Access-Control-Allow-Origin")
    fact = found("Access-Control-Allow-Origin", allow)
    if allow == "*" and not include:
        state.passed(Check.ALLOW_ORIGIN, f"{fact}, and no credentials are included")
        return True
    if allow == state.origin:
        state.passed(Check.ALLOW_ORIGIN, f"{fact}, the origin that was sent")
        return not include or _allows_credentials(state, response)
    if allow is None:
        failure, detail = Failure.ALLOW_ORIGIN_MISSING, fact
    elif allow == "*":
        failure, detail = Failure.ALLOW_ORIGIN_WILDCARD, f"{fact}, and credentials are included"
    elif "," in allow or len(allow.split()) > 1:
        failure, detail = Failure.ALLOW_ORIGIN_MULTIPLE, f"{fact}, more than one value"
    elif allow != "null" and not SERIALIZED_ORIGIN.fullmatch(allow):
        failure, detail = Failure.ALLOW_ORIGIN_INVALID, f"{fact}, which is not an origin"
    else:
        failure, detail = Failure.ALLOW_ORIGIN_MISMATCH, f"{fact}, and {quote(state.origin)} was sent"
    state.failed(Check.ALLOW_ORIGIN, failure, detail)
    return False


def _allows_credentials(state: State, response: Response) -> bool:
    allow = response.get("Access-Control-Allow-Credentials")
    fact = found("Access-Control-Allow-Credentials", allow)
    if allow == "true":  # and not "True"
        state.passed(Check.ALLOW_CREDENTIALS, fact)
        return True
    detail = f"{fact}, not 'true', and credentials are included"
    state.failed(Check.ALLOW_CREDENTIALS, Failure.ALLOW_CREDENTIALS_NOT_TRUE, detail)
    return False
