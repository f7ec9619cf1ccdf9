"""The tables in which systems keep their way out."""

import sys

import pytest

from app.diagnostics.checks.route import (
    Route,
    RouteCheck,
    judge,
    of_ip_route,
    of_netstat,
    of_proc,
    of_proc6,
    of_route_print,
)
from app.domain.finding import Level

_PROC = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth1\t00000000\t0200000A\t0002\t0\t0\t100\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""
_NONE = "0" * 32
_PROC6 = f"""{_NONE} 00 {_NONE} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0
{_NONE} 00 {_NONE} 00 {_NONE} ffffffff 00000001 00000000 00200200       lo
"""
_MACOS = """Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
127.0.0.1          127.0.0.1          UH                    lo0
"""
_WINDOWS = """Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik
          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.20     25
        127.0.0.0        255.0.0.0   Auf Verbindung         127.0.0.1    331
"""


@pytest.mark.skipif(sys.byteorder == "big", reason="the example is from a little-endian machine")
def test_linux_keeps_addresses_in_its_own_byte_order_and_routes_that_are_down() -> None:
    assert of_proc(_PROC) == [Route("eth0", "10.0.0.1"), Route("tun0", "")]


def test_linux_says_there_is_no_way_out_by_a_route_on_the_loopback() -> None:
    assert of_proc6(_PROC6) == [Route("eth0", "fd00::1")]


def test_the_tools_of_the_systems_are_understood() -> None:
    assert of_ip_route("default via 10.0.0.1 dev eth0 proto dhcp\n") == [Route("eth0", "10.0.0.1")]
    assert of_ip_route("default dev wg0 scope link\n") == [Route("wg0", "")]
    assert of_netstat(_MACOS) == [Route("en0", "192.168.1.1")]
    assert of_route_print(_WINDOWS) == [Route("192.168.1.20", "192.168.1.1")]


def test_no_way_out_is_a_problem() -> None:
    assert judge([]).level is Level.PROBLEM
    assert judge([Route("eth0", "10.0.0.1")]).level is Level.OK


def test_this_machine_is_asked_for_real() -> None:
    assert RouteCheck().run().level in (Level.OK, Level.PROBLEM)
