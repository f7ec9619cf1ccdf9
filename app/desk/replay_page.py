"""Plays what a session's terminal showed, as it was recorded. Long silences are cut short."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSlider, QWidget

from app.flows.replay_session import Frame, Recording
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import plain, primary
from app.widgets.fields import named
from app.widgets.ground import stand_on
from app.widgets.icons import Icon
from app.widgets.labels import headline, line
from app.widgets.layouts import column, row
from app.widgets.terminal.screen_view import ScreenView

_TICK_MILLISECONDS = 50
_LONGEST_SILENCE = 1.5
_PER_SECOND = 10


@dataclass(frozen=True, slots=True)
class Film:
    """A recording ready to play: its size, its frames, and when each is shown (seconds, silences cut short)."""

    columns: int
    rows: int
    frames: tuple[Frame, ...]
    times: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.times[-1] if self.times else 0.0


def develop(recording: Recording) -> Film:
    """Read a recording whole. Runs on a worker."""
    frames = tuple(recording)
    return Film(recording.header.columns, recording.header.rows, frames, tuple(_shortened(frames)))


def _shortened(frames: Sequence[Frame]) -> list[float]:
    times: list[float] = []
    shown = last = 0.0
    for frame in frames:
        shown += min(max(0.0, frame.at - last), _LONGEST_SILENCE)
        last = max(last, frame.at)
        times.append(shown)
    return times


class ReplayPage(QWidget):
    """Play, pause, and a slider to any moment. `back` leads to where one came from."""

    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        stand_on(self)
        self._film = Film(80, 24, (), ())
        self._now = 0.0
        self._next = 0
        self.screen_view = ScreenView("replayTerminal")
        self._title = headline(_("Replay"))
        self._play = primary(_("Play"), "replayPlay", Icon.PLAY)
        self._slider = named(QSlider(Qt.Orientation.Horizontal), "replaySlider", _("Moment of the session"))
        self._time = line(part="quiet")
        arrow = plain(_("Back"), "replayBack", Icon.ARROW_LEFT)
        controls = row(self._play, self._slider, self._time, gap=theme.SNUG)
        self.setLayout(column(row(arrow, None), self._title, self.screen_view, controls, margin=theme.GAP))
        self._timer = QTimer(self, interval=_TICK_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        arrow.clicked.connect(self._leave)
        self._play.clicked.connect(self._play_or_pause)
        self._slider.sliderMoved.connect(lambda place: self.show_moment(place / _PER_SECOND))
        self._slider.actionTriggered.connect(lambda _: self.show_moment(self._slider.sliderPosition() / _PER_SECOND))

    def show_film(self, film: Film, title: str) -> None:
        """Show its end at once, so that one sees how it came out; Play begins from the start."""
        self._film = film
        self._title.setText(title)
        self._slider.setRange(0, round(film.seconds * _PER_SECOND))
        self._pause()
        self.show_moment(film.seconds)
        self._play.setFocus()

    def show_moment(self, seconds: float) -> None:
        """Show the terminal as it was then."""
        if seconds < self._now or self._next == 0:
            self.screen_view.begin_anew(self._film.columns, self._film.rows)
            self._next = 0
        self._now = seconds
        while self._next < len(self._film.frames) and self._film.times[self._next] <= seconds:
            self._show(self._film.frames[self._next])
            self._next += 1
        self._slider.setValue(round(seconds * _PER_SECOND))
        self._time.setText(f"{_clock(seconds)} / {_clock(self._film.seconds)}")

    def _show(self, frame: Frame) -> None:
        if frame.kind == "o":
            self.screen_view.output(frame.data.encode())
        elif frame.kind == "r":
            columns, _x, rows = frame.data.partition("x")
            if columns.isdecimal() and rows.isdecimal():
                self.screen_view.resize_screen(int(columns), int(rows))

    def _play_or_pause(self) -> None:
        if self._timer.isActive():
            self._pause()
            return
        if self._now >= self._film.seconds:
            self.show_moment(0.0)
        self._play.rename(_("Pause"), Icon.PAUSE)
        self._timer.start()

    def _pause(self) -> None:
        self._timer.stop()
        self._play.rename(_("Play"), Icon.PLAY)

    def _tick(self) -> None:
        self.show_moment(min(self._now + _TICK_MILLISECONDS / 1000, self._film.seconds))
        if self._now >= self._film.seconds:
            self._pause()

    def _leave(self) -> None:
        self._pause()
        self.back.emit()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
