"""Grants hold until their time, and not a moment longer."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.consent import Consent, FilesGrant, Grants, PortGrant, TerminalGrant, is_never_reached, standing
from tests.domain.make import NOON

minutes = st.integers(-60, 60).map(lambda n: NOON + timedelta(minutes=n))


def test_nothing_is_granted_by_default() -> None:
    assert not Grants().allows_terminal(NOON)
    assert Grants().folders(NOON) == ()
    assert Grants().last_until() is None


@given(minutes, minutes)
def test_a_grant_holds_before_its_end_only(until: datetime, now: datetime) -> None:
    grants = Grants(grants=(TerminalGrant(until=until), FilesGrant(folder="/a", until=until)))
    assert grants.allows_terminal(now) == (now < until)
    assert bool(grants.folders(now)) == (now < until)


def test_one_capability_does_not_bring_another() -> None:
    later = NOON + timedelta(minutes=5)
    assert not Grants(grants=(FilesGrant(folder="/a", until=later),)).allows_terminal(NOON)
    assert Grants(grants=(TerminalGrant(until=later),)).folders(NOON) == ()


def test_the_consent_that_stands_is_the_newest_not_taken_back() -> None:
    first, second = Consent(at=NOON, shares_diagnostics=True), Consent(at=NOON, shares_diagnostics=False)
    assert standing([first, second]) is second
    assert standing([first, second.model_copy(update={"withdrawn_at": NOON})]) is first
    assert standing([]) is None


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "0.0.0.0",
        "::", "224.0.0.1", "ff02::1", "255.255.255.255", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_nobody_is_let_through_to_where_clouds_keep_secrets_however_it_is_spelt(address: str) -> None:
    assert is_never_reached(address)
    with pytest.raises(ValidationError):
        PortGrant(host="harmless.example", port=80, address=address, until=NOON)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "2001:db8::1", "fd00::1"]
)
def test_machines_of_ones_own_and_of_others_can_be_granted(address: str) -> None:
    assert not is_never_reached(address)


@pytest.mark.parametrize("address", ["fe80::1%eth0", "localhost", "", "1.2.3", "127.1"])
def test_an_address_is_spelt_out(address: str) -> None:
    with pytest.raises(ValidationError):
        PortGrant(host="router", port=80, address=address, until=NOON)
