"""A colleague who wants to look on: where there is nothing to look on at, and how it is said that it ended."""

from uuid import UUID

import pytest

from app.domain.consent import ColleagueGrant, ColleagueWish, FilesWish, standing
from app.domain.events import EndReason, SessionOffered, SessionStarted
from app.flows.errors import NobodyInError, NoSessionError, SomebodyInError
from app.flows.host_session import Asked, host_session
from app.flows.join_session import join_session
from app.flows.party import Party
from app.flows.sentences import asks
from app.flows.synchronise import synchronise
from app.flows.watch_session import WatchOver, watch_over, watch_session
from app.remote.errors import CodeFormatError
from app.system.clock import new_id
from tests.flows.conftest import Town
from tests.remote.chain import terminal

CODE = "48217305"


def _looks_on(bo: Party, case_id: UUID, code: str = CODE) -> None:
    watch_session(bo, case_id, code, lambda _: None)


def test_where_nobody_is_in_there_is_nothing_to_look_on_at(town: Town, home: object) -> None:
    lone, case_id = town.customer_with_case()
    bo = town.technician("Bo")
    with pytest.raises(CodeFormatError):
        _looks_on(bo, case_id, "1234")
    synchronise(bo)
    with pytest.raises(NobodyInError):
        _looks_on(bo, case_id)
    lone.write(case_id, SessionOffered(session=new_id()))  # a customer who waits is no session either
    synchronise(lone)
    with pytest.raises(NobodyInError):
        _looks_on(bo, case_id)


def test_who_would_go_in_where_a_colleague_is_learns_how_to_look_on(town: Town, home: object) -> None:
    lone, case_id = town.customer_with_case()
    bo, session = town.technician("Bo"), new_id()
    with pytest.raises(NoSessionError):
        join_session(bo, case_id, CODE)
    lone.write(case_id, SessionOffered(session=session))
    lone.write(
        case_id,
        SessionStarted(session=session, technician="Anna", customer_key="", technician_key="", relay=""),
    )
    synchronise(lone)
    with pytest.raises(SomebodyInError, match=r"Anna is on the customer's computer already.*--watch"):
        join_session(bo, case_id, CODE)


def test_what_is_allowed_stands_in_the_case_before_anybody_is_invited(town: Town, home: object) -> None:
    lone, case_id = town.customer_with_case()
    session = host_session(lone, case_id, terminal(), lambda _: None)
    granted = session.allow(Asked(1, "Anna", ColleagueWish(name="Bo", may_type=True), 20, "x"))
    assert isinstance(granted, ColleagueGrant)
    consent = standing(lone.store.case(case_id).consents)
    assert consent is not None
    assert granted in consent.grants.grants
    session.take_back(granted)
    consent = standing(lone.store.case(case_id).consents)
    assert consent is not None
    assert granted not in consent.grants.grants
    session.close()


def test_every_end_has_a_sentence_of_its_own() -> None:
    overs = [WatchOver(reason) for reason in (None, *EndReason)] + [WatchOver(None, taken_back=True)]
    assert len({watch_over(over) for over in overs}) == len(overs)


def test_a_wish_is_said_as_it_is() -> None:
    assert asks("Anna", ColleagueWish(name="Bo {x}")) == "Anna asks that Bo {x} may look on"
    assert asks("An{na}", ColleagueWish(name="Bo", may_type=True)) == "An{na} asks that Bo may look on and type"
    assert asks("Anna", FilesWish(folder="/home/Invoices")) == "Anna asks: read the folder Invoices"
