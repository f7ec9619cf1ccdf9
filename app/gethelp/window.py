"""The customer's window: one decision a page, from "what can we do for you?" to "is it fixed?"."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.domain.consent import Grants
from app.domain.events import EndReason
from app.flows.meet_provider import meet_provider
from app.flows.party import Party
from app.gethelp.asking import Asked, Draft, agree, answer_with, ask, keep_receipt, look
from app.gethelp.describe_page import DescribePage
from app.gethelp.done_page import Answer
from app.gethelp.frame import frame
from app.gethelp.hosting import Hosting
from app.gethelp.keeping_step import KeepingStep
from app.gethelp.live_session import LiveSession
from app.gethelp.page import Page
from app.gethelp.wording import provider_name
from app.system.translations import _
from app.widgets.bridge import Bridge
from app.widgets.buttons import stop
from app.widgets.jobs import Jobs
from app.widgets.labels import Label
from app.widgets.layouts import column
from app.widgets.question import Question

if TYPE_CHECKING:
    from app.flows.diagnose import Diagnosis, Progress
    from app.flows.host_session import Ended  # what hosts a session is loaded only when one begins
    from app.gethelp.pages import Pages


class GetHelpWindow(QWidget):
    """Asks, shows, and lets the customer stop at any time. The party stays its owner's to close.

    `page_changed` carries the page's name, `code_shown` the code, `session_ended` comes when nobody is in any more.
    """

    page_changed = Signal(str)
    code_shown = Signal(str)
    session_ended = Signal()
    _closed = Signal()

    def __init__(self, party: Party) -> None:
        super().__init__()
        self._party = party
        self._draft = Draft()
        self._case_id: UUID | None = None
        self._closing = False
        self._jobs = Jobs(self)
        self._hosting = Hosting(party, self._jobs, self._show_output)
        self._progress = Bridge(self._progressed, self)
        self._live = LiveSession(party.clock, self._hosting, self)
        self._stack = QStackedWidget()
        self._step = KeepingStep(party, self._jobs, self._stack)
        self._head = Label(part="large")
        self._build()
        self._connect_hosting()
        if party.settings.provider_name or not party.settings.provider:
            self._begin()
        else:  # nobody is asked anything before it is known who asks
            self._head.setText(_("One moment …"))
            self._jobs.run(partial(meet_provider, party), lambda _: self._begin(), lambda _: self._begin())

    @property
    def current_page(self) -> str:
        """The name of the page in view; empty until the provider is known."""
        page = self._stack.currentWidget()
        return page.name if isinstance(page, Page) else ""

    @property
    def draft(self) -> Draft:
        """What the customer decided so far."""
        return self._draft

    @property
    def case_id(self) -> UUID | None:
        """The case, once it is open."""
        return self._case_id

    def save_receipt_to(self, path: Path) -> None:
        """Write the receipt of this case there."""
        if (case_id := self._case_id) is not None:
            self._jobs.run(partial(keep_receipt, self._party, case_id, path), self._receipt_saved, self._say)

    def leave(self) -> None:
        """Close without asking. Whoever is in is put out first."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close; while somebody is in, ask first, and stop."""
        if self._live.technician and self._hosting.is_on and not self._closing:
            event.ignore()
            self._ask_to_stop()
            return
        self._live.close()
        self._closed.emit()
        self._hosting.close()
        self._progress.close()
        self._step.end()
        self._jobs.close()
        self._step.close()
        super().closeEvent(event)

    def _close_whole(self) -> None:
        """Close this window, or the one that holds it."""
        self.window().close()

    def _build(self) -> None:
        body = QWidget()
        body.setLayout(column(self._stack, self._step.part, gap=0))
        frame(self, self._head, body)
        self.setObjectName("getHelpWindow")

    def _begin(self) -> None:
        provider, me = provider_name(self._party), self._party.settings.me
        self._head.setText(provider)
        self.setWindowTitle(_("Get help from {provider}").format(provider=provider))
        self._first = DescribePage(provider, me.name if me else "")
        self._first.described.connect(self._described)
        self._stack.addWidget(self._first)
        self._go(self._first)
        self._step.start()

    @cached_property
    def _pages(self) -> Pages:
        """The pages after the first, made when that one is filled in: the window opens without them."""
        from app.gethelp.pages import make_pages

        pages = make_pages(self._party)
        for page in pages:
            self._stack.addWidget(page)
        self._connect_pages(pages)
        self._connect_session(pages)
        return pages

    def _connect_pages(self, pages: Pages) -> None:
        pages.share.back.connect(partial(self._go, self._first))
        pages.share.preview_asked.connect(partial(self._go, pages.preview))
        pages.share.shared.connect(self._chose_to_share)
        pages.preview.back.connect(partial(self._go, pages.share))
        pages.agree.back.connect(partial(self._go, pages.share))
        pages.agree.agreed.connect(self._agreed)
        pages.agree.declined.connect(self._declined)
        pages.asked.let_in.connect(partial(self._go, pages.agree))
        pages.asked.retry_asked.connect(self._declined)
        pages.asked.finished.connect(self._close_whole)
        pages.done.answered.connect(self._answered)
        pages.done.receipt_asked.connect(self._ask_where_to_save)
        pages.done.finished.connect(self._close_whole)

    def _connect_session(self, pages: Pages) -> None:
        hosting = self._hosting
        self._closed.connect(pages.live.screen_view.close_intake)
        pages.code.fresh_asked.connect(hosting.fresh_code)
        pages.code.given_up.connect(self._gave_up)
        pages.code.retry_asked.connect(self._wait_for_technician)
        self._live.play_on(pages.live)
        hosting.code_shown.connect(pages.code.show_code)
        hosting.burned.connect(pages.code.burned)

    def _connect_hosting(self) -> None:
        hosting = self._hosting
        hosting.code_shown.connect(lambda code, _until: self.code_shown.emit(code))
        hosting.joined.connect(self._joined)
        hosting.ended.connect(self._ended)
        hosting.failed.connect(self._session_failed)

    def _go(self, page: Page) -> None:
        self._stack.setCurrentWidget(page)
        page.entered()
        self._step.show_page(page.name)
        self.page_changed.emit(page.name)

    def _show_output(self, untrusted: bytes) -> None:
        """On the session's thread."""
        self._pages.live.screen_view.output(untrusted)

    def _progressed(self, progress: Progress) -> None:
        self._pages.share.progressed(progress)

    def _say(self, why: str) -> None:
        current = self._stack.currentWidget()
        if isinstance(current, Page):
            current.banner.say(why)

    # What the customer decides

    def _described(self, name: str, about: str) -> None:
        self._draft.name, self._draft.about = name, about
        self._go(self._pages.share)
        if self._draft.diagnosis is None:
            self._pages.share.begin()
            self._jobs.run(
                partial(look, self._party, self._progress),
                self._diagnosed,
                self._pages.share.failed,
            )

    def _diagnosed(self, diagnosis: Diagnosis) -> None:
        self._draft.diagnosis = diagnosis
        self._pages.preview.show_diagnosis(diagnosis)
        self._pages.share.finished(diagnosis)

    def _chose_to_share(self, shares: bool) -> None:
        self._draft.shares = shares
        self._go(self._pages.agree)

    def _agreed(self, grants: Grants, price: str) -> None:
        self._draft.grants, self._draft.price = grants, price
        self._go(self._pages.code)
        self._pages.code.begin()
        if (case_id := self._case_id) is None:
            self._jobs.run(
                partial(ask, self._party, replace(self._draft)), self._asked_to_come, self._pages.code.failed
            )
        else:
            work = partial(agree, self._party, case_id, grants, price)
            self._jobs.run(work, lambda _: self._host(case_id), self._pages.code.failed)

    def _declined(self) -> None:
        self._draft.grants = Grants()
        self._go(self._pages.asked)
        if self._case_id is not None:
            return
        self._pages.asked.sending()
        self._jobs.run(partial(ask, self._party, replace(self._draft)), self._asked, self._pages.asked.failed)

    # The case and the session

    def _asked(self, asked: Asked) -> None:
        self._case_id = asked.case_id
        self._step.start()
        self._pages.asked.sent(asked.reference, asked.pending)
        for page in (self._pages.asked, self._pages.code):
            page.tip.show_tip(asked.tip)

    def _asked_to_come(self, asked: Asked) -> None:
        self._asked(asked)
        self._host(asked.case_id)

    def _host(self, case_id: UUID) -> None:
        self._pages.live.await_somebody()
        self._hosting.begin(case_id, self._draft.grants)

    def _wait_for_technician(self) -> None:
        """Try again what did not work."""
        self._pages.code.begin()
        if (case_id := self._case_id) is not None:
            self._host(case_id)
        else:
            self._agreed(self._draft.grants, self._draft.price)

    def _gave_up(self) -> None:
        if self._hosting.is_on:
            self._hosting.stop()
        else:
            self._declined()

    def _joined(self, untrusted_name: str) -> None:
        self._pages.code.rest()
        self._live.begin(untrusted_name, self._draft.grants)
        self._go(self._pages.live)

    def _ended(self, ended: Ended) -> None:
        technician = self._live.rest()
        self._pages.code.rest()
        if self._closing:
            self._close_whole()
        elif technician:
            self._pages.done.begin(ended, technician)
            self._go(self._pages.done)
        else:
            self._nobody_came(ended)
        self.session_ended.emit()

    def _nobody_came(self, ended: Ended) -> None:
        if ended.reason is EndReason.CUSTOMER_STOPPED:
            self._go(self._pages.asked)
        else:
            self._pages.code.failed(ended.why or _("Nobody came in time. Try again, and we wait anew."))

    def _session_failed(self, why: str) -> None:
        if self._live.technician:
            self._say(why)
        else:
            self._pages.code.failed(why)

    def _ask_to_stop(self) -> None:
        question = Question(
            self,
            _("{name} is still on your computer").format(name=self._live.technician),
            _("Closing this window stops that at once."),
            stop(_("Stop and close"), "questionYes"),
            _("Go on"),
        )
        question.accepted.connect(self._stop_and_close)
        question.open()

    def _stop_and_close(self) -> None:
        self._closing = True
        self._live.stop()

    # Afterwards

    def _answered(self, answer: Answer, words: str) -> None:
        if (case_id := self._case_id) is None:
            return
        done = self._pages.done
        done.sending()
        work = partial(answer_with, self._party, case_id, answer, words)
        self._jobs.run(work, lambda _: done.answered_with(answer), done.failed)

    def _ask_where_to_save(self) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        suggested = str(Path(documents) / _("receipt.html"))
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save the receipt"), suggested, _("Web page (*.html)"))
        if chosen:
            self.save_receipt_to(Path(chosen))

    def _receipt_saved(self, _result: object) -> None:
        self._pages.done.banner.say(_("The receipt is saved. It is yours to keep."), "ok")
