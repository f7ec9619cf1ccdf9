"""Grants hold until their time, and not a moment longer."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.consent import Consent, FilesGrant, Grants, TerminalGrant, standing
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
