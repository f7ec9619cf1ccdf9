"""The computer's connections to a network, and their addresses."""

import ipaddress
import socket
from dataclasses import dataclass

import psutil

from app.diagnostics.check import Outcome
from app.domain.finding import Evidence, Level
from app.system.translations import _

_MADE_BY_PROGRAMS = ("docker", "veth", "br-", "virbr", "cni", "flannel", "vEthernet", "VirtualBox", "VMware")
"""Connections that virtual machines and containers make; being up, they say nothing of the network outside."""


@dataclass(frozen=True, slots=True)
class Interface:
    """One connection: whether it is up, its IP addresses, its hardware address, its speed in Mbit/s or 0."""

    name: str
    up: bool
    addresses: tuple[str, ...]
    hardware: str = ""
    speed: int = 0

    @property
    def connected(self) -> bool:
        """Whether it is up and the network gave it an address."""
        return self.up and any(not _ip(address).is_link_local for address in self.addresses)


class InterfacesCheck:
    """Whether cable or Wi-Fi gave this computer a place in a network."""

    name = "interfaces"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Network connection")

    def run(self) -> Outcome:
        """A problem where there is no connection, or none that was given an address."""
        return judge(_interfaces())


def judge(interfaces: list[Interface]) -> Outcome:
    """The outcome for the connections that were found."""
    if any(interface.connected for interface in interfaces):
        level, sentence = Level.OK, _("This computer is connected to a network.")
    elif any(interface.up for interface in interfaces):
        level = Level.PROBLEM
        sentence = _("This computer is plugged in to a network, but the network does not answer it.")
    else:
        level, sentence = Level.PROBLEM, _("This computer is not connected to any network.")
    evidence = tuple(fact for interface in interfaces for fact in _facts(interface))
    return Outcome(level=level, sentence=sentence, evidence=evidence)


def _facts(interface: Interface) -> list[Evidence]:
    facts = [Evidence(name=f"{interface.name} up", value=interface.up)]
    facts += [Evidence(name=f"{interface.name} address", value=address) for address in interface.addresses]
    if interface.hardware:
        facts.append(Evidence(name=f"{interface.name} hardware address", value=interface.hardware))
    if interface.speed > 0:
        facts.append(Evidence(name=f"{interface.name} speed", value=interface.speed, unit="Mbit/s"))
    return facts


def _interfaces() -> list[Interface]:
    addresses = psutil.net_if_addrs()
    found = []
    for name, state in sorted(psutil.net_if_stats().items()):
        of_this = addresses.get(name, [])
        ips = tuple(entry.address for entry in of_this if entry.family in (socket.AF_INET, socket.AF_INET6))
        if name.startswith(_MADE_BY_PROGRAMS) or (ips and all(_ip(address).is_loopback for address in ips)):
            continue
        hardware = next((entry.address for entry in of_this if entry.family == psutil.AF_LINK), "")
        speed = state.speed if state.speed < 1_000_000 else 0  # some drivers say "unknown" with a huge number
        found.append(Interface(name[:100], state.isup, ips, hardware, speed))
    return found


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address.partition("%")[0])
