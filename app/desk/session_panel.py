"""The way onto the customer's machine: the code, the terminal, files, and the way out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QWidget

from app.desk.ask_line import AskLine
from app.desk.port_row import Place
from app.desk.ports_part import PortsPart
from app.desk.session_state import SessionState
from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import primary, quiet
from app.widgets.fields import text_line
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import column, row
from app.widgets.plain import plain_line
from app.widgets.terminal.terminal_view import TerminalView

_CODE = QRegularExpression(r"\s*(\d[\s-]*){0,8}")
_DIGITS = 8


class SessionPanel(QWidget):
    """`connect_asked` carries the code as 8 digits. The panel shows itself as waiting, connecting or live.

    `look_asked` carries it where a colleague is in already, `leave_asked` is the wish to look on no more.
    """

    connect_asked = Signal(str)
    look_asked = Signal(str)
    leave_asked = Signal()
    end_asked = Signal()
    put_asked = Signal(Path, str)
    get_asked = Signal(str, Path)
    shell_asked = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.banner = Banner("sessionBanner")
        self._said = line()
        self._code = text_line("code", _("The code that the customer reads out"), "0000 0000")
        self._code.setValidator(QRegularExpressionValidator(_CODE, self))
        self._code.setFixedWidth(theme.CODE_FIELD)
        self._connect = primary(_("Connect"), "connect", Icon.LINK)
        self._put = quiet(_("Send file"), "putFile", Icon.COPY_OUT)
        self._get = quiet(_("Fetch file"), "getFile", Icon.COPY_IN)
        self._ask = quiet(_("Ask for…"), "askMore", Icon.HAND)
        self._show_ports = quiet("", "showPorts", Icon.PORTS)
        self._show_ports.setCheckable(True)
        self._shell = quiet(_("Open a terminal"), "openShell", Icon.TERMINAL)
        self._end = quiet(_("End"), "endSession", Icon.STOP)
        self._look = primary(_("Look on"), "lookOn", Icon.SHOW)
        self._leave = quiet(_("Look on no more"), "leaveSession", Icon.STOP)
        self.terminal = TerminalView("terminal")
        self.state = SessionState(now)
        self.ask_line = AskLine(now)
        self.ports = PortsPart()
        self.terminal.setMinimumHeight(2 * theme.VAST)
        entry = (self._code, self._connect, self._look)
        head = row(self._said, *entry, self._shell, self._end, self._leave, gap=theme.TIGHT)
        head.setStretch(0, 1)
        self._tools = QWidget()
        self._tools.setLayout(row(self._ask, self._put, self._get, self._show_ports, None, gap=theme.TIGHT))
        self._end.setAccessibleName(_("End session"))
        parts = (self.state, self.banner, self._tools, self.ports, self.ask_line, self.terminal)
        whole = column(head, *parts, gap=theme.TIGHT)
        whole.setStretchFactor(self.terminal, 1)
        self.setLayout(whole)
        self._connect.clicked.connect(self._ask_to_connect)
        self._look.clicked.connect(self._ask_to_connect)
        self._leave.clicked.connect(self.leave_asked)
        self._code.returnPressed.connect(self._ask_to_connect)
        self._end.clicked.connect(self.end_asked)
        self._put.clicked.connect(self._choose_to_send)
        self._get.clicked.connect(self._choose_to_fetch)
        self._ask.clicked.connect(self.take_up_asking)
        self.ask_line.changed.connect(self._make_room)
        self._shell.clicked.connect(self.shell_asked)
        self._show_ports.toggled.connect(lambda _on: self._make_room())
        self.ports.changed.connect(self._count_ports)
        self.ports.ask_asked.connect(self._ask_for_port)
        self._count_ports()
        self.show_waiting(waiting=False)

    def show_waiting(self, *, waiting: bool) -> None:
        """No session is on. `waiting` says whether the customer waits for one."""
        self._said.setText(_("The customer waits. Ask for the code:") if waiting else _("Nobody waits for a session."))
        self._show(entry=True, live=False)
        self._code.setEnabled(waiting)
        self._connect.setEnabled(waiting)
        self.terminal.set_live(False)

    def show_colleague(self, technician: str) -> None:
        """No session of one's own is on; a colleague's is, and can be looked on at."""
        name = plain_line(technician, 40)
        self._said.setText(_("{name} is in. Your code:").format(name=name))
        self._show(entry=True, live=False)
        self._connect.hide()
        self._look.show()
        self._look.setEnabled(True)
        self._code.setEnabled(True)
        self.terminal.set_live(False)

    def show_watching(self, technician: str, customer: str, *, may_type: bool) -> None:
        """A colleague's session is looked on at."""
        text = _("{name}'s session with {customer}: you look on and type") if may_type else None
        text = text or _("{name}'s session with {customer}: you look on")
        names = {"name": plain_line(technician, 40), "customer": plain_line(customer, 40)}
        self._said.setText(text.format(**names))
        self._code.clear()
        self._show(entry=False, live=False)
        self._leave.show()
        self.terminal.show()
        self.terminal.set_live(may_type)

    def show_elsewhere(self, customer: str) -> None:
        """A session is on, on another case."""
        self._said.setText(_("A session with {name} is on. End it there first.").format(name=customer))
        self._show(entry=False, live=False)

    def take_up(self) -> None:
        """Begin to type the code."""
        self._code.setFocus()

    def take_up_asking(self) -> None:
        """Begin to ask the customer for more, while a session is on."""
        if not self._end.isHidden():
            self.banner.clear()
            self.ask_line.take_up()

    def show_ports(self) -> None:
        """Show the ports and OpenSSH. Whoever types elsewhere goes on there."""
        self._show_ports.setChecked(True)

    def take_up_ports(self) -> None:
        """Show the ports and OpenSSH, and go there, while a session is on."""
        if not self._end.isHidden() and not self.ask_line.is_open:
            self.show_ports()
            self.ports.take_up()

    def answered(self, text: str, level: str) -> None:
        """What came of a question to the customer. `level` is ok, notice or problem."""
        self.ask_line.rest()
        self.banner.say(text, level)

    def take_up_terminal(self) -> None:
        """Go on in the terminal, unless the person is at something else on the case."""
        focused = QApplication.focusWidget()
        if focused is None or self.isAncestorOf(focused):
            self.terminal.setFocus()

    def show_connecting(self) -> None:
        """The code is being checked at both ends."""
        self.banner.clear()
        self._said.setText(_("Connecting …"))
        self._code.setEnabled(False)
        self._connect.setEnabled(False)
        self._look.setEnabled(False)
        self.terminal.show()
        self.terminal.begin_anew()

    def show_live(self, customer: str) -> None:
        """The shell is there."""
        self._said.setText(_("Session with {name}, recorded").format(name=customer))
        self._code.clear()
        self._show(entry=False, live=True)
        self._end.setEnabled(True)

    def show_shell(self, *, there: bool, allowed: bool) -> None:
        """Whether there is a shell to type into, and whether one may be opened."""
        self._shell.setVisible(allowed and not there and not self._end.isHidden())
        self.terminal.set_live(there)

    def show_arrived(self, untrusted_name: str, size: int) -> None:
        """A file came through. Told beside the buttons, so that the terminal keeps its size."""
        name = PurePosixPath(untrusted_name).name
        self._said.setText(_("{name} arrived whole ({bytes} bytes)").format(name=name, bytes=size))

    def show_ending(self) -> None:
        """The session is being ended, and put on record."""
        self._said.setText(_("Ending, and putting all of it on record …"))
        self._end.setEnabled(False)
        self.terminal.set_live(False)

    def _show(self, *, entry: bool, live: bool) -> None:
        for part in (self._code, self._connect):
            part.setVisible(entry)
        for part in (self._look, self._leave):
            part.hide()
        self._end.setVisible(live)
        self._tools.setVisible(live)
        if not live:
            self._shell.hide()
            self.state.rest()
            self.ask_line.rest()
            self._tools.hide()
        self._make_room()
        self.terminal.setVisible(live)

    def _make_room(self) -> None:
        """A question that is being written has the room of the tools."""
        writes = self.ask_line.is_open
        live = not self._end.isHidden()
        self._tools.setVisible(not writes and live)
        self.ports.setVisible(not writes and live and self._show_ports.isChecked())
        self._ask.setEnabled(not self.ask_line.waits)
        self.ports.show_asking(not self.ask_line.waits)
        self.state.show_may(not writes)

    def _count_ports(self) -> None:
        """What is open is told on the button too: it stays open while it is not looked at."""
        count = self.ports.open_count
        self._show_ports.rename(_("Ports ({n})").format(n=count) if count else _("Ports"))
        full = _("Ports and OpenSSH, {n} open").format(n=count) if count else _("Ports and OpenSSH")
        self._show_ports.setAccessibleName(full)
        self._show_ports.setToolTip(full)

    def _ask_for_port(self, place: Place | None) -> None:
        self.banner.clear()
        self.ask_line.take_up_port(*(place or ()))

    def _ask_to_connect(self) -> None:
        digits = "".join(letter for letter in self._code.text() if letter.isdigit())
        if len(digits) != _DIGITS:
            self.banner.say(_("The code has 8 digits. The customer sees it in their window."), "notice")
            self._code.setFocus()
            return
        (self.connect_asked if self._look.isHidden() else self.look_asked).emit(digits)

    def _choose_to_send(self) -> None:
        local, _kind = QFileDialog.getOpenFileName(self, _("Which file shall be sent?"))
        if local:
            remote, sure = QInputDialog.getText(
                self, _("Send a file"), _("To which place there?"), text=Path(local).name
            )
            if sure and remote.strip():
                self.put_asked.emit(Path(local), remote.strip())

    def _choose_to_fetch(self) -> None:
        remote, sure = QInputDialog.getText(self, _("Fetch a file"), _("Which file there?"))
        if sure and remote.strip():
            suggested = PurePosixPath(remote.strip()).name
            local, _kind = QFileDialog.getSaveFileName(self, _("Where to?"), suggested)
            if local:
                self.get_asked.emit(remote.strip(), Path(local))
