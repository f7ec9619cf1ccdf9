"""What the service refused: what it was, why, and the two ways out. Works offline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from app.domain import events as ev
from app.domain.reference import reference
from app.flows.errors import BadInputError, NoSuchRefusedError
from app.flows.party import Party
from app.flows.sentences import sentence
from app.flows.synchronise import send_soon
from app.store.records import RefusedEvent, Settlement
from app.system.translations import _

__all__ = [
    "Refused",
    "Settlement",
    "amend_refused",
    "can_be_amended",
    "discard_refused",
    "list_refused",
    "named_refused",
]

_WORDS: Mapping[type, str] = {
    ev.CaseOpened: "about",
    ev.NoteAdded: "text",
    ev.WorkRecorded: "text",
    ev.SolutionProposed: "text",
    ev.CaseReopened: "text",
    ev.CaseClosed: "thanks",
    ev.CaseWaits: "reason",
    ev.CaseResumed: "text",
    ev.EstimateGiven: "reason",
    ev.HandoverOffered: "next",
    ev.HandoverDeclined: "reason",
    ev.ColleagueAsked: "text",
    ev.ColleagueAnswered: "text",
    ev.AlternativesOffered: "text",
    ev.AlternativeChosen: "text",
    ev.FixPlanned: "text",
    ev.FixDone: "text",
    ev.LineCrossed: "text",
    ev.CustomerNoted: "text",
}
"""Where the words stand that a person wrote. What has none cannot be written anew: it was a deed of its moment."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One event that the service refused. `words` is what its author wrote, or None where it can only be discarded.

    Nobody writes anew what somebody else wrote.
    """

    id: UUID
    case_id: UUID
    at: datetime
    body: ev.Body
    sentence: str
    reason: str
    words: str | None
    settlement: Settlement
    replaced_by: UUID | None

    @property
    def name(self) -> str:
        """What people call it by, as they do a case."""
        return reference(self.id)


def list_refused(party: Party, *, settled: bool = False) -> tuple[Refused, ...]:
    """What nobody has decided about yet, oldest first; with `settled` also what was written anew or discarded."""
    return tuple(_told(party, lost) for lost in party.store.refused() if settled or lost.is_open)


def can_be_amended(party: Party, event: ev.Event) -> bool:
    """Whether it holds words of one's own, which one can write anew."""
    me = party.settings.me
    return type(event.body) in _WORDS and me is not None and event.author.id == me.id


def named_refused(party: Party, untrusted_name: str) -> Refused:
    """The open one that a person means by its id or its short name. Raises `NoSuchRefusedError`."""
    wanted = untrusted_name.strip().lower()
    found = [one for one in list_refused(party) if wanted in (str(one.id), one.name.lower())]
    if len(found) != 1:
        raise NoSuchRefusedError(untrusted_name)
    return found[0]


def amend_refused(party: Party, refused: Refused, words: str | None = None) -> ev.Event:
    """Write it anew, with these words or the same ones. The refused one is kept, marked as replaced.

    Raises `RefusedError` where the rules say no to it here already.
    """
    if refused.words is None:
        raise BadInputError(_("This cannot be written anew: it was a deed of its moment. Discard it, and do it again."))
    words = refused.words if words is None else words
    try:
        body = type(refused.body).model_validate({**refused.body.model_dump(), _WORDS[type(refused.body)]: words})
    except ValidationError as error:
        raise BadInputError(_("That is no text to send: write something, and not too much of it.")) from error
    event = party.write(refused.case_id, body, refused.id)  # the store knows of what the refused one was
    send_soon(party)
    return event


def discard_refused(party: Party, refused: UUID) -> None:
    """Give it up: it stays in the log as discarded, is shown no more and never sent."""
    party.store.discard(refused)


def _told(party: Party, lost: RefusedEvent) -> Refused:
    event = lost.event
    field = _WORDS[type(event.body)] if can_be_amended(party, event) else None
    return Refused(
        id=event.id,
        case_id=event.stream_id,
        at=event.at,
        body=event.body,
        sentence=sentence(event),
        reason=lost.reason,
        words=None if field is None else str(getattr(event.body, field)),
        settlement=lost.settlement,
        replaced_by=lost.replaced_by,
    )
