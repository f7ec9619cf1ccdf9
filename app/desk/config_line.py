"""OpenSSH's own programs in a session: the button that writes their ssh_config, and the line to type then."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import quiet
from app.widgets.copy_line import CopyLine
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import column, row
from app.widgets.plain import breakable


class ConfigLine(QWidget):
    """`asked` is the wish to have it written, `close_asked` to have it removed."""

    asked = Signal()
    close_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_open = False
        self._use = quiet(_("Use OpenSSH…"), "useOpenSsh", Icon.TERMINAL)
        self._why_not = explanation()
        self._why_not.setObjectName("noOpenSsh")
        self._line = CopyLine("sshLine", _("Command for a terminal of this computer"))
        self._close = quiet(_("Remove"), "sshRemove")
        self._close.setAccessibleName(_("Remove the ssh_config"))
        self._says = Label(part="refusal")
        self._says.setObjectName("sshSays")
        self._written = QWidget()
        line = row(self._line, self._close, gap=theme.TIGHT)
        line.setStretch(0, 1)
        also = explanation(_("sftp, scp and rsync take the same file. It goes when the session ends."))
        self._written.setLayout(column(line, also, gap=theme.HAIR))
        using = row(self._use, self._why_not, gap=theme.TIGHT)
        using.setStretch(1, 1)
        self.setLayout(column(using, self._written, self._says, gap=theme.HAIR))
        self._use.clicked.connect(self.asked)
        self._close.clicked.connect(self.close_asked)
        self._written.hide()
        self._says.hide()
        self.show_allowed(False)

    def take_up(self) -> None:
        """Go to the button, or to the line where it is written."""
        if self.is_open:
            self._line.take_up()
        else:
            self._use.setFocus()

    def show_allowed(self, anything: bool) -> None:
        """Whether anything is allowed that such programs could do."""
        why = "" if anything else _("Nothing is allowed that its programs could do.")
        self._use.setEnabled(anything)
        self._use.setAccessibleDescription(why)
        self._why_not.setText(why)

    def show_command(self, command: str) -> None:
        """It is written, and this command uses it; an empty one: it is gone."""
        had_focus = self._use.hasFocus() if command else self._close.hasFocus()
        self.is_open = bool(command)
        self._line.show_text(command)
        self._use.setVisible(not command)
        self._why_not.setVisible(not command)
        self._written.setVisible(bool(command))
        self.say("")
        if had_focus and command:
            self._line.take_up()
        elif had_focus:
            self._use.setFocus()

    def say(self, text: str) -> None:
        """What came to nothing, in a sentence; empty takes it away."""
        self._says.setText(breakable(text))
        self._says.setAccessibleName(text)
        self._says.setVisible(bool(text))
