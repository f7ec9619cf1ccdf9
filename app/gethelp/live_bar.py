"""The bar on top of all windows while a technician is in: who, how long, Pause and Stop."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import choice, quiet, stop
from app.widgets.dress import dress
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import column, row
from app.widgets.plain import plain_line

_MOST_NAME = 40


class LiveBar(QWidget):
    """A window of its own, without a frame, so that it stays when the other one is put away.

    `look_asked` is the wish to see the other one, where a question waits.
    """

    stop_asked = Signal()
    pause_asked = Signal(bool)
    look_asked = Signal()

    def __init__(self, owner: QWidget) -> None:
        on_top = Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.FramelessWindowHint
        super().__init__(owner, on_top)
        dress(self, theme.CUSTOMER)
        self.setObjectName("liveBar")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._name = ""
        self._paused = self._lost = False
        self._others = ""
        self._mark = IconMark(Icon.DOT, "stop", theme.GAP)
        self._who = line(part="strong")
        self._time = line()
        self._look = choice(_("See the question"), "barLook", Icon.QUESTION)
        self._pause = quiet(_("Pause"), "barPause", Icon.PAUSE)
        self.stop_button = stop(_("STOP"), "barStop")
        self.stop_button.setAccessibleName(_("Stop: nobody is on your computer any more"))
        self.stop_button.clicked.connect(self.stop_asked)
        self._pause.clicked.connect(lambda: self.pause_asked.emit(not self._paused))
        self._look.clicked.connect(self.look_asked)
        bar = QFrame()
        bar.setProperty("part", "bar")
        bar.setLayout(
            row(self._mark, self._who, self._time, self._look, self._pause, self.stop_button, margin=theme.TIGHT)
        )
        self.setLayout(column(bar))
        QWidget.setTabOrder(self.stop_button, self._pause)
        QWidget.setTabOrder(self._pause, self._look)

    def show_for(self, untrusted_name: str) -> None:
        """Come to the top of the screen, in its middle."""
        self._name = plain_line(untrusted_name, _MOST_NAME)
        self._paused = self._lost = False
        self._others = ""
        self._look.hide()
        self._pause.setEnabled(True)
        self.stop_button.setEnabled(True)
        self._say()
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.move(room.center().x() - self.width() // 2, room.top() + theme.TIGHT)
        self.show()

    def show_paused(self, paused: bool) -> None:
        """All is frozen, or goes on."""
        self._paused = paused
        self._pause.setEnabled(True)
        self._say()

    def show_reach(self, reached: bool) -> None:
        """The technician's connection is lost, or is back."""
        self._lost = not reached
        self._say()

    def show_colleagues(self, untrusted_names: tuple[str, ...]) -> None:
        """These are in besides the technician."""
        self._others = plain_line(", ".join(untrusted_names), _MOST_NAME)
        self._say()

    def show_asks(self, asks: bool) -> None:
        """Whether something is asked in the other window."""
        self._look.setVisible(asks)
        self._fit()

    def pausing(self) -> None:
        """Pause or Go on was pressed."""
        self._pause.setEnabled(False)

    def stopping(self) -> None:
        """Stop was pressed."""
        self.stop_button.setEnabled(False)
        self._pause.setEnabled(False)

    def show_time(self, time: str) -> None:
        """How long it has been."""
        self._time.setText(time)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let it be moved out of the way."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.windowHandle().startSystemMove()

    def _say(self) -> None:
        if self._paused:
            who, icon, colour = _("Paused: {name} can do nothing"), Icon.PAUSE, "notice"
        elif self._lost:
            who, icon, colour = _("{name}'s connection is lost"), Icon.OFFLINE, "notice"
        else:
            who, icon, colour = _("{name} is helping you"), Icon.DOT, "stop"
        text = who.format(name=self._name)
        if self._others:
            text = _("{text}. Here too: {others}").format(text=text, others=self._others)
        self._who.setText(text)
        self._mark.show_icon(icon, colour)
        self._pause.rename(_("Go on") if self._paused else _("Pause"), Icon.PLAY if self._paused else Icon.PAUSE)
        self.setWindowTitle(text)
        self._fit()

    def _fit(self) -> None:
        """As wide as its words. Its right end stays where it is: Stop must not move away from under a hand."""
        right = self.geometry().right()
        self.adjustSize()
        if self.isVisible():
            self.move(right - self.width() + 1, self.y())
