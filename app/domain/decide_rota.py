"""Who may write what into the rota."""

from datetime import datetime, timedelta

from app.domain import events as ev
from app.domain.refusals import check_clock, refuse, require
from app.domain.rota_log import ROTA, Rota

LONGEST = timedelta(days=31)
"""How long one shift may be. Who is on call for longer has several."""


def decide_rota(rota: Rota, event: ev.Event, now: datetime) -> None:
    """Any technician plans shifts, for themselves and for colleagues. Raises `RefusedError`."""
    check_clock(event, now)
    if isinstance(event.body, ev.PersonErased):
        refuse("No device erases a person. The owner does, at the service: bistand admin erase.")
    require(event.author.is_staff, "Only a technician can do this.")
    require(rota.id == ROTA, "A shop has one rota, and this is another one.")
    match event.body:
        case ev.ShiftPlanned() as body:
            _check_shift(rota, body)
        case ev.ShiftRemoved(shift=shift):
            there = any(each.id == shift for each in rota.planned)
            require(there, "That shift is not in the rota any more. Look at it again: bistand rota show.")


def _check_shift(rota: Rota, body: ev.ShiftPlanned) -> None:
    require(body.start < body.end, "A shift ends after it starts.")
    require(body.end - body.start <= LONGEST, "A shift is at most 31 days. Make several of it.")
    wanted = (body.technician, body.start, body.end)
    same = (each for each in rota.planned if (each.shift.technician, each.shift.start, each.shift.end) == wanted)
    require(not any(not each.source and not body.source for each in same), f"{body.name} has this shift already.")
