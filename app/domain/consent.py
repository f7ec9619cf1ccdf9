"""What a customer agreed to, in the words of the gate: capability, scope, expiry."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.domain.records import Record, ShortText, Utc
from app.domain.relay import Port


class Capability(StrEnum):
    """What a technician can be let in to do. Everything is denied until granted.

    Clipboard and screen are named so that everybody means the same by them; no grant for them exists yet, and nothing
    answers to them.
    """

    TERMINAL = "terminal"
    FILES = "files"
    PORTS = "ports"
    COLLEAGUE = "colleague"
    CLIPBOARD = "clipboard"
    SCREEN_VIEW = "screen view"
    SCREEN_CONTROL = "screen control"


def is_never_reached(address: str) -> bool:
    """Whether nobody is ever let through to this address, whatever was granted.

    Link-local addresses are where clouds keep the secrets of a machine (169.254.169.254, fe80::/10); the others name
    no machine, or every one. An address that hides another (IPv4 in IPv6, NAT64, 6to4) counts as the hidden one.
    Raises `ValueError` for what is no address.
    """
    plain = ipaddress.ip_address(address)
    hidden = _hidden(plain) if isinstance(plain, ipaddress.IPv6Address) else None
    if hidden is not None:
        return is_never_reached(str(hidden))
    if plain.is_loopback:
        return False
    return (
        plain in _CLOUD_SECRETS
        or plain.is_link_local
        or plain.is_multicast
        or plain.is_unspecified
        or plain.is_reserved
    )


def _hidden(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_CLOUD_SECRETS = frozenset(
    map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)


def _reachable(address: str) -> str:
    if "%" in address or is_never_reached(address):
        raise ValueError("nobody is let through to this address")
    return str(ipaddress.ip_address(address))


HostName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._:%-]+$")]
Folder = Annotated[str, Field(min_length=1, max_length=4096)]


class TerminalGrant(Record):
    """A shell as the customer's own user: it can read and change any file that the customer can."""

    capability: Literal[Capability.TERMINAL] = Capability.TERMINAL
    until: Utc


class FilesGrant(Record):
    """One folder and what is below it. `folder` is an absolute path on the customer's machine."""

    capability: Literal[Capability.FILES] = Capability.FILES
    folder: Folder
    write: bool = True
    until: Utc


class PortGrant(Record):
    """One port of one machine, as the customer's machine reaches it: a router's page, a desktop (RDP, VNC).

    `address` is what the name meant when it was granted, and the only place that is ever connected to: a name that
    means another machine later grants nothing there.
    """

    capability: Literal[Capability.PORTS] = Capability.PORTS
    host: HostName
    port: Port
    address: Annotated[str, AfterValidator(_reachable)]
    until: Utc

    def is_for(self, host: str, port: int) -> bool:
        """Whether a request for this host and port is meant."""
        return port == self.port and host.lower() in (self.host.lower(), self.address)


class ColleagueGrant(Record):
    """A second technician in the running session: watching what the terminal shows, or typing too."""

    capability: Literal[Capability.COLLEAGUE] = Capability.COLLEAGUE
    name: ShortText
    may_type: bool = False
    until: Utc


Grant = Annotated[TerminalGrant | FilesGrant | PortGrant | ColleagueGrant, Field(discriminator="capability")]


class TerminalWish(Record):
    """A technician would like a terminal."""

    capability: Literal[Capability.TERMINAL] = Capability.TERMINAL


class FilesWish(Record):
    """A technician would like to read a folder, or to write in it too."""

    capability: Literal[Capability.FILES] = Capability.FILES
    folder: Folder
    write: bool = False


class PortWish(Record):
    """A technician would like to reach one port of one machine."""

    capability: Literal[Capability.PORTS] = Capability.PORTS
    host: HostName
    port: Port


class ColleagueWish(Record):
    """A technician would like a colleague to look on, or to help."""

    capability: Literal[Capability.COLLEAGUE] = Capability.COLLEAGUE
    name: ShortText
    may_type: bool = False


Wish = Annotated[TerminalWish | FilesWish | PortWish | ColleagueWish, Field(discriminator="capability")]
"""What a technician can ask for while the session runs. Nothing is granted by asking."""


class Grants(Record):
    """All that holds at one moment. The gate answers every request from one such snapshot."""

    grants: tuple[Grant, ...] = ()

    def live(self, now: datetime) -> "Grants":
        """Those that have not run out at `now` (UTC)."""
        return Grants(grants=tuple(grant for grant in self.grants if grant.until > now))

    def allows_terminal(self, now: datetime) -> bool:
        """Whether a shell or a command may be started at `now`."""
        return any(isinstance(grant, TerminalGrant) for grant in self.live(now).grants)

    def folders(self, now: datetime) -> tuple[FilesGrant, ...]:
        """The folders that may be touched at `now`."""
        return tuple(grant for grant in self.live(now).grants if isinstance(grant, FilesGrant))

    def port(self, host: str, port: int, now: datetime) -> PortGrant | None:
        """The grant by which this port may be reached at `now`, or None."""
        ports = (grant for grant in self.live(now).grants if isinstance(grant, PortGrant))
        return next((grant for grant in ports if grant.is_for(host, port)), None)

    def allows_colleague(self, name: str, now: datetime, *, typing: bool) -> bool:
        """Whether this colleague may look on at `now`, or type too."""
        colleagues = (grant for grant in self.live(now).grants if isinstance(grant, ColleagueGrant))
        return any(grant.name == name and (grant.may_type or not typing) for grant in colleagues)

    def last_until(self) -> datetime | None:
        """When the last of them runs out, or None where nothing was granted."""
        return max((grant.until for grant in self.grants), default=None)


class Consent(Record):
    """One agreement, given by the customer, as it stands in the case."""

    at: Utc
    shares_diagnostics: bool
    grants: Grants = Grants()
    price: str = ""
    withdrawn_at: Utc | None = None


def standing(consents: Iterable[Consent]) -> Consent | None:
    """The newest consent that was not withdrawn."""
    return next((consent for consent in reversed(tuple(consents)) if consent.withdrawn_at is None), None)
