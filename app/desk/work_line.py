"""The line to record time with. A session's own time is filled in; one click puts it on record."""

from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.desk.wording import work_word
from app.domain.events import WorkKind, WorkRecorded
from app.system.clock import Clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import primary
from app.widgets.fields import minutes_box, text_line
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import column, row
from app.widgets.select import Select

_SECOND = 1000
_MOST_MINUTES = 24 * 60


class WorkLine(QWidget):
    """`recorded` carries start and end (UTC), the kind, a text and the session's id or None."""

    recorded = Signal(object, object, object, str, object)

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._began: datetime | None = None
        self._ended: datetime | None = None
        self._session: UUID | None = None
        self._minutes = minutes_box("workMinutes", _("Minutes worked"), 0, _MOST_MINUTES)
        self._kind = Select("workKind", _("What it is to the agreement"))
        for kind in WorkKind:
            self._kind.addItem(work_word(kind), kind)
        self._text = text_line("workText", _("What was done"), _("What was done (may stay empty)"), most=2000)
        self._running = line(part="quiet")
        record = primary(_("Record time"), "recordWork", Icon.TIMER)
        fields = row(self._minutes, self._kind, self._running, None, record, gap=theme.TIGHT)
        self.setLayout(column(self._text, fields, gap=theme.TIGHT))
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._tick)
        self._minutes.editingFinished.connect(self._forget_session_if_changed)
        record.clicked.connect(self._record)

    def session_began(self, session: UUID) -> None:
        """The clock runs from now on."""
        self._session, self._began, self._ended = session, self._clock.now(), None
        self._ticking.start()
        self._tick()

    def session_ended(self) -> None:
        """The clock stands: its time is filled in, to be recorded with one click."""
        self._ticking.stop()
        self._ended = self._clock.now()
        self._tick()
        self._running.setText(_("from the session"))

    def take_back(self, body: WorkRecorded) -> None:
        """Have this to be recorded anew; its start and its end stay as long as the minutes do."""
        self._ticking.stop()
        self._session, self._began, self._ended = body.session, body.start, body.end
        self._minutes.setValue(_rounded_up((body.end - body.start).total_seconds()))
        self._kind.setCurrentIndex(self._kind.findData(body.work))
        self._text.setText(body.text)
        self._minutes.setFocus()

    def clear(self) -> None:
        """It is on record."""
        self._minutes.setValue(0)
        self._text.clear()
        self._running.clear()
        self._began = self._ended = self._session = None

    def _tick(self) -> None:
        if self._began is not None:
            seconds = ((self._ended or self._clock.now()) - self._began).total_seconds()
            self._minutes.setValue(_rounded_up(seconds))
            self._running.setText(_("session runs {time}").format(time=f"{int(seconds) // 60}:{int(seconds) % 60:02d}"))

    def _forget_session_if_changed(self) -> None:
        if self._began is None or self._ended is None:
            return
        if self._minutes.value() != _rounded_up((self._ended - self._began).total_seconds()):
            self._began = self._ended = None
            self._running.clear()

    def _record(self) -> None:
        end = self._ended or self._clock.now()
        start = self._began or end - timedelta(minutes=self._minutes.value())
        self.recorded.emit(start, end, self._kind.currentData(), self._text.text(), self._session)


def _rounded_up(seconds: float) -> int:
    return -(-int(seconds) // 60) or 1
