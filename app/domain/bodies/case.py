"""What is told and done on a case, from the call for help to its end."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.finding import Finding
from app.domain.records import LongText, Record, Sha256, ShortText


class Certainty(StrEnum):
    """How sure the writer is: "I am not sure" is always a welcome answer (rule 8)."""

    VERIFIED = "verified"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"
    ASKED = "asked"


class Audience(StrEnum):
    """Who may read a note."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class CaseOpened(Record):
    """A customer asked for help, in their own words."""

    kind: Literal["case_opened"] = "case_opened"
    about: LongText
    machine: ShortText
    language: Annotated[str, Field(max_length=20)] = "en"


class DiagnosticsShared(Record):
    """The customer shared what their computer found out, redacted, after seeing it."""

    kind: Literal["diagnostics_shared"] = "diagnostics_shared"
    findings: tuple[Finding, ...]
    redactions: Annotated[int, Field(ge=0)]
    report: Sha256


class CaseTaken(Record):
    """A technician made the case theirs. The author is the technician."""

    kind: Literal["case_taken"] = "case_taken"


class NoteAdded(Record):
    """Something worth knowing. `corrects` names an earlier note that this one replaces."""

    kind: Literal["note_added"] = "note_added"
    text: LongText
    certainty: Certainty
    audience: Audience = Audience.INTERNAL
    corrects: UUID | None = None


class SolutionProposed(Record):
    """A technician thinks it is solved. Only the customer closes (rule 10)."""

    kind: Literal["solution_proposed"] = "solution_proposed"
    text: LongText
    certainty: Certainty


class CaseClosed(Record):
    """The customer confirms that it is solved."""

    kind: Literal["case_closed"] = "case_closed"
    thanks: Annotated[str, Field(max_length=2000)] = ""


class CaseReopened(Record):
    """The customer says: not fixed."""

    kind: Literal["case_reopened"] = "case_reopened"
    text: LongText
