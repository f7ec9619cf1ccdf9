"""The customer's window from its first moment: on the screen at once, filled as soon as the store is open.

Loading what the pages stand on takes longer than showing a window, and a keyring may first ask to be unlocked:
nobody waits for that before an empty screen. So nothing is imported here but what is painted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.gethelp.frame import frame
from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.jobs import Jobs
from app.widgets.labels import Label
from app.widgets.layouts import column

if TYPE_CHECKING:
    from app.flows.party import Party
    from app.gethelp.window import GetHelpWindow


class Opening(QWidget):
    """Calls `open_party` on a worker, then holds the window made for that party. `opened` carries that window.

    Where the party cannot be had, the sentence that helps stands in its place. The party stays its owner's to close,
    once this window is closed.
    """

    opened = Signal(QWidget)

    def __init__(self, open_party: Callable[[], Party]) -> None:
        super().__init__()
        self._inside: GetHelpWindow | None = None
        self._jobs = Jobs(self)
        self._head = Label(_("One moment …"), part="large")
        self._banner = Banner("openingBanner")
        waiting = QWidget()
        frame(waiting, self._head, _above(self._banner))
        self.setWindowTitle(_("Get help"))
        self._layers = QStackedLayout(self)
        self._layers.addWidget(waiting)
        self.resize(waiting.size())
        self._jobs.run(open_party, self._fill, self._fail)

    def leave(self) -> None:
        """Close without asking."""
        if self._inside is not None:
            self._inside.leave()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close, unless what is inside asks first. What is still being opened is waited for out of sight."""
        if self._inside is not None and not self._inside.close():
            event.ignore()
            return
        self.hide()
        self._jobs.close()
        super().closeEvent(event)

    def _fill(self, party: Party) -> None:
        from app.gethelp.window import GetHelpWindow  # the pages, which nothing needed until here

        self._inside = GetHelpWindow(party)
        self._inside.windowTitleChanged.connect(self.setWindowTitle)
        self.setWindowTitle(self._inside.windowTitle() or self.windowTitle())
        self._layers.setCurrentIndex(self._layers.addWidget(self._inside))
        self.opened.emit(self._inside)

    def _fail(self, why: str) -> None:
        self._head.setText(_("Get help"))
        self._banner.say(why)


def _above(banner: Banner) -> QWidget:
    """The banner with room below it."""
    room = QWidget()
    room.setLayout(column(banner, None, margin=theme.WIDE))
    return room
