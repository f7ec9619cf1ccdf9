"""Where a problem probably lies, and how sure that is."""

import pytest

from app.domain.events import Certainty, Place
from app.domain.finding import Finding, Level
from app.triage.suggest import suggest


def finding(check: str, level: Level) -> Finding:
    return Finding(check=check, level=level, sentence=f"About {check}.", seconds=0.1)


@pytest.mark.parametrize(
    ("check", "place"),
    [("route", Place.NETWORK), ("provider", Place.PROVIDER), ("disks", Place.COMPUTER)],
)
def test_one_problem_names_its_place_and_its_evidence(check: str, place: Place) -> None:
    suggestion = suggest([finding(check, Level.PROBLEM), finding("memory", Level.OK)])
    assert (suggestion.place, suggestion.certainty) == (place, Certainty.ASSUMED)
    assert f"About {check}." in suggestion.sentence
    assert [evidence.check for evidence in suggestion.because] == [check]


def test_what_lies_below_explains_what_fails_above() -> None:
    failing = [finding(check, Level.PROBLEM) for check in ("provider", "dns", "route")]
    assert suggest(failing).place is Place.NETWORK


def test_a_problem_that_a_newer_check_found_is_not_passed_over() -> None:
    suggestion = suggest([finding("spooler", Level.PROBLEM), finding("disks", Level.NOTICE)])
    assert suggestion.place is Place.COMPUTER
    assert "About spooler." in suggestion.sentence


def test_a_notice_alone_is_never_called_the_cause() -> None:
    suggestion = suggest([finding("disks", Level.NOTICE)])
    assert suggestion.certainty is Certainty.UNKNOWN
    assert "may or may not" in suggestion.sentence


def test_nothing_found_is_said_plainly() -> None:
    assert suggest([]).place is Place.UNKNOWN
