"""What every check is: a name, a title, a time limit, and one question that it answers."""

from typing import Annotated, Protocol

from pydantic import Field

from app.domain.finding import Evidence, Level
from app.domain.records import LongText, Record

SAMPLING_SECONDS = 0.2
"""For how long the checks look that must look twice: the shortest that still tells something."""


class Outcome(Record):
    """What a check has to say. The sentence is in the customer's language, calm and without jargon.

    Names in the evidence are plain English and stay as they are, so that they can be compared between reports.
    """

    level: Level
    sentence: Annotated[LongText, Field(max_length=500)]
    evidence: tuple[Evidence, ...] = ()


class Check(Protocol):
    """One thing about this computer that can be found out."""

    @property
    def name(self) -> str:
        """The stable name: commands and reports know the check by it."""

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""

    @property
    def limit_seconds(self) -> float:
        """How long the report waits for it."""

    def run(self) -> Outcome:
        """Find out. Runs on a thread of its own and may raise anything: the runner makes that a finding."""
