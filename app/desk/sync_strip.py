"""Long work of sync, in the line at the bottom: what is being done, how much of it, and the way to stop it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.flows.progress import Progress, amount, doing
from app.flows.synchronise import SyncState
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import plain
from app.widgets.elided import Elided
from app.widgets.icons import Icon
from app.widgets.layouts import row

_MOMENT_MS = 500
"""What is over sooner is not shown."""
_FULL = 1000


class SyncStrip(QWidget):
    """`stop_asked` and `go_on_asked` are sent by the one button that is there."""

    stop_asked = Signal()
    go_on_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("syncStrip")
        self._text = Elided()
        self._text.setObjectName("syncText")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(theme.WORK_BAR)
        self._bar.setObjectName("syncBar")
        self._stop = plain(_("Stop"), "stopSync", Icon.CROSS)
        self._go_on = plain(_("Go on"), "goOnSync", Icon.PLAY)
        self.setLayout(row(self._text, self._bar, self._stop, self._go_on, None, gap=theme.TIGHT))
        self._moment = QTimer(self, interval=_MOMENT_MS, singleShot=True)
        self._moment.timeout.connect(self.show)
        self._stop.clicked.connect(self._ask_to_stop)
        self._go_on.clicked.connect(self._ask_to_go_on)
        self.hide()

    def show_state(self, state: SyncState) -> None:
        """How far it has come, or that it was stopped."""
        if state.stopped:
            self._show_stopped(state.progress)
        elif state.progress is not None:
            self._show_progress(state.progress)
        else:
            self._moment.stop()
            self.hide()

    def _show_progress(self, progress: Progress) -> None:
        self._text.setText(_line(progress))
        self._bar.setRange(0, _FULL if progress.total else 0)
        self._bar.setValue(_FULL * progress.done // progress.total if progress.total else 0)
        self._bar.setAccessibleName(_line(progress))
        self._bar.show()
        self._stop.show()
        self._stop.setEnabled(True)
        self._go_on.hide()
        if self.isHidden() and not self._moment.isActive():
            self._moment.start()

    def _show_stopped(self, progress: Progress | None) -> None:
        self._moment.stop()
        self._text.setText(_("Stopping …") if progress else _("Stopped. It goes on from there."))
        self._bar.hide()
        self._stop.hide()
        self._go_on.show()
        self._go_on.setEnabled(progress is None)
        self.show()

    def _ask_to_stop(self) -> None:
        self._stop.setEnabled(False)
        self.stop_asked.emit()

    def _ask_to_go_on(self) -> None:
        self._go_on.setEnabled(False)
        self.go_on_asked.emit()


def _line(progress: Progress) -> str:
    much = amount(progress.done, progress.total, progress.unit)
    return f"{doing(progress.what)}: {much}" if much else f"{doing(progress.what)} …"
