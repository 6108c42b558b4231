import pytest

from wsgicors.doctor.evidence._network import (
    Space,
    is_secure,
    registrable_domain,
    relation,
    space_of_address,
    space_of_host,
)


@pytest.mark.parametrize(
    ("address", "space"),
    [
        ("127.0.0.1", Space.LOOPBACK),
        ("127.255.0.9", Space.LOOPBACK),
        ("0.0.0.0", Space.LOOPBACK),
        ("::1", Space.LOOPBACK),
        ("::ffff:127.0.0.1", Space.LOOPBACK),
        ("10.1.2.3", Space.LOCAL),
        ("172.31.0.1", Space.LOCAL),
        ("192.168.0.1", Space.LOCAL),
        ("169.254.1.1", Space.LOCAL),
        ("100.64.0.1", Space.LOCAL),
        ("fe80::1%eth0", Space.LOCAL),
        ("fd00::1", Space.LOCAL),
        ("172.32.0.1", Space.PUBLIC),
        ("203.0.113.1", Space.PUBLIC),
        ("2606:4700::1", Space.PUBLIC),
    ],
)
def test_the_space_of_an_address(address, space):
    assert space_of_address(address) is space


@pytest.mark.parametrize(
    ("host", "space"),
    [
        ("localhost", Space.LOOPBACK),
        ("app.localhost", Space.LOOPBACK),
        ("::1", Space.LOOPBACK),
        ("192.168.0.1", Space.LOCAL),
        ("nas.local", Space.LOCAL),
        ("www.example.com", Space.PUBLIC),
    ],
)
def test_the_space_of_a_host(host, space):
    assert space_of_host(host) is space


@pytest.mark.parametrize("inner", Space)
@pytest.mark.parametrize("outer", Space)
def test_only_a_narrower_space_needs_leave(inner, outer):
    order = [Space.PUBLIC, Space.LOCAL, Space.LOOPBACK]
    assert inner.is_within(outer) == (order.index(inner) > order.index(outer))


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("https://a.example", True),
        ("http://localhost:3000", True),
        ("http://127.0.0.1/x", True),
        ("http://[::1]:8000", True),
        ("http://a.example", False),
        ("http://192.168.0.1", False),
        ("null", False),
    ],
)
def test_what_is_secure(url, secure):
    assert is_secure(url) is secure


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.com", "example.com"),
        ("example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("me.github.io", "me.github.io"),
        ("x.me.github.io", "me.github.io"),
        ("com", "com"),
        ("a.b.internal", "b.internal"),
        ("localhost", "localhost"),
        ("10.0.0.1", "10.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_the_registrable_domain(host, domain):
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("origin", "url", "site"),
    [
        ("https://a.example.com", "https://a.example.com:443/x", "same-origin"),
        ("https://a.example.com", "https://a.example.com:8443/x", "same-site"),
        ("https://a.example.com", "https://b.example.com/", "same-site"),
        ("http://a.example.com", "https://b.example.com/", "cross-site"),
        ("https://me.github.io", "https://you.github.io/", "cross-site"),
        ("https://a.example", "https://b.test/", "cross-site"),
        ("null", "https://b.test/", "cross-site"),
        ("null", "no url", "cross-site"),
    ],
)
def test_what_a_page_is_to_a_server(origin, url, site):
    assert relation(origin, url) == site
