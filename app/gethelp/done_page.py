"""Page 6: what was done, and whether it is fixed. The customer has the last word."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.events import EndReason
from app.flows.sentences import duration
from app.gethelp.page import Page
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.buttons import choice, plain, quiet
from app.widgets.card import Card
from app.widgets.choices import Choices
from app.widgets.fields import text_area
from app.widgets.icons import Icon
from app.widgets.labels import Label, paragraph
from app.widgets.layouts import column, row
from app.widgets.plain import breakable, plain_line

if TYPE_CHECKING:
    from app.flows.host_session import Ended  # what hosts a session is loaded only when one begins


class Answer(Enum):
    """What the customer says of the outcome. Not being sure is an answer like the others (rule 1)."""

    FIXED = auto()
    NOT_FIXED = auto()
    UNSURE = auto()


class DonePage(Page):
    """`answered` carries the answer and the customer's words."""

    answered = Signal(object, str)
    receipt_asked = Signal()
    finished = Signal()

    def __init__(self) -> None:
        super().__init__("done", _("The session is over"))
        self._what = paragraph()
        hint = _("Something you want to say? A word of thanks is welcome, too.")
        self._thanks = text_area("thanks", _("Something you want to say"), hint)
        self._thanks.setFixedHeight(2 * theme.VAST)
        self._question = self._ask()
        self._outcome = Label(part="lead")
        self._receipt = plain(_("Save the receipt"), "saveReceipt", Icon.RECEIPT)
        self.fill(Card(self._what, row(self._receipt, None)), self._question, self._outcome, None)
        finish = quiet(_("Close"), "finish")
        self.offer(finish)
        self._receipt.clicked.connect(self.receipt_asked)
        finish.clicked.connect(self.finished)

    def begin(self, ended: Ended, untrusted_technician: str) -> None:
        """Tell how it ended, and ask."""
        self._what.setText(breakable(_told(ended, plain_line(untrusted_technician, 60))))
        self._thanks.clear()
        self._question.show()
        self._question.setEnabled(True)
        self._outcome.hide()

    def sending(self) -> None:
        """The answer is on its way into the log."""
        self._question.setEnabled(False)

    def answered_with(self, answer: Answer) -> None:
        """The answer is on record."""
        self._question.hide()
        self._outcome.setText(
            {
                Answer.FIXED: _("Good to hear. The case is closed. You can ask for help again whenever you like."),
                Answer.NOT_FIXED: _("Thank you for saying so. The case stays open, and we go on with it."),
                Answer.UNSURE: _("That is fine. The case stays open until you say that it is fixed."),
            }[answer]
        )
        self._outcome.show()

    def failed(self, why: str) -> None:
        """The answer could not be taken."""
        self._question.setEnabled(True)
        self.banner.say(why)

    def _ask(self) -> QWidget:
        unsure = choice(_("I am not sure yet"), "unsure", Icon.QUESTION)
        not_fixed = choice(_("Not fixed yet"), "notFixed")
        fixed = choice(_("It is fixed"), "fixed", Icon.CHECK)
        for button, answer in ((unsure, Answer.UNSURE), (not_fixed, Answer.NOT_FIXED), (fixed, Answer.FIXED)):
            button.clicked.connect(lambda _=False, answer=answer: self.answered.emit(answer, self._words()))
        part = QWidget()
        part.setLayout(
            column(Label(_("Is it fixed?"), "large"), self._thanks, Choices(unsure, not_fixed, fixed), gap=theme.SNUG)
        )
        return part

    def _words(self) -> str:
        return self._thanks.toPlainText().strip()


def _told(ended: Ended, technician: str) -> str:
    why = {
        EndReason.CUSTOMER_STOPPED: _("You stopped it."),
        EndReason.TECHNICIAN_LEFT: _("{name} has left."),
        EndReason.EXPIRED: _("The time you agreed to ran out."),
        EndReason.RECORDING_FAILED: _("It could not be recorded any more, so it was ended."),
        EndReason.CONNECTION_LOST: _("The connection was lost."),
        EndReason.FAULT: _("Something went wrong on the way, so it was ended."),
    }[ended.reason].format(name=technician or _("The technician"))
    if not technician:
        return _("{why} Nobody was on your computer.").format(why=why)
    told = [_("{why} {name} was here for {length}.").format(why=why, name=technician, length=duration(ended.seconds))]
    if not ended.forced:  # then nobody was left to count
        commands = ngettext("{n} command", "{n} commands", ended.commands).format(n=ended.commands)
        files = ngettext("{n} file", "{n} files", ended.files).format(n=ended.files)
        told = [
            _("{why} {name} was here for {length}: {commands}, {files}.").format(
                why=why, name=technician, length=duration(ended.seconds), commands=commands, files=files
            )
        ]
    return " ".join((*told, _("Nobody is on your computer now."), _remains(ended))).strip()


def _remains(ended: Ended) -> str:
    """What is to be known of how it ended, where it did not end by itself, or not wholly."""
    if ended.left:
        return ngettext(
            "{n} program that was started still runs, because it has rights that we do not have. "
            "Restart your computer to be sure.",
            "{n} programs that were started still run, because they have rights that we do not have. "
            "Restart your computer to be sure.",
            ended.left,
        ).format(n=ended.left)
    return _("It had to be ended by force. Nothing of it runs any more.") if ended.forced else ""
