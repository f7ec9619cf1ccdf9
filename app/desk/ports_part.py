"""The customer's ports at hand, and OpenSSH's own programs: what may be opened, and what is open."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QFrame, QScrollArea, QWidget

from app.desk.config_line import ConfigLine
from app.desk.port_row import Place, PortRow
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import quiet
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column, row


class PortsPart(QScrollArea):
    """`open_asked`, `close_asked` and `ask_asked` carry a `Place`; the last one may carry None, for one yet unnamed.

    Shows what it is told; a port that is open stays in its place when it is allowed no more. `changed` tells that more
    or fewer things are open.
    """

    open_asked = Signal(object)
    close_asked = Signal(object)
    ask_asked = Signal(object)
    config_asked = Signal()
    config_chosen = Signal(Path)
    config_close_asked = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[Place, PortRow] = {}
        self._made = 0
        self._none = Label(_("No port of the customer's network is allowed."), "quiet")
        self._none.setObjectName("noPorts")
        self._ask = quiet(_("Ask for a port…"), "portAsk", Icon.HAND)
        self._asking = QWidget()
        asking = row(self._none, self._ask, gap=theme.TIGHT)
        asking.setStretch(0, 1)
        self._asking.setLayout(asking)
        self.config = ConfigLine()
        self._box = column(gap=theme.HAIR)
        self._whole = column(self._box, self._asking, self.config, None, gap=theme.HAIR)
        inside = QWidget()
        inside.setProperty("part", "page")
        inside.setLayout(self._whole)
        inside.installEventFilter(self)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(theme.ROW)
        self.setAccessibleName(_("Ports and OpenSSH"))
        self.setObjectName("ports")
        self._ask.clicked.connect(lambda: self.ask_asked.emit(None))
        self.config.asked.connect(self.config_asked)
        self.config.close_asked.connect(self.config_close_asked)

    @property
    def open_count(self) -> int:
        """How many things are open."""
        return sum(one.is_open for one in self._rows.values()) + self.config.is_open

    def take_up(self) -> None:
        """Go to the first thing that can be done here."""
        closed = [one for one in self._rows.values() if not one.is_open]
        if closed:
            closed[0].take_up()
        elif not self._rows:
            self._ask.setFocus()
        else:
            self.config.take_up()

    def show_asking(self, possible: bool) -> None:
        """Whether the customer can be asked for more at this moment."""
        self._ask.setEnabled(possible)
        for one in self._rows.values():
            one.show_asking(possible)

    def show_allowed(self, ports: tuple[Place, ...], *, anything: bool) -> None:
        """These ports are allowed now; `anything`: whether there is anything at all that programs could do."""
        for place in ports:
            if place not in self._rows:
                self._add_row(place)
        for place, one in list(self._rows.items()):
            one.show_allowed(place in ports)
            if not one.is_wanted:
                self._drop(place)
        self._asking.setVisible(not ports)
        self.config.show_allowed(anything)

    def show_open(self, place: Place, local_port: int) -> None:
        """This port is open, at that port of this computer."""
        if (one := self._rows.get(place)) is not None:
            one.show_open(local_port)
            self.changed.emit()

    def show_closed(self, place: Place) -> None:
        """It is not open any more."""
        if (one := self._rows.get(place)) is not None:
            one.show_closed()
            if not one.is_wanted:
                self._drop(place)
            self.changed.emit()

    def say(self, place: Place, why: str) -> None:
        """What came to nothing with this port."""
        if (one := self._rows.get(place)) is not None:
            one.say(why)

    def choose_config(self, suggested: Path) -> None:
        """Let the person choose where the ssh_config goes; `config_chosen` follows, or nothing."""
        dialog = QFileDialog(self, _("Where shall the ssh_config go?"), str(suggested.parent))
        dialog.setObjectName("configDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nobody's file is replaced: it is refused later
        dialog.selectFile(suggested.name)
        dialog.fileSelected.connect(lambda chosen: self.config_chosen.emit(Path(chosen)))
        dialog.open()

    def show_config(self, command: str) -> None:
        """The ssh_config is there, and works with this command; an empty one: it is gone."""
        self.config.show_command(command)
        self.changed.emit()

    def rest(self) -> None:
        """No session is on: all of it is gone."""
        for place in list(self._rows):
            self._drop(place)
        self.config.show_command("")
        self.config.say("")
        self.changed.emit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as what is in it, within bounds: the terminal needs its room."""
        wanted = self._whole.totalHeightForWidth(max(1, self.viewport().width()))
        wanted = max(wanted, self._whole.totalMinimumSize().height())
        return QSize(super().sizeHint().width(), min(wanted, theme.PORTS_MOST))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Lines that are broken elsewhere need another height."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """What is in it needs more room, or less."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _add_row(self, place: Place) -> None:
        self._made += 1
        one = PortRow(place, self._made)
        self._rows[place] = one
        self._box.addWidget(one)
        before = _met_before(self._ask)
        for control in one.controls:
            self.setTabOrder(before, control)
            before = control
        one.show_asking(self._ask.isEnabled())
        one.open_asked.connect(lambda: self.open_asked.emit(place))
        one.close_asked.connect(lambda: self.close_asked.emit(place))
        one.ask_asked.connect(lambda: self.ask_asked.emit(place))

    def _drop(self, place: Place) -> None:
        one = self._rows.pop(place)
        self._box.removeWidget(one)
        one.hide()
        one.deleteLater()

    def _fit(self) -> None:
        self.setMaximumHeight(max(theme.ROW, self.sizeHint().height()))
        self.updateGeometry()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, theme.HAIR)


def _met_before(control: QWidget) -> QWidget:
    """What the keyboard meets before it. Qt puts nothing in order after what it never meets."""
    before = control.previousInFocusChain()
    while before is not None and before.focusPolicy() is Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()
    return before or control
