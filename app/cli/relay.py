"""`bistand relay --service URL`: one more relay for a service, on this machine. It asks the service for its orders."""

import argparse
import ipaddress
import signal
import sys
import time
from typing import TYPE_CHECKING

from app.cli.common import add_json, show
from app.cli.serve import port
from app.cli.wakeups import Wakeups, wakeups
from app.domain.errors import BistandError, UsageError
from app.wiring import RelayOptions, hold_relay

if TYPE_CHECKING:
    from app.flows.hold_relay import HeldRelay, RelayHealth, RelayInfo

_HEALTH_SECONDS = 60.0
_FIRST_SECONDS = 5.0

_STOPS = (signal.SIGINT, signal.SIGTERM)
_ASKS: tuple[int, ...] = ()
if sys.platform != "win32":
    _ASKS = (signal.SIGUSR1,)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which service, and where customers and technicians come in."""
    parser.add_argument("--service", metavar="URL", required=True, help="the service's address")
    parser.add_argument("--code", metavar="CODE", help="the one-time code from `bistand admin relay add NAME`")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--relay-host", metavar="NAME", help="the name by which parties reach this machine")
    for side, number in (("customers", 7022), ("technicians", 7023)):
        text = f"where {side} come in (default {number}; 0 picks a free one)"
        parser.add_argument(f"--{side}-port", metavar="P", type=port, default=number, help=text)
    parser.add_argument("--ephemeral", action="store_true", help="keep the token in memory: it is gone afterwards")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C, with a line on its health each minute and whenever SIGUSR1 comes."""
    _check_reachable(options)
    faults: list[BistandError] = []
    with wakeups(*_STOPS, *_ASKS) as woken:

        def fail(error: BistandError) -> None:
            faults.append(error)
            woken.nudge()

        with hold_relay(_wanted(options), fail) as (info, held):
            _show_ready(options, info, held.wait_until_heard(_FIRST_SECONDS))
            _stay(options, held, woken, faults)
    return 0


def _wanted(options: argparse.Namespace) -> RelayOptions:
    return RelayOptions(
        service=options.service,
        code=options.code,
        host=options.host,
        relay_host=options.relay_host,
        customers_port=options.customers_port,
        technicians_port=options.technicians_port,
        ephemeral=options.ephemeral,
    )


def _check_reachable(options: argparse.Namespace) -> None:
    try:
        everywhere = ipaddress.ip_address(options.host).is_unspecified
    except ValueError:
        everywhere = False
    if everywhere and not options.relay_host:
        raise UsageError(f"{options.host} is every address of this machine: name it with --relay-host NAME as well.")


def _stay(options: argparse.Namespace, held: "HeldRelay", woken: Wakeups, faults: list[BistandError]) -> None:
    """Until it is stopped. Raises what keeps it from going on."""
    due = time.monotonic() + _HEALTH_SECONDS
    while True:
        came = woken.wait(due - time.monotonic())
        if faults:
            raise faults[0]
        if any(number in _STOPS for number in came):
            return
        if any(number in _ASKS for number in came):
            _show_health(options, held.health)
        if time.monotonic() >= due:
            due += _HEALTH_SECONDS
            _show_health(options, held.health)


def _show_ready(options: argparse.Namespace, info: "RelayInfo", heard: bool) -> None:
    facts = {
        "event": "ready",
        "host": info.host,
        "customers_port": info.customers_port,
        "technicians_port": info.technicians_port,
        "service": options.service,
        "service_heard": heard,
    }
    text = (
        f"Relay at {info.host}: customers come in at port {info.customers_port}, technicians at port "
        f"{info.technicians_port}, for {options.service}{'' if heard else ', which is out of reach just now'}"
    )
    show(options, facts, text)


def _show_health(options: argparse.Namespace, health: "RelayHealth") -> None:
    load = health.load
    text = (
        f"{'well' if health.heard else 'the service is out of reach'}: {load.sessions} sessions ({load.waiting} wait), "
        f"{load.customers} customers and {load.technicians} technicians connected, {load.keys} keys; since "
        f"{load.since:%Y-%m-%d %H:%M} UTC {load.admissions} let in, {load.refusals} refused, {load.expulsions} put out"
    )
    show(options, {"event": "health", "service_heard": health.heard, **load.model_dump(mode="json")}, text)
