"""Words that several parts of the desk say, and the icons beside them."""

from datetime import UTC, datetime

from app.domain.case import Status
from app.domain.events import Audience, Certainty, WorkKind
from app.system.translations import _
from app.widgets.icons import Icon

CERTAINTY_ICONS = {
    Certainty.VERIFIED: Icon.CHECK,
    Certainty.ASSUMED: Icon.ASSUMED,
    Certainty.UNKNOWN: Icon.QUESTION,
    Certainty.ASKED: Icon.COLLEAGUES,
}


def certainty_word(certainty: Certainty) -> str:
    """How sure, as a word (rule 8)."""
    return {
        Certainty.VERIFIED: _("verified"),
        Certainty.ASSUMED: _("assumed"),
        Certainty.UNKNOWN: _("not known yet"),
        Certainty.ASKED: _("asked a colleague"),
    }[certainty]


def audience_word(audience: Audience) -> str:
    """Who may read a note."""
    return {Audience.INTERNAL: _("internal"), Audience.CUSTOMER: _("customer reads it")}[audience]


def work_word(kind: WorkKind) -> str:
    """What a piece of work is to the agreement."""
    return {
        WorkKind.COVERED: _("covered"),
        WorkKind.SPECIAL: _("special rate"),
        WorkKind.GOODWILL: _("goodwill"),
        WorkKind.REWORK: _("rework"),
        WorkKind.INTERNAL: _("internal"),
        WorkKind.TRAVEL: _("travel"),
    }[kind]


def status_word(status: Status) -> str:
    """Where a case stands."""
    return {
        Status.NEW: _("New"),
        Status.TAKEN: _("Taken"),
        Status.FOR_CUSTOMER: _("Waiting for the customer"),
        Status.FOR_VENDOR: _("Waiting for a vendor"),
        Status.FOR_COLLEAGUE: _("Waiting for a colleague"),
        Status.PROPOSED: _("Proposed solved"),
        Status.CLOSED: _("Closed"),
    }[status]


def moment(at: datetime, now: datetime) -> str:
    """A moment as short as it can be: the time of today, the day of this year, or the date."""
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return local.strftime("%H:%M")
    return local.strftime("%d.%m. %H:%M") if local.year == today.year else local.strftime("%d.%m.%Y")


def now() -> datetime:
    """The moment, for what is drawn."""
    return datetime.now(UTC)
