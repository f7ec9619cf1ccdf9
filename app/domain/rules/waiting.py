"""Waiting, going on, and how long it will take."""

from datetime import datetime

from app.domain.case import Case, Status
from app.domain.events import CaseResumed, CaseWaits, EstimateGiven, Event
from app.domain.refusals import refuse, require
from app.domain.rules.saying_no import Rule, require_mine, require_not_closed


def _waits(case: Case, event: Event, body: CaseWaits, _: datetime) -> None:
    require_not_closed(case)
    require_mine(case, event, "Take the case before you let it wait.")
    require(case.status is not Status.PROPOSED, "A solution is proposed, so the customer is asked already.")
    if case.waiting is not None and (case.waiting.awaited, case.waiting.reason) == (body.awaited, body.reason):
        refuse("This case waits for just that already.")


def _resumed(case: Case, event: Event, _: CaseResumed, __: datetime) -> None:
    require(case.waiting is not None, "This case does not wait for anybody.")
    require_mine(case, event, "Take the case before you go on with it.")


def _estimate(case: Case, event: Event, body: EstimateGiven, _: datetime) -> None:
    require_not_closed(case)
    require_mine(case, event, "Take the case before you say how long it will take.")
    require(body.ready is None or body.ready > event.at, "It cannot be ready in the past.")
    if case.estimates:
        require(bool(body.reason), "Say why the estimate changes: the customer reads it.")
        newest = case.estimates[-1]
        same = (newest.ready, newest.minutes) == (body.ready, body.minutes)
        require(not same, "That is the estimate that the customer has already.")
    else:
        known = body.ready is not None or body.minutes is not None
        require(known or bool(body.reason), "Say why it cannot be told yet: the customer reads it.")


RULES: dict[type, Rule] = {CaseWaits: _waits, CaseResumed: _resumed, EstimateGiven: _estimate}
