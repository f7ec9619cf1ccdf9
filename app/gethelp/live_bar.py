"""The bar on top of all windows while a technician is in: who, how long, and Stop."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import stop
from app.widgets.dress import dress
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import column, row


class LiveBar(QWidget):
    """A window of its own, without a frame, so that it stays when the other one is put away."""

    stop_asked = Signal()

    def __init__(self, owner: QWidget) -> None:
        on_top = Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.FramelessWindowHint
        super().__init__(owner, on_top)
        dress(self, theme.CUSTOMER)
        self.setObjectName("liveBar")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._who = line(part="strong")
        self._time = line()
        self.stop_button = stop(_("STOP"), "barStop")
        self.stop_button.setAccessibleName(_("Stop: nobody is on your computer any more"))
        self.stop_button.clicked.connect(self.stop_asked)
        bar = QFrame()
        bar.setProperty("part", "bar")
        bar.setLayout(
            row(IconMark(Icon.DOT, "stop", theme.GAP), self._who, self._time, self.stop_button, margin=theme.TIGHT)
        )
        self.setLayout(column(bar))

    def show_for(self, untrusted_name: str) -> None:
        """Come to the top of the screen, in its middle."""
        who = _("{name} is helping you").format(name=untrusted_name)
        self._who.setText(who)
        self.stop_button.setEnabled(True)
        self.setWindowTitle(who)
        self.adjustSize()
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.move(room.center().x() - self.width() // 2, room.top() + theme.TIGHT)
        self.show()

    def stopping(self) -> None:
        """Stop was pressed."""
        self.stop_button.setEnabled(False)

    def show_time(self, time: str) -> None:
        """How long it has been."""
        self._time.setText(time)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let it be moved out of the way."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.windowHandle().startSystemMove()
