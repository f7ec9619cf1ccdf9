"""What the provider did not take of what the customer wrote: why, and the two ways to go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from app.system.translations import _
from app.widgets.buttons import choice
from app.widgets.careful_card import CarefulCard
from app.widgets.choices import Choices
from app.widgets.labels import Label, paragraph
from app.widgets.plain import breakable, plain_line

if TYPE_CHECKING:
    from app.flows.refused import Refused

_MOST_LETTERS = 160


class NotTaken(CarefulCard):
    """Asks about one at a time, the oldest first. `again_asked` and `leave_asked` carry a `Refused`."""

    again_asked = Signal(object)
    leave_asked = Signal(object)

    def __init__(self, refuge: QWidget) -> None:
        super().__init__("notTaken", refuge)
        self._current: Refused | None = None
        self._head = Label(part="strong")
        self._words = paragraph()
        self._why = Label(part="refusal")
        self._why.setObjectName("notTakenWhy")
        self._leave = choice(_("Leave it"), "leaveNotTaken")
        self._again = choice(_("Try again"), "againNotTaken")
        self.fill(self._head, self._words, self._why, Choices(self._leave, self._again))
        self.guard(self._leave, self._again)
        self._leave.clicked.connect(lambda: self._decide(self.leave_asked))
        self._again.clicked.connect(lambda: self._decide(self.again_asked))
        self.hide()

    def show_refused(self, waiting: Sequence[Refused], provider: str) -> None:
        """These wait for the customer's word; none hides the card."""
        if not waiting:
            self._current = None
            self.put_away()
            return
        if waiting[0] == self._current:
            self.rest()
            return
        self._current = waiting[0]
        self._head.setText(_("{provider} could not take this").format(provider=provider))
        untrusted = self._current.words or self._current.sentence
        self._words.setText(breakable(f"“{plain_line(untrusted, _MOST_LETTERS)}”"))
        self._tell(self._current.reason)
        self._again.setVisible(self._current.words is not None)
        self.rest()
        self.announce(f"{self._head.text()}: {self._words.text()} {self._why.text()}")

    def fail(self, why: str) -> None:
        """It cannot be done as things stand."""
        self._tell(why)
        self.rest()

    @property
    def asks(self) -> bool:
        """Whether there is something to decide."""
        return self._current is not None

    def _tell(self, why: str) -> None:
        self._why.setText(breakable(_("Why: {reason}").format(reason=plain_line(why, 2 * _MOST_LETTERS))))

    def _decide(self, signal: SignalInstance) -> None:
        if self._current is not None:
            self.hold()
            signal.emit(self._current)
