"""What a run of the checks ends with."""

from typing import Annotated

from pydantic import Field

from app.domain.finding import Finding
from app.domain.records import Record, Utc


class Report(Record):
    """Every check's finding, in the order of the catalogue. `at` is when the run began; `seconds` is the whole run."""

    at: Utc
    seconds: Annotated[float, Field(ge=0)]
    findings: tuple[Finding, ...]
