"""Whether a URL is a login page, to which a script cannot follow a redirect."""

import re
from typing import Final
from urllib.parse import urlsplit

_HOST: Final = re.compile(
    r"(?:login|signin|sso|idp|okta|keycloak|cloudflareaccess|b2clogin|accounts|auth\d?)(?![a-z])|authelia|authentik"
)
"""The beginning of a host's label: not that of authors.example."""

_PATH: Final = re.compile(
    r"(?<![a-z])(?:login|(?:oauth\d?|saml\d?|sign[-_]?in|sso)(?![a-z])|authorize(?![a-z._~-]))", re.IGNORECASE
)
"""A word of a path: not within lessons, designing or authorized-devices."""

_PAGE: Final = re.compile(r"/(?:authorize|oauth2/auth|openid-connect/auth|saml2(?=/)|adfs/ls)(?=/|\Z)", re.IGNORECASE)


def is_login_page(url: str) -> bool:
    """Whether `url` is where only a person logs in: an endpoint of OAuth or SAML to which browsers navigate.

    >>> is_login_page("https://login.example/oauth2/authorize"), is_login_page("https://a.example/oauth/token")
    (True, False)
    """
    return bool(_PAGE.search(urlsplit(url).path))


def is_login(url: str) -> bool:
    """Whether `url` is a login page, judged by its host or path.

    >>> is_login("https://login.example/"), is_login("https://a.example/oauth2/authorize"), is_login("https://a.example/x")
    (True, True, False)
    >>> is_login("https://authors.example/lessons"), is_login("https://a.example/authorized-devices")
    (False, False)
    """
    parts = urlsplit(url)
    labels = (parts.hostname or "").split(".")
    return any(_HOST.match(label) for label in labels[:-1]) or bool(_PATH.search(parts.path))
