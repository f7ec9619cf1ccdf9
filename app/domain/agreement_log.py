"""An agreement as it was written and changed: the fold of the events of one agreement."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.agreement import Terms
from app.domain.editions import Editions


@dataclass(frozen=True, slots=True)
class Agreement:
    """All editions of one agreement, made by a fold alone."""

    id: UUID
    editions: Editions[Terms] = field(default_factory=Editions)
    erased: tuple[ev.PersonErased, ...] = ()
    changed_at: datetime | None = None
    timeline: tuple[ev.Event, ...] = field(default=(), repr=False)

    @property
    def is_begun(self) -> bool:
        """Whether there is such an agreement."""
        return bool(self.editions.all)

    @property
    def terms(self) -> Terms | None:
        """The terms that hold now, or None where there are none."""
        return self.editions.current.value if self.editions.current else None

    @property
    def name(self) -> str:
        """By what name the agreement goes."""
        return self.terms.name if self.terms else ""

    def terms_on(self, day: date) -> Terms | None:
        """The terms for work of this day: the newest edition that was to hold by then, or else the first one.

        What was done before a change came into force is charged by what held then.
        """
        begun = [edition.value for edition in self.editions.all if edition.value.valid_from <= day]
        return begun[-1] if begun else (self.editions.all[0].value if self.editions.all else None)


def change(agreement: Agreement, event: ev.Event) -> Agreement:
    """What the event does to the agreement. A kind that is not known leaves it as it was."""
    if isinstance(event.body, ev.AgreementWritten):
        return replace(agreement, editions=agreement.editions.add(event, event.body.terms, event.body.based_on))
    return agreement
