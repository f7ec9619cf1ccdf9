"""All checks in their stable order. Their names are part of the commands and of every report."""

from app.diagnostics.check import Check
from app.diagnostics.checks.busiest import BusiestCheck
from app.diagnostics.checks.disks import DisksCheck
from app.diagnostics.checks.dns import DnsCheck
from app.diagnostics.checks.interfaces import InterfacesCheck
from app.diagnostics.checks.memory import MemoryCheck
from app.diagnostics.checks.processor import ProcessorCheck
from app.diagnostics.checks.provider import ProviderCheck
from app.diagnostics.checks.route import RouteCheck
from app.diagnostics.checks.system import SystemCheck
from app.diagnostics.checks.uptime import UptimeCheck


def all_checks(provider_url: str | None) -> tuple[Check, ...]:
    """Every check there is for this computer. Without a provider's URL nobody's reachability is checked."""
    network: tuple[Check, ...] = (DnsCheck(provider_url),)
    if provider_url is not None:
        network = (*network, ProviderCheck(provider_url))
    *local, busiest = local_checks()
    return (*local, *network, busiest)


def local_checks() -> tuple[Check, ...]:
    """The checks that send nothing over the network."""
    return (
        SystemCheck(),
        UptimeCheck(),
        ProcessorCheck(),
        MemoryCheck(),
        DisksCheck(),
        InterfacesCheck(),
        RouteCheck(),
        BusiestCheck(),
    )
