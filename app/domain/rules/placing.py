"""Whose the problem is comes before money (rule 5)."""

from datetime import datetime

from app.domain.case import Case
from app.domain.events import Event, Place, ProblemPlaced
from app.domain.refusals import require
from app.domain.rules.saying_no import Rule, require_not_closed


def _placed(case: Case, _: Event, body: ProblemPlaced, __: datetime) -> None:
    require_not_closed(case)
    named = body.place is not Place.VENDOR or bool(body.name)
    require(named, "Say which vendor, so that the customer knows whom to ask.")


RULES: dict[type, Rule] = {ProblemPlaced: _placed}
