"""Problems that return, and what keeps them from it (rule 11)."""

from datetime import datetime, timedelta

from app.domain.case import Case
from app.domain.events import CaseCameBack, Event, FixDone, FixPlanned
from app.domain.refusals import refuse, require
from app.domain.rules.saying_no import Rule

_ABROAD = timedelta(days=1)
"""Somewhere it is still yesterday."""


def _came_back(case: Case, _: Event, body: CaseCameBack, __: datetime) -> None:
    require(body.earlier != case.id, "A case is no earlier case of itself.")
    require(body.earlier not in case.earlier, "This case is linked to that one already.")


def _planned(_: Case, event: Event, body: FixPlanned, __: datetime) -> None:
    require(body.due >= (event.at - _ABROAD).date(), "A fix is planned for a day that is still to come.")


def _done(case: Case, _: Event, body: FixDone, __: datetime) -> None:
    fix = next((fix for fix in case.fixes if fix.id == body.fix), None)
    if fix is None:
        refuse("There is no such fix on this case.")
    require(fix.done_at is None, "This fix is in place already.")


RULES: dict[type, Rule] = {CaseCameBack: _came_back, FixPlanned: _planned, FixDone: _done}
