"""The cases on this machine, newest change first."""

from uuid import UUID

from app.domain.reference import find
from app.flows.party import Party
from app.store.records import CaseRow

__all__ = ["CaseRow", "list_cases", "named_case"]


def list_cases(party: Party) -> tuple[CaseRow, ...]:
    """A row a case."""
    return party.store.cases()


def named_case(party: Party, untrusted_name: str) -> UUID:
    """The case that a person means by an id or a short name. Raises `UnknownCaseError`."""
    return find(untrusted_name, party.store.case_ids())
