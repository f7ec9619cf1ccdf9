"""What is planned is listed by its day, and what is late is said to be."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.flows.planned_fixes import planned_fixes
from app.flows.recognise import finish_fix, plan_fix
from app.flows.synchronise import synchronise
from tests.flows.conftest import Town


@dataclass(frozen=True)
class Later:
    """A clock that is some days ahead."""

    days: int

    def now(self) -> datetime:
        """Then."""
        return datetime.now(UTC) + timedelta(days=self.days)


def test_it_is_late_from_the_day_after_and_until_it_is_in_place(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    today = anna.clock.now().astimezone().date()
    plan_fix(anna, case_id, "Another room", "Bo", today + timedelta(days=9))
    plan_fix(anna, case_id, "A new drum", "Anna", today + timedelta(days=3))

    def told() -> list[tuple[str, bool]]:
        return [(one.fix.text, one.is_late) for one in planned_fixes(anna)]

    assert told() == [("A new drum", False), ("Another room", False)]
    clock, anna.clock = anna.clock, Later(6)
    assert told() == [("A new drum", True), ("Another room", False)]
    assert [one.fix.owner for one in planned_fixes(anna, " BO ")] == ["Bo"]
    anna.clock = clock
    finish_fix(anna, case_id, untrusted_fix=str(planned_fixes(anna, "anna")[0].fix.id))
    anna.clock = Later(6)
    assert told() == [("Another room", False)]
    assert [(one.fix.text, one.is_late) for one in planned_fixes(anna, done=True)] == [("A new drum", False)]
