"""What the service refused of the case in view: written anew in the composer, or discarded after a question."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.desk.case_page import CasePage
from app.flows.party import Party
from app.flows.refused import Refused, discard_refused, list_refused
from app.system.translations import _
from app.widgets.buttons import quiet
from app.widgets.jobs import Jobs
from app.widgets.plain import plain_line
from app.widgets.question import Question


class CaseRefusals(QObject):
    """`decided` comes when it is on record; `first_found` carries the case of the oldest one that waits."""

    decided = Signal()
    first_found = Signal(object)

    def __init__(self, party: Party, jobs: Jobs, page: CasePage) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._page = page
        page.timeline.amend_asked.connect(partial(self._with, then=self._take_back))
        page.timeline.discard_asked.connect(partial(self._with, then=self._ask_to_discard))

    def find_first(self) -> None:
        """Look for the oldest one that waits for a decision; `first_found` follows where there is one."""

        def found(waiting: tuple[Refused, ...]) -> None:
            if waiting:
                self.first_found.emit(waiting[0].case_id)

        self._jobs.run(partial(list_refused, self._party), found, self._page.banner.say)

    def _with(self, event_id: UUID, then: Callable[[Refused], None]) -> None:
        def found(waiting: tuple[Refused, ...]) -> None:
            for one in waiting:
                if one.id == event_id:
                    then(one)

        self._jobs.run(partial(list_refused, self._party), found, self._page.banner.say)

    def _take_back(self, refused: Refused) -> None:
        self._page.composer.take_back(refused.id, refused.body, refused.reason)

    def _ask_to_discard(self, refused: Refused) -> None:
        question = Question(
            self._page.window(),
            _("Discard what was refused?"),
            _("“{what}” stays in the log of this machine as discarded. Nobody else ever sees it.").format(
                what=plain_line(refused.sentence, 200)
            ),
            quiet(_("Discard"), "questionYes"),
            _("Keep it"),
        )
        question.accepted.connect(partial(self._discard, refused.id))
        question.open()

    def _discard(self, event_id: UUID) -> None:
        if self._page.composer.anew.replaces == event_id:
            self._page.composer.let_go()
        work = partial(discard_refused, self._party, event_id)
        self._jobs.run(work, lambda _: self.decided.emit(), self._page.banner.say)
