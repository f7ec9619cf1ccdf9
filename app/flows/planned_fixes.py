"""The permanent fixes that were planned, over all cases on this machine: what is due, and whose it is (rule 11)."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.fix import Fix
from app.flows.party import Party


@dataclass(frozen=True, slots=True)
class PlannedFix:
    """A fix of a case. It `is_late` where it is not in place though its day is over by this computer's clock."""

    case_id: UUID
    title: str
    customer: str
    fix: Fix
    is_late: bool


def planned_fixes(party: Party, untrusted_owner: str = "", *, done: bool = False) -> tuple[PlannedFix, ...]:
    """What is still to be put in place, or what is (`done`), by the day that it was planned for.

    `untrusted_owner` is the name of whoever sees to it; empty for everybody's.
    """
    today = party.clock.now().astimezone().date()
    wanted = untrusted_owner.strip().casefold()
    found = []
    for case_id in dict.fromkeys(event.stream_id for event in party.store.events_of_kind("fix_planned")):
        case = party.store.case(case_id)
        for fix in case.fixes:
            if (fix.done_at is not None) == done and wanted in ("", fix.owner.casefold()):
                customer = case.customer.name if case.customer else ""
                found.append(PlannedFix(case_id, case.title, customer, fix, not done and fix.due < today))
    return tuple(sorted(found, key=lambda one: (one.fix.due, one.fix.id.int)))
