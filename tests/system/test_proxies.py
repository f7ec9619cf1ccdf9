"""Which proxy the settings name, for whom, and that what is secret in them stays secret."""

import logging

import pytest

from app.system.errors import ProxySettingError
from app.system.proxies import Proxy, parse_proxy, proxy_for

RELAY = ("relay.example.com", 7022)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all", "socks", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_PROXY".upper(), raising=False)


def test_without_settings_one_goes_straight() -> None:
    assert proxy_for(*RELAY) is None


@pytest.mark.parametrize(
    ("name", "setting", "proxy"),
    [
        ("HTTPS_PROXY", "http://proxy:3128", Proxy("http", "proxy", 3128)),
        ("https_proxy", "proxy:3128", Proxy("http", "proxy", 3128)),
        ("ALL_PROXY", "socks5://proxy", Proxy("socks5", "proxy", 1080)),
        ("ALL_PROXY", "socks5h://proxy:9050", Proxy("socks5h", "proxy", 9050)),
        ("HTTPS_PROXY", "HTTP://anna:p%40ss%3Aw@proxy", Proxy("http", "proxy", 8080, "anna", "p@ss:w")),
        ("ALL_PROXY", "socks://[2001:db8::1]:1", Proxy("socks5h", "2001:db8::1", 1)),
        ("socks_proxy", "http://proxy:1", Proxy("socks5h", "proxy", 1)),
        ("HTTP_PROXY", "http://proxy:3128", None),
    ],
)
def test_the_settings_name_it(monkeypatch: pytest.MonkeyPatch, name: str, setting: str, proxy: Proxy | None) -> None:
    monkeypatch.setenv(name, setting)
    assert proxy_for(*RELAY) == proxy


def test_the_one_for_https_comes_before_the_one_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://all")
    monkeypatch.setenv("HTTPS_PROXY", "http://https")
    found = proxy_for(*RELAY)
    assert found is not None
    assert found.host == "https"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy")
    assert proxy_for(host, 7022) is None


@pytest.mark.parametrize(
    "exception", ["*", "example.com", ".example.com", "relay.example.com", "x,relay.example.com:7022"]
)
def test_no_proxy_names_exceptions(monkeypatch: pytest.MonkeyPatch, exception: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy")
    monkeypatch.setenv("NO_PROXY", exception)
    assert proxy_for(*RELAY) is None
    if exception != "*":
        assert proxy_for("elsewhere.example.org", 7022) is not None


@pytest.mark.parametrize(
    "setting",
    ["ftp://anna:secret@proxy", "http://anna:secret@", "http://anna:secret@proxy:port", "http://anna:secret@[proxy"],
)
def test_what_cannot_be_used_is_told_without_its_password(setting: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ProxySettingError, match="Set HTTPS_PROXY") as refused:
        parse_proxy(setting)
    told = f"{refused.value!r} {refused.value.__cause__} {caplog.text}"
    assert "secret" not in told
    assert "anna" not in told


def test_it_is_printed_without_user_and_password() -> None:
    proxy = parse_proxy("http://anna:secret@proxy:3128")
    assert (proxy.user, proxy.password) == ("anna", "secret")
    assert f"{proxy} {proxy!r}" == "proxy:3128 Proxy(kind='http', host='proxy', port=3128)"
