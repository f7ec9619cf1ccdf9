"""How network connections are judged."""

from app.diagnostics.checks.interfaces import Interface, InterfacesCheck, judge
from app.domain.finding import Level


def test_a_connection_with_an_address_is_well() -> None:
    addresses = ("192.168.1.7", "fe80::1%eth0")
    outcome = judge([Interface("eth0", up=True, addresses=addresses, hardware="52:54:00:ab:cd:01", speed=1000)])
    assert outcome.level is Level.OK
    assert [(fact.name, fact.value, fact.unit) for fact in outcome.evidence] == [
        ("eth0 up", True, ""),
        ("eth0 address", "192.168.1.7", ""),
        ("eth0 address", "fe80::1%eth0", ""),
        ("eth0 hardware address", "52:54:00:ab:cd:01", ""),
        ("eth0 speed", 1000, "Mbit/s"),
    ]


def test_a_connection_that_gave_itself_an_address_was_not_answered() -> None:
    outcome = judge([Interface("eth0", up=True, addresses=("169.254.7.7", "fe80::1%eth0"))])
    assert outcome.level is Level.PROBLEM
    assert outcome.sentence.endswith("but the network does not answer it.")


def test_no_connection_that_is_up_is_a_problem() -> None:
    assert judge([Interface("wlan0", up=False, addresses=("10.0.0.2",))]).level is Level.PROBLEM
    assert judge([]).sentence == "This computer is not connected to any network."


def test_the_loopback_is_no_connection() -> None:
    names = [fact.name for fact in InterfacesCheck().run().evidence]
    assert "lo up" not in names
