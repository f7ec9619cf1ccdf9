"""What the owner does with the data of a service, in one place for whoever offers it: a command, a window one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domain.agreement import Terms
from app.domain.agreement_log import Agreement
from app.domain.crossed_line import Report
from app.domain.customer import Customer
from app.domain.progress import Counted
from app.service.agreements import Imported, agreements, import_agreement
from app.service.backup import BackedUp, back_up
from app.service.check import Checked, check
from app.service.crossed_lines import crossed_lines, follow_up
from app.service.erase import Erased, erase, whom
from app.service.export_person import Exported, export_person
from app.service.persons import Person
from app.service.restore import Restored, restore
from app.service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class OwnerTasks:
    """The tasks on one service. Each blocks; the function of its name tells what it raises."""

    settings: ServiceSettings

    def back_up(self, file: Path, on_progress: Counted) -> BackedUp:
        """Write everything into a new file."""
        return back_up(self.settings, file, on_progress)

    def restore(self, file: Path, *, replace: bool, on_progress: Counted) -> Restored:
        """Put a backup in place."""
        return restore(self.settings, file, replace=replace, on_progress=on_progress)

    def whom(self, untrusted_name: str) -> Person:
        """The person who is meant."""
        return whom(self.settings, untrusted_name)

    def erase(self, person: Person, on_progress: Counted) -> Erased:
        """Erase the person."""
        return erase(self.settings, person, on_progress)

    def export_person(self, person: Person, place: Path, on_progress: Counted) -> Exported:
        """Write everything that is held about the person."""
        return export_person(self.settings, person, place, on_progress)

    def import_agreement(
        self, terms: Terms, based_on: Sequence[str], customer: str | None, since: date | None
    ) -> Imported:
        """Write an agreement, or a change of it, and give it to a customer."""
        return import_agreement(self.settings, terms, based_on, customer, since)

    def agreements(self) -> tuple[tuple[Agreement, tuple[Customer, ...]], ...]:
        """All agreements, each with who has it."""
        return agreements(self.settings)

    def crossed_lines(self) -> tuple[Report, ...]:
        """What technicians told the owner alone."""
        return crossed_lines(self.settings)

    def follow_up(self, untrusted_name: str, text: str) -> Report:
        """Write down what was done about a report."""
        return follow_up(self.settings, untrusted_name, text)

    def check(self, *, read_blobs: bool, on_progress: Counted) -> Checked:
        """Look whether all that is kept is whole."""
        return check(self.settings, read_blobs=read_blobs, on_progress=on_progress)
