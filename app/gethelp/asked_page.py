"""The request is in, and nobody is let in: what happens next, and how to change one's mind."""

from PySide6.QtCore import Signal

from app.gethelp.page import Page
from app.gethelp.tip_card import TipCard
from app.system.translations import _
from app.widgets.buttons import primary, quiet
from app.widgets.card import Card
from app.widgets.icons import Icon
from app.widgets.labels import Label, large, paragraph
from app.widgets.labels import quiet as explanation


class AskedPage(Page):
    """`let_in` is sent by the button that leads back to agreeing."""

    let_in = Signal()
    finished = Signal()
    retry_asked = Signal()

    def __init__(self, provider: str) -> None:
        super().__init__("asked", _("We have your request"))
        self._provider = provider
        self._reference = large()
        self._reference.setObjectName("reference")
        self._next = paragraph()
        self.tip = TipCard("askedTip")
        let_in = quiet(_("Let someone in"), "letIn", Icon.TERMINAL)
        finish = primary(_("Finish"), "askedFinish")
        self._retry = primary(_("Try again"), "askedRetry")
        self.fill(
            Card(explanation(_("Your case")), self._reference),
            self._next,
            Label(_("Nobody has access to your computer."), "strong"),
            self.tip,
            None,
        )
        self.offer(let_in, self._retry, finish)
        let_in.clicked.connect(self.let_in)
        self._retry.clicked.connect(self.retry_asked)
        finish.clicked.connect(self.finished)

    def sending(self) -> None:
        """The request is on its way."""
        self.title.setText(_("Sending your request"))
        self._reference.setText("…")
        self._next.setText(_("This takes a moment."))
        self._retry.hide()

    def sent(self, reference: str, pending: bool) -> None:
        """The request is there, or, where it is pending, kept until it can be sent."""
        self._reference.setText(reference)
        self._retry.hide()
        if pending:
            self.title.setText(_("Your request is kept"))
            self._next.setText(
                _("{provider} cannot be reached just now. It is sent by itself as soon as that works again.").format(
                    provider=self._provider
                )
            )
            return
        self.title.setText(_("We have your request"))
        self._next.setText(
            _("{provider} reads it and calls you. You can close this window; your case is kept.").format(
                provider=self._provider
            )
        )

    def failed(self, why: str) -> None:
        """It did not get through."""
        self.title.setText(_("Your request is not sent yet"))
        self._next.setText(_("What you wrote is kept."))
        self.banner.say(why)
        self._retry.show()
