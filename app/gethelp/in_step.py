"""At the bottom of the customer's window: whether what they wrote has arrived, and what is still on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import plain
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column, row

if TYPE_CHECKING:
    from app.flows.progress import Progress
    from app.flows.synchronise import SyncState  # what keeps in step is loaded once there is something to keep

_PATIENCE_MS = 2000
"""What takes no longer than this is not shown."""
_FULL = 1000


class InStep(QWidget):
    """Words, and a bar while something takes long. `rest_asked` and `go_on_asked` are sent by its one button."""

    rest_asked = Signal()
    go_on_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inStep")
        self._provider = ""
        self._mark = IconMark(Icon.ONLINE, "quiet", theme.GAP)
        self._words = Label(part="quiet")
        self._words.setObjectName("inStepWords")
        self._bar = QProgressBar()
        self._bar.setObjectName("inStepBar")
        self._bar.setTextVisible(False)
        self._rest = plain(_("Not now"), "inStepRest")
        self._go_on = plain(_("Go on"), "inStepGoOn", Icon.PLAY)
        line = row(self._mark, self._words, self._rest, self._go_on, gap=theme.TIGHT)
        line.setStretch(1, 1)
        whole = column(line, self._bar, gap=theme.HAIR)
        whole.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.TIGHT)
        self.setLayout(whole)
        self._progress: Progress | None = None
        self._long = False
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._show_long)
        self._rest.clicked.connect(self._ask_to_rest)
        self._go_on.clicked.connect(self._ask_to_go_on)
        self._show_work(False)
        self._go_on.hide()
        self.hide()

    def show_state(self, state: SyncState, provider: str) -> None:
        """How this computer and the provider stand."""
        from app.gethelp.in_step_words import said_of

        self._provider = provider
        self._progress = state.progress
        well, words = said_of(state, provider)
        self._mark.show_icon(Icon.ONLINE if well else Icon.OFFLINE, "ok" if well else "notice")
        self._say(words)
        self._go_on.setVisible(state.stopped)
        self._go_on.setEnabled(True)
        if state.progress is None or state.stopped:
            self._patience.stop()
            self._long = False
        elif not self._long and not self._patience.isActive():
            self._patience.start()
        self._show_work(self._long)

    def _show_long(self) -> None:
        self._long = True
        self._show_work(True)

    def _show_work(self, shown: bool) -> None:
        self._bar.setVisible(shown)
        self._rest.setVisible(shown)
        if not shown or self._progress is None:
            return
        from app.gethelp.in_step_words import doing_for

        self._rest.setEnabled(True)
        self._say(doing_for(self._progress))
        self._bar.setAccessibleName(self._words.text())
        self._bar.setRange(0, _FULL if self._progress.total else 0)
        self._bar.setValue(_FULL * self._progress.done // self._progress.total if self._progress.total else 0)

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setAccessibleName(words)

    def _ask_to_rest(self) -> None:
        self._rest.setEnabled(False)
        self.rest_asked.emit()

    def _ask_to_go_on(self) -> None:
        self._go_on.setEnabled(False)
        self.go_on_asked.emit()
