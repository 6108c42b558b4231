"""The law of same-origin requests."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.strategies import hosts, law, origins
from wsgicors._same_origin import is_same_origin


def naively_same_origin(origin: str, host: str, site: str | None) -> bool:
    if site not in {None, ""}:
        return site in {"same-origin", "none"}
    if "://" not in origin:
        return False
    default = {"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}.get(origin.split("://", 1)[0])
    names = {host.lower()}
    if default and host.endswith(f":{default}"):
        names.add(host.lower()[: -len(default) - 1])
    return origin.split("://", 1)[1] in names - {""}


@law
@given(
    origins,
    hosts,
    st.sampled_from(["", ":80", ":443", ":3000", ":8443"]),
    st.sampled_from([None, None, None, "", "same-origin", "none", "same-site", "cross-site", "Same-Origin"]),
    st.booleans(),
)
def test_same_origin_agrees_with_the_reference(origin: str, host: str, port: str, site: str | None, own: bool) -> None:
    asked = (re.sub(r":\d+$", "", origin.partition("://")[2]) if own else host.upper()) + port
    assert is_same_origin(origin, asked, site) == naively_same_origin(origin, asked, site)
    assert not is_same_origin("null", asked, None)
