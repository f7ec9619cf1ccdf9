"""What each stream folds into, and by which rules: the one place that store, service and tests ask."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, TypeAlias
from uuid import UUID

from app.domain import agreement_log, article_log, case, customer, rota_log
from app.domain import events as ev
from app.domain.agreement_log import Agreement
from app.domain.article_log import ArticleLog
from app.domain.case import Case
from app.domain.customer import Customer
from app.domain.decide import decide as decide_case
from app.domain.decide_article import decide_article
from app.domain.decide_beside import decide_agreement, decide_customer
from app.domain.decide_rota import decide_rota
from app.domain.refusals import refuse, require
from app.domain.rota_log import Rota

State: TypeAlias = Case | Customer | Agreement | ArticleLog | Rota
"""What a stream folds into. Each is frozen, and has `id`, `is_begun`, `erased`, `changed_at` and `timeline`."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one stream folds into, how, which bodies stand in it, and who may write them."""

    state: type[Case] | type[Customer] | type[Agreement] | type[ArticleLog] | type[Rota]
    change: Callable[[Any, ev.Event], State]
    decide: Callable[[Any, ev.Event, datetime], None]
    bodies: frozenset[type]


_ANYWHERE = frozenset({ev.ContentErased, ev.PersonErased, ev.UnknownBody})
_CUSTOMERS = frozenset(
    {
        ev.CustomerAdded,
        ev.CustomerChanged,
        ev.PersonJoined,
        ev.ContactTold,
        ev.MachineTold,
        ev.UseTold,
        ev.CustomerNoted,
        ev.CareMarked,
        ev.UsualTechnicianNamed,
        ev.EntryRemoved,
        ev.AgreementAgreed,
    }
)
_AGREEMENTS = frozenset({ev.AgreementWritten})
_ARTICLES = frozenset({ev.ArticleWritten, ev.ArticleWithdrawn, ev.ArticleHelped})
_ROTA = frozenset({ev.ShiftPlanned, ev.ShiftRemoved})
_CASES = frozenset(ev.KnownBody.__args__) - _CUSTOMERS - _AGREEMENTS - _ARTICLES - _ROTA - _ANYWHERE

_STREAMS: Mapping[ev.Stream, _Rules] = {
    ev.Stream.CASE: _Rules(Case, case.change, decide_case, _CASES),
    ev.Stream.CUSTOMER: _Rules(Customer, customer.change, decide_customer, _CUSTOMERS),
    ev.Stream.AGREEMENT: _Rules(Agreement, agreement_log.change, decide_agreement, _AGREEMENTS),
    ev.Stream.ARTICLE: _Rules(ArticleLog, article_log.change, decide_article, _ARTICLES),
    ev.Stream.ROTA: _Rules(Rota, rota_log.change, decide_rota, _ROTA),
}


def empty(stream: ev.Stream, stream_id: UUID) -> State:
    """The stream before its first event."""
    return _STREAMS[stream].state(stream_id)


def fold(stream: ev.Stream, stream_id: UUID, events: Iterable[ev.Event]) -> State:
    """What these events make. Order: confirmed by version, then pending by device sequence."""
    rules, timeline = _STREAMS[stream], tuple(events)
    state = reduce(rules.change, timeline, rules.state(stream_id))
    changed_at = timeline[-1].at if timeline else None
    return replace(state, changed_at=changed_at, timeline=timeline)


def advance(state: State, event: ev.Event) -> State:
    """The state after one more event: what `fold` would make of all of them."""
    changed = _STREAMS[event.stream].change(state, event)
    return replace(changed, changed_at=event.at, timeline=(*state.timeline, event))


def decide(state: State, event: ev.Event, now: datetime) -> None:
    """Let the event pass, or raise `RefusedError` with a sentence for the person who tried it.

    `now` is the clock (UTC) of whoever asks.
    """
    rules = _STREAMS[event.stream]
    if state.id != event.stream_id or not isinstance(state, rules.state):
        refuse(f"That event does not belong to this {event.stream.value}.")
    require(is_at_home(event), f"“{event.kind}” does not belong into a stream of the kind “{event.stream.value}”.")
    rules.decide(state, event, now)


def is_at_home(event: ev.Event) -> bool:
    """Whether such a body may stand in the event's stream."""
    kind = type(event.body)
    return kind in _STREAMS[event.stream].bodies or kind in _ANYWHERE


def home_of(body: ev.Body) -> ev.Stream:
    """In which stream such a body stands; a case's, where it may stand in any."""
    homes = (stream for stream, rules in _STREAMS.items() if type(body) in rules.bodies)
    return next(homes, ev.Stream.CASE)


def begins(event: ev.Event) -> bool:
    """Whether the event can be the first one of its stream."""
    return _STREAMS[event.stream].change(empty(event.stream, event.stream_id), event).is_begun


def found_in(state: State) -> tuple[ev.Event, ...]:
    """The events whose text can be searched for: of an article only the editions that hold."""
    return state.found if isinstance(state, ArticleLog) else state.timeline


def owner_of(state: State) -> UUID | None:
    """The customer whose case it is, as the service knows them; None for what is no case."""
    return state.customer.id if isinstance(state, Case) and state.customer else None
