"""Every kind of event that a device may write, made so that it fits a case as this device knows it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from app.domain import events as ev
from app.domain.article_log import ArticleLog
from app.domain.consent import Grants
from app.domain.customer import Customer
from app.domain.knowledge import Readers
from app.domain.rota_log import ROTA, Rota
from app.store.store import Store
from app.system.clock import new_id
from tests.domain.agreements import decided

Maker = Callable[[Store, UUID, int], ev.Body | None]


def fresh_case(about: str) -> tuple[UUID, ev.Body]:
    """A case that nobody knows yet."""
    return new_id(), ev.CaseOpened(about=about, machine="Front desk")


def _note(audience: ev.Audience) -> Maker:
    return lambda _, __, which: ev.NoteAdded(text=f"{which}", certainty=ev.Certainty.ASSUMED, audience=audience)


def _correction(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    notes = store.case(case_id).notes
    if not notes:
        return None
    corrected = notes[which % len(notes)]
    return ev.NoteAdded(
        text="better", certainty=ev.Certainty.VERIFIED, audience=ev.Audience.CUSTOMER, corrects=corrected.id
    )


def _work(store: Store, case_id: UUID, which: int) -> ev.Body:
    work = store.case(case_id).work
    end = datetime.now(UTC) - timedelta(minutes=which % 1000)
    return ev.WorkRecorded(
        start=end - timedelta(minutes=5),
        end=end,
        work=list(ev.WorkKind)[which % len(ev.WorkKind)],
        text="a favour",
        corrects=work[which % len(work)].id if work and which % 3 == 0 else None,
    )


def _diagnostics(store: Store, _: UUID, which: int) -> ev.Body:
    return ev.DiagnosticsShared(findings=(), redactions=which, report=store.put_blob(f"report {which % 50}".encode()))


def _started(store: Store, case_id: UUID, _: int) -> ev.Body | None:
    waiting = store.case(case_id).waiting_session
    if waiting is None:
        return None
    return ev.SessionStarted(session=waiting.id, technician="T", customer_key="k", technician_key="k", relay="r")


def _ended(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    sessions = store.case(case_id).sessions
    if not sessions:
        return None
    return ev.SessionEnded(
        session=sessions[which % len(sessions)].id,
        reason=ev.EndReason.TECHNICIAN_LEFT,
        seconds=1.5,
        audit=store.put_blob(f"audit {which}".encode()),
        recording=store.put_blob(b"recording" * 1000),
    )


def _price_answered(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    prices = store.case(case_id).prices
    if not prices:
        return None
    decision = prices[-1].id
    return ev.PriceAccepted(decision=decision) if which % 2 else ev.PriceDeclined(decision=decision)


def _changed_customer(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    """Two who change the name at once both have their change kept."""
    card = card_of(store, case_id)
    if not card.profiles.all:
        return None
    based_on = tuple(edition.id for edition in card.profiles.latest)
    return ev.CustomerChanged(name=f"Café {which % 9}", relation=list(ev.Relation)[which % 2], based_on=based_on)


def _told_of_customer(store: Store, case_id: UUID, which: int) -> ev.Body:
    card = card_of(store, case_id)
    notes = [entry.id for entry in card.notes]
    told: tuple[ev.Body, ...] = (
        ev.CustomerNoted(text=f"{which}", corrects=notes[which % len(notes)] if notes else None),
        ev.EntryRemoved(entry=notes[0] if notes else new_id()),
        ev.PersonJoined(person=card.id, name="Kim"),
        ev.CareMarked(care=which % 2 == 0, text="Kim was angry"),
        ev.AgreementAgreed(agreement=new_id(), since=datetime.now(UTC).date()),
    )
    return told[which % len(told)]


def _article(store: Store, case_id: UUID, which: int) -> ev.Body:
    """Written by several at once, for technicians or for customers, who read it by turns; and what it helped."""
    log = store.state(ev.Stream.ARTICLE, stream_id(store, ev.Stream.ARTICLE, case_id))
    assert isinstance(log, ArticleLog)
    if which % 5 == 0:
        return ev.ArticleHelped(case=case_id)
    return ev.ArticleWritten(
        title="Paper", text=f"Pull {which}", language="en",
        readers=list(Readers)[which % 2], based_on=tuple(edition.id for edition in log.editions.latest),
    )  # fmt: skip


def _shift(store: Store, _: UUID, which: int) -> ev.Body:
    """Planned by several at once, some from the same calendar, and taken away."""
    rota = store.state(ev.Stream.ROTA, ROTA)
    assert isinstance(rota, Rota)
    if which % 4 == 0:
        return ev.ShiftRemoved(shift=rota.planned[which % len(rota.planned)].id if rota.planned else new_id())
    start = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=which)
    return ev.ShiftPlanned(
        technician=UUID(int=which % 3), name="Bo", start=start, end=start + timedelta(hours=12),
        source=f"a@shop#{which % 5}" if which % 2 else "",
    )  # fmt: skip


def stream_id(store: Store, stream: ev.Stream, case_id: UUID) -> UUID:
    """Where a body of that stream goes that is made for this case."""
    if stream is ev.Stream.CASE:
        return case_id
    if stream is ev.Stream.ROTA:
        return ROTA
    return uuid5(case_id, "article") if stream is ev.Stream.ARTICLE else card_of(store, case_id).id


def card_of(store: Store, case_id: UUID) -> Customer:
    """The card of the case's customer, which may be empty."""
    customer = store.case(case_id).customer
    card = store.state(ev.Stream.CUSTOMER, customer.id if customer else case_id)
    assert isinstance(card, Customer)
    return card


