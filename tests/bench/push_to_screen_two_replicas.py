"""`push_to_screen_two_replicas`: the same as `push_to_screen` through two copies of the service on one PostgreSQL."""

from tests.bench.many_desks import office
from tests.bench.push_to_screen import DESKS, row
from tests.bench.row import CannotMeasureError, Row
from tests.service.postgres import postgres_server, why_not


def measure() -> Row:
    """Half of the desks at each; who writes is at the first."""
    reason = why_not()
    if reason:
        raise CannotMeasureError(reason)
    with postgres_server() as server, office(DESKS, db=server.fresh(), copies=2) as desks:
        where = "two copies of the service on one PostgreSQL, half of the desks at each"
        return row("push_to_screen_two_replicas", desks, where)
