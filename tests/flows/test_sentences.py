"""What happened, in words that need no explanation."""

from typing import get_args
from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.people import Role
from app.flows.deeds import deed
from app.flows.sentences import duration, sentence, size
from tests.domain import make
from tests.domain.agreements import decided, terms


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (840, "14 min"), (3600, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_a_length_of_time(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 byte"), (812, "812 bytes"), (1400, "1.4 kB"), (5 * 10**9, "5.0 GB")]
)
def test_a_size(count: int, words: str) -> None:
    assert size(count) == words


def test_every_kind_of_event_has_a_sentence_of_its_own() -> None:
    bodies = [
        make.opened().body,
        ev.DiagnosticsShared(findings=(), redactions=0, report="a" * 64),
        ev.ConsentGiven(shares_diagnostics=True),
        ev.ConsentWithdrawn(),
        ev.CaseTaken(),
        make.note(),
        make.work(),
        ev.SessionOffered(session=UUID(int=1)),
        ev.SessionStarted(session=UUID(int=1), technician="Anna", customer_key="", technician_key="", relay=""),
        ev.SessionEnded(session=UUID(int=1), reason=ev.EndReason.EXPIRED, seconds=5),
        ev.SolutionProposed(text="x", certainty=ev.Certainty.VERIFIED),
        ev.CaseClosed(),
        ev.CaseReopened(text="No"),
        ev.CaseWaits(awaited=ev.Awaited.VENDOR, reason="A new drum"),
        ev.CaseResumed(),
        ev.EstimateGiven(minutes=40),
        ev.HandoverOffered(to="Bo", tried="A new cable", next="Another drum"),
        ev.HandoverAccepted(offer=UUID(int=1)),
        ev.HandoverDeclined(offer=UUID(int=1), reason="I am on holiday"),
        ev.HandoverWithdrawn(offer=UUID(int=1)),
        ev.ColleagueAsked(text="Is it the drum?", to="Bo"),
        ev.ColleagueAnswered(question=UUID(int=1), text="Yes", certainty=ev.Certainty.ASSUMED),
        ev.AlternativesOffered(text="Repair or buy?", ways=(ev.Way(title="Repair"), ev.Way(title="Buy"))),
        ev.AlternativeChosen(question=UUID(int=1)),
        ev.CaseCameBack(earlier=UUID(int=1)),
        ev.FixPlanned(text="A new drum", owner="Bo", due=make.NOON.date()),
        ev.FixDone(fix=UUID(int=1)),
        ev.LineCrossed(text="He shouted"),
        ev.LineFollowedUp(report=UUID(int=1), text="I rang him"),
        ev.ContentErased(was="note_added"),
        ev.PersonErased(person=UUID(int=1), role=Role.CUSTOMER),
        ev.ProblemPlaced(place=ev.Place.NETWORK, evidence="No route", certainty=ev.Certainty.VERIFIED),
        decided(),
        ev.PriceAccepted(decision=UUID(int=1)),
        ev.PriceDeclined(decision=UUID(int=1)),
        ev.CustomerAdded(name="M"),
        ev.CustomerChanged(name="M", relation=ev.Relation.IN_HOUSE, based_on=(UUID(int=1),)),
        ev.PersonJoined(person=UUID(int=1), name="Lone"),
        ev.ContactTold(name="Per"),
        ev.MachineTold(device=UUID(int=1), name="Till"),
        ev.UseTold(what="mail", vendor="Simply"),
        ev.CustomerNoted(text="Rings early"),
        ev.CareMarked(care=True, text="A bad experience"),
        ev.UsualTechnicianNamed(technician=UUID(int=1), name="Anna"),
        ev.EntryRemoved(entry=UUID(int=1)),
        ev.AgreementAgreed(agreement=UUID(int=1), since=make.NOON.date()),
        ev.AgreementWritten(terms=terms()),
        ev.ArticleWritten(title="Paper", text="Pull", language="en"),
        ev.ArticleWithdrawn(based_on=(UUID(int=1),)),
        ev.ArticleHelped(case=UUID(int=1)),
        ev.ShiftPlanned(technician=UUID(int=1), name="Bo", start=make.NOON, end=make.NOON),
        ev.ShiftRemoved(shift=UUID(int=1)),
    ]
    assert {type(body) for body in bodies} == set(get_args(ev.KnownBody))
    said = [sentence(make.event(body)) for body in bodies]
    assert len(set(said)) == len(said)
    assert not any("newer Bistand" in words for words in said)


def test_a_kind_from_a_newer_program_is_named() -> None:
    assert "hologram_shown" in sentence(make.event(ev.UnknownBody(kind="hologram_shown")))


def test_braces_in_what_a_technician_typed_are_just_text() -> None:
    assert deed("command", "awk '{print $1}' {what}") == "Ran: awk '{print $1}' {what}"


def test_a_deed_that_is_not_known_is_named_as_it_is() -> None:
    assert deed("screen_viewed", "display 1") == "screen viewed display 1"
