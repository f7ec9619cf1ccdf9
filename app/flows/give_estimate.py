"""Say how long it will take, and why that changed (rule 9)."""

from datetime import datetime
from uuid import UUID

from app.domain.events import EstimateGiven, Event
from app.flows.errors import BadInputError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import remark
from app.system.translations import _

_LONGEST = 100_000


def give_estimate(party: Party, case_id: UUID, ready: datetime | None, minutes: int | None, reason: str = "") -> Event:
    """Tell the customer. Neither `ready` nor `minutes` of work says that nobody can tell yet, and why.

    Raises `RefusedError` where the case is not one's own, or an estimate changes for no reason.
    """
    if minutes is not None and not 1 <= minutes <= _LONGEST:
        raise BadInputError(_("An estimate of the work is a minute or more, and at most 100,000."))
    event = party.write(case_id, EstimateGiven(ready=ready, minutes=minutes, reason=remark(reason)))
    send_soon(party)
    return event
