"""A problem that returned is recognised, linked to the earlier case, and fixed for good (rule 11)."""

from datetime import date, timedelta
from uuid import UUID

from app.domain.agreement import Terms
from app.domain.case import Case, Status
from app.domain.events import CaseCameBack, Event, FixDone, FixPlanned, WorkKind
from app.domain.recurrence import CameBack, came_back
from app.flows.agreements import terms_at
from app.flows.customers import customer_of
from app.flows.named import one_of
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import A_LINE, remark, words
from app.system.translations import _

USUAL_WINDOW = timedelta(days=30)
"""How long after it was solved a problem counts as the same one, where no agreement says otherwise."""

_MOST_LOOKED_AT = 50
"""Cases of one machine: the newest."""


def perhaps_back(party: Party, case: Case, terms: Terms | None = None) -> tuple[CameBack, ...]:
    """The earlier cases that this one may be again, as far as they are on this machine: proposed, never decided.

    None where it is linked to one already, or closed. How long ago they may be is the customer's agreement's to say,
    or that of `terms` in its place.
    """
    opened = case.opened_at
    if case.earlier or case.status is Status.CLOSED or opened is None:
        return ()
    terms = terms or terms_at(party, customer_of(party, case), opened)
    window = timedelta(days=terms.rework_days) if terms else USUAL_WINDOW
    return came_back(case, party.store.quiet_between(case, opened - window, opened, _MOST_LOOKED_AT), window)


def link_to_earlier(party: Party, case_id: UUID, earlier: UUID) -> Event:
    """Say that it is that case again: work is rework from now on. Raises `RefusedError`."""
    event = party.write(case_id, CaseCameBack(earlier=earlier))
    send_soon(party)
    return event


def usual_work(case: Case) -> WorkKind:
    """What a piece of work on the case is, unless somebody says otherwise."""
    return WorkKind.REWORK if case.earlier else WorkKind.COVERED


def plan_fix(party: Party, case_id: UUID, text: str, owner: str, due: date) -> Event:
    """Plan what shall solve it for good: who sees to it, until when. Raises `RefusedError` for a day that is over."""
    body = FixPlanned(
        text=words(text, _("Say what shall solve it for good.")),
        owner=words(owner, _("Say who sees to it: --owner NAME."), A_LINE),
        due=due,
    )
    event = party.write(case_id, body)
    send_soon(party)
    return event


def finish_fix(party: Party, case_id: UUID, text: str = "", untrusted_fix: str = "") -> Event:
    """The fix of this name, or the newest that is not, is in place. Raises `NothingAskedError`."""
    fix = one_of(party.store.case(case_id).fixes, untrusted_fix, lambda one: one.done_at is None)
    event = party.write(case_id, FixDone(fix=fix.id, text=remark(text)))
    send_soon(party)
    return event
