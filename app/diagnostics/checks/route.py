"""The way out of the local network, as the system's own tables have it."""

import ipaddress
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from app.diagnostics.check import Outcome
from app.diagnostics.tools import ask
from app.domain.finding import Evidence, Level
from app.system.translations import _

_TOOL_SECONDS = 3.0
_UP = 0x0001
"""The flag of a route that can be used (RTF_UP)."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way out: through which connection, and by which address where there is one."""

    interface: str
    gateway: str


class RouteCheck:
    """Whether the computer knows where to send what is meant for the world outside."""

    name = "route"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Way to the internet")

    def run(self) -> Outcome:
        """A problem where there is no way out."""
        return judge(_routes())


def judge(routes: list[Route]) -> Outcome:
    """The outcome for the ways out that were found."""
    if not routes:
        return Outcome(level=Level.PROBLEM, sentence=_("This computer has no way out to the internet."))
    evidence = []
    for route in routes:
        if route.gateway:
            evidence.append(Evidence(name="gateway", value=route.gateway))
        if route.interface:
            evidence.append(Evidence(name="by way of", value=route.interface))
    return Outcome(
        level=Level.OK, sentence=_("This computer knows a way out to the internet."), evidence=tuple(evidence)
    )


def _routes() -> list[Route]:
    if sys.platform == "win32":
        return of_route_print(ask(["route", "print", "-4"], limit_seconds=_TOOL_SECONDS))
    if sys.platform == "darwin":
        return of_netstat(ask(["netstat", "-rn"], limit_seconds=_TOOL_SECONDS))
    table, table6 = Path("/proc/net/route"), Path("/proc/net/ipv6_route")
    if not table.exists():
        return of_ip_route(ask(["ip", "route", "show", "default"], limit_seconds=_TOOL_SECONDS))
    return of_proc(table.read_text()) + (of_proc6(table6.read_text()) if table6.exists() else [])


def of_proc(table: str) -> list[Route]:
    """The ways out in /proc/net/route, where addresses are hexadecimal in the machine's byte order."""
    routes = []
    for fields in (line.split() for line in table.splitlines()[1:]):
        if len(fields) >= 8 and fields[1] == fields[7] == "00000000" and int(fields[3], 16) & _UP:
            packed = int(fields[2], 16).to_bytes(4, sys.byteorder)
            routes.append(Route(fields[0], "" if packed == bytes(4) else str(ipaddress.IPv4Address(packed))))
    return routes


def of_proc6(table: str) -> list[Route]:
    """The ways out in /proc/net/ipv6_route. One on the loopback interface is the kernel's "there is none"."""
    routes = []
    for fields in (line.split() for line in table.splitlines()):
        if len(fields) >= 10 and fields[0] == "0" * 32 and fields[1] == "00" and fields[9] != "lo":
            gateway = ipaddress.IPv6Address(bytes.fromhex(fields[4]))
            routes.append(Route(fields[9], "" if gateway.is_unspecified else str(gateway)))
    return routes


def of_ip_route(told: str) -> list[Route]:
    """The ways out as Linux's `ip route show default` tells them."""
    found = re.finditer(r"^default(?: via (?P<gateway>\S+))?.*? dev (?P<interface>\S+)", told, re.MULTILINE)
    return [Route(match["interface"], match["gateway"] or "") for match in found]


def of_netstat(told: str) -> list[Route]:
    """The ways out as macOS's `netstat -rn` tells them."""
    found = re.finditer(r"^default\s+(?P<gateway>\S+)\s+\S+\s+(?P<interface>\S+)", told, re.MULTILINE)
    return [Route(match["interface"], match["gateway"]) for match in found]


def of_route_print(told: str) -> list[Route]:
    """The ways out as Windows's `route print` tells them; the column titles are in the person's language."""
    found = re.finditer(r"^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(?P<gateway>\S+)\s+(?P<interface>\S+)", told, re.MULTILINE)
    return [Route(match["interface"], match["gateway"]) for match in found]
