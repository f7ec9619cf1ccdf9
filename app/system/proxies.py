"""Which proxy stands between this machine and another, as the system's settings and the environment tell.

The settings are those that `urllib` knows on each system: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` everywhere, and on
Windows and macOS, where none of these is set, what the person set for the whole system.
"""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from app.system.errors import ProxySettingError

_IN_TURN = ("https", "all", "socks")  # a proxy for plain HTTP need not let anything else through
_USUAL_PORTS = {"http": 8080, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `kind` is `http` (it is asked to CONNECT), `socks5` (we look names up) or `socks5h` (it does).

    It is printed without user and password.
    """

    kind: str
    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def proxy_for(host: str, port: int) -> Proxy | None:
    """The proxy on the way to this host, or None where one goes straight. Never one to this machine itself.

    Raises `ProxySettingError` where one is set that cannot be used.
    """
    if _is_this_machine(host):
        return None
    proxies = getproxies()
    kind = next((kind for kind in _IN_TURN if proxies.get(kind)), None)
    if kind is None or proxy_bypass(f"[{host}]:{port}" if ":" in host else f"{host}:{port}"):
        return None
    setting = proxies[kind]
    if kind == "socks":  # macOS's settings are told as http://, whatever they are
        setting = f"socks5h://{setting.rpartition('://')[2]}"
    return parse_proxy(setting)


def parse_proxy(setting: str) -> Proxy:
    """A proxy as settings spell it: `http://user:password@host:3128`, `socks5h://host`, `host:3128`.

    Raises `ProxySettingError`, which holds nothing of user and password.
    """
    try:
        parts = urlsplit(setting if "://" in setting else f"http://{setting}")
        kind, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        raise ProxySettingError("it is no address") from None
    kind = "socks5h" if kind == "socks" else kind
    if kind not in _USUAL_PORTS:
        raise ProxySettingError(f"{kind}:// is no kind of proxy that can be used here")
    if not host:
        raise ProxySettingError("it names no host")
    return Proxy(
        kind=kind,
        host=host,
        port=port or _USUAL_PORTS[kind],
        user=unquote(parts.username) if parts.username is not None else None,
        password=unquote(parts.password or "") if parts.username is not None else None,
    )


def _is_this_machine(host: str) -> bool:
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