def _waits(_: Store, __: UUID, which: int) -> ev.Body:
    awaited = list(ev.Awaited)
    return ev.CaseWaits(awaited=awaited[which % len(awaited)], reason=f"{which}")


def _estimate(_: Store, __: UUID, which: int) -> ev.Body:
    return ev.EstimateGiven(minutes=which or None, reason="Harder than it looked" if which % 2 else "")


def _offered(_: Store, __: UUID, which: int) -> ev.Body:
    return ev.HandoverOffered(to=f"Technician {which % 5}", tried="A cable", assumed="The drum", next="I don't know")


def _answer_to_offer(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    offers = store.case(case_id).handovers
    if not offers:
        return None
    offer = offers[-1 - which % min(2, len(offers))].id
    if which % 4 == 0:
        return ev.HandoverDeclined(offer=offer, reason="I am on a train")
    return ev.HandoverWithdrawn(offer=offer) if which % 4 == 1 else ev.HandoverAccepted(offer=offer)


def _answered(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    questions = store.case(case_id).questions
    if not questions:
        return None
    return ev.ColleagueAnswered(question=questions[-1].id, text=f"{which}", certainty=ev.Certainty.UNKNOWN)


def _ways(*_: object) -> ev.Body:
    ways = (ev.Way(title="Repair", pros=("Cheap",)), ev.Way(title="Buy", cons=("Dear",)))
    return ev.AlternativesOffered(text="Which way?", ways=ways)


def _chosen(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    choices = store.case(case_id).choices
    return ev.AlternativeChosen(question=choices[-1].id, way=which % 3 or None) if choices else None


def _fixed(store: Store, case_id: UUID, which: int) -> ev.Body | None:
    fixes = store.case(case_id).fixes
    if fixes and which % 2:
        return ev.FixDone(fix=fixes[-1].id)
    return ev.FixPlanned(text="A new drum", owner="Technician 1", due=(datetime.now(UTC) + timedelta(days=9000)).date())


def _placed(_: Store, __: UUID, which: int) -> ev.Body:
    places = (ev.Place.UNKNOWN, ev.Place.COMPUTER, ev.Place.VENDOR)
    return ev.ProblemPlaced(place=places[which % 3], evidence=f"{which}", certainty=ev.Certainty.ASSUMED, name="Simply")


BODIES: tuple[Maker, ...] = (
    _note(ev.Audience.CUSTOMER),
    _note(ev.Audience.INTERNAL),
    _correction,
    _work,
    _diagnostics,
    _started,
    _ended,
    lambda *_: ev.CaseTaken(),
    lambda *_: ev.CaseTaken(),
    lambda *_: ev.SolutionProposed(text="A new cable", certainty=ev.Certainty.UNKNOWN),
    lambda *_: ev.CaseClosed(thanks="Tak"),
    lambda *_: ev.CaseReopened(text="It is silent again"),
    lambda *_: ev.ConsentGiven(shares_diagnostics=True, grants=Grants()),
    lambda *_: ev.ConsentWithdrawn(),
    lambda *_: ev.SessionOffered(session=new_id()),
    lambda *_: decided(),
    _price_answered,
    lambda *_: ev.CustomerAdded(name="Kim's Café"),
    _changed_customer,
    _told_of_customer,
    _article,
    _shift,
    _waits,
    lambda *_: ev.CaseResumed(),
    _estimate,
    _offered,
    _answer_to_offer,
    _answer_to_offer,
    lambda *_: ev.ColleagueAsked(text="Is it the drum?"),
    _answered,
    _ways,
    _chosen,
    lambda *_: ev.CaseCameBack(earlier=new_id()),
    _fixed,
    _placed,
    lambda *_: ev.LineCrossed(text="He shouted"),
    lambda *_: ev.UnknownBody.model_validate({"kind": "from_the_future", "æ": [1, 2.5, None]}),
)
