"""Whether a URL is a login page, to which a script cannot follow a redirect."""

from typing import Final
from urllib.parse import urlsplit

_PATHS: Final = ("login", "signin", "sign-in", "sign_in", "oauth", "authorize", "sso", "saml")
_HOSTS: Final = (
    "login", "signin", "accounts", "auth", "sso", "idp", "okta", "keycloak", "cloudflareaccess", "b2clogin",
)  # fmt: skip


_PAGES: Final = ("/authorize", "/oauth2/auth", "/openid-connect/auth", "/saml2/", "/adfs/ls")


def is_login_page(url: str) -> bool:
    """Whether `url` is where only a person logs in: an endpoint of OAuth or SAML to which browsers navigate.

    >>> is_login_page("https://login.example/oauth2/authorize"), is_login_page("https://a.example/oauth/token")
    (True, False)
    """
    return any(page in urlsplit(url).path.lower() for page in _PAGES)


def is_login(url: str) -> bool:
    """Whether `url` is a login page, judged by its host or path.

    >>> is_login("https://login.example/"), is_login("https://a.example/oauth2/authorize"), is_login("https://a.example/x")
    (True, True, False)
    """
    parts = urlsplit(url)
    labels = (parts.hostname or "").split(".")
    named = any(label.startswith(_HOSTS) for label in labels[:-1])
    return named or any(word in parts.path.lower() for word in _PATHS)
