"""A card that comes while the person is at something else, and whose buttons must not be pressed by mistake."""

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLayout, QPushButton, QWidget

from app.widgets.card import Card

GUARD_MS = 1000
"""For so long a card that has just appeared cannot be answered: what is pressed then was meant for something else."""


class CarefulCard(Card):
    """Never takes the focus. Its guarded buttons rest for a moment whenever it appears, and when its window comes up.

    A click or a key that was on its way when the card came thus finds nothing to press. The focus, where it was in the
    card, goes to `refuge`, which does nothing with keys: Qt would give it to the next button.
    """

    def __init__(self, name: str, refuge: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("part", "question")
        self._refuge = refuge
        self._buttons: tuple[QPushButton, ...] = ()
        self._held = False
        self._moment = QTimer(self, interval=GUARD_MS, singleShot=True)
        self._moment.timeout.connect(self._open)

    def guard(self, *buttons: QPushButton) -> None:
        """These are the ones."""
        self._buttons = buttons
        self.rest()

    def fill(self, *items: QWidget | QLayout) -> None:
        """Put these into the card, from top to bottom."""
        for item in items:
            if isinstance(item, QWidget):
                self.box.addWidget(item)
            else:
                self.box.addLayout(item)

    def put_away(self) -> None:
        """There is nothing to ask any more."""
        self.let_go()
        self.hide()

    def let_go(self) -> None:
        """Whatever of this card has the focus loses it."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._refuge.setFocus()

    def rest(self) -> None:
        """Something new stands here: its buttons cannot be pressed for a moment."""
        self._held = False
        self._enable(False)
        self._moment.start()

    def hold(self) -> None:
        """An answer is on its way: the buttons rest until `rest` is called."""
        self._held = True
        self._moment.stop()
        self._enable(False)

    def announce(self, text: str) -> None:
        """Let those who listen know what is asked."""
        self.setAccessibleName(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """It appears."""
        super().showEvent(event)
        self._rest_anew()

    def event(self, event: QEvent) -> bool:
        """Its window comes up: the click that brought it up is no answer."""
        if event.type() is QEvent.Type.WindowActivate:
            self._rest_anew()
        return super().event(event)

    def _rest_anew(self) -> None:
        if not self._held and self._buttons:
            self.rest()

    def _open(self) -> None:
        self._enable(True)

    def _enable(self, enabled: bool) -> None:
        if not enabled and QApplication.focusWidget() in self._buttons:
            self._refuge.setFocus()
        for button in self._buttons:
            button.setEnabled(enabled)
