"""Public suffixes: under which names others can register subdomains."""

from importlib import metadata

import publicsuffixlist
import pytest

from wsgicors._suffixes import is_public_suffix, list_version, open_suffix, registrable_domain


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("com", True),
        ("co.uk", True),
        ("github.io", True),
        ("xn--p1ai", True),
        ("kawasaki.jp", True),
        ("anything.kawasaki.jp", True),
        ("city.kawasaki.jp", False),
        ("example.com", False),
        ("a.github.io", False),
        ("internal", True),
        ("localhost", True),
        ("example", True),
    ],
)
def test_a_public_suffix(host: str, expected: bool) -> None:
    assert is_public_suffix(host) is expected


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("co.uk", "co.uk"),
        ("co.uk.", "co.uk"),
        ("com", "com"),
        ("", ""),
        ("example.co.uk", ""),
        ("vercel.app", "vercel.app"),
        ("localhost", ""),
        ("app.localhost", ""),
        ("xn--p1ai", "xn--p1ai"),
    ],
)
def test_others_can_register_names_below(host: str, suffix: str) -> None:
    assert open_suffix(host) == suffix


@pytest.mark.parametrize(
    ("host", "domain"),
    [("a.b.example.co.uk", "example.co.uk"), ("co.uk", ""), ("a.shop.xn--p1ai", "shop.xn--p1ai")],
)
def test_the_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_the_version_of_the_list_is_that_of_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publicsuffixlist, "__version__", "another", raising=False)
    assert list_version() == metadata.version("publicsuffixlist")


@pytest.mark.parametrize("versions", [{"__version__": "1.0.2"}, {}])
def test_a_frozen_app_says_the_version_of_the_list_as_far_as_it_is_known(
    versions: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.delattr(publicsuffixlist, "__version__", raising=False)
    for name, value in versions.items():
        monkeypatch.setattr(publicsuffixlist, name, value, raising=False)
    assert list_version() == versions.get("__version__", "(its version is not known)")
