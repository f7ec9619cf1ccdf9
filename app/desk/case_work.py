"""What a technician writes into the case in view: each wish becomes a job, and is told of once it is on record."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.desk.case_page import CasePage
from app.domain.events import Audience, Certainty, NoteAdded, SolutionProposed, WorkKind, WorkRecorded
from app.flows.party import Party
from app.flows.propose_solution import propose_solution
from app.flows.record_work import record_work, record_work_anew, said_overlap
from app.flows.take_case import take_case
from app.flows.write_note import write_note
from app.widgets.jobs import Jobs


class CaseWork(QObject):
    """`saved` comes when something is on record on this machine, whether or not it is sent."""

    saved = Signal()

    def __init__(self, party: Party, jobs: Jobs, page: CasePage) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._page = page
        self.case_id: UUID | None = None
        page.take_asked.connect(self.take)
        page.composer.note.written.connect(self._write_note)
        page.composer.work.recorded.connect(self._record_work)
        page.composer.solution.proposed.connect(self._propose)

    def take(self) -> None:
        """Make the case one's own."""
        if self.case_id is not None:
            self._do(partial(take_case, self._party, self.case_id), lambda: None)

    def _write_note(self, text: str, certainty: Certainty, audience: Audience) -> None:
        if self.case_id is not None:
            refused = self._page.composer.replaces(NoteAdded)
            work = partial(write_note, self._party, self.case_id, text, certainty, audience, refused)
            self._do(work, self._page.composer.note.clear, refused)

    def _record_work(self, start: datetime, end: datetime, kind: WorkKind, text: str, session: UUID | None) -> None:
        if self.case_id is None:
            return
        work = partial(record_work, self._party, self.case_id, start, end, kind, text, session)
        refused = self._page.composer.replaces(WorkRecorded)
        if refused is not None:
            body = WorkRecorded(start=start, end=end, work=kind, text=text.strip(), session=session)
            work = partial(record_work_anew, self._party, self.case_id, refused, body)
        self._do(lambda: said_overlap(self._party, work()), self._page.composer.work.clear, refused)

    def _propose(self, text: str, certainty: Certainty) -> None:
        if self.case_id is not None:
            refused = self._page.composer.replaces(SolutionProposed)
            work = partial(propose_solution, self._party, self.case_id, text, certainty, refused)
            self._do(work, self._page.composer.solution.clear, refused)

    def _do(self, work: Callable[[], object], then: Callable[[], None], refused: UUID | None = None) -> None:
        """What was typed is cleared only once it is on record; `refused` is what it stands in for, if anything.

        Where the work returns a sentence, the technician reads it.
        """

        def done(result: object) -> None:
            self._page.banner.clear()
            if refused is not None and refused == self._page.composer.anew.replaces:
                self._page.composer.anew.clear()
            then()
            self.saved.emit()
            if isinstance(result, str) and result:
                self._page.banner.say(result, "notice")

        self._jobs.run(work, done, self._page.banner.say)
