"""A password that a program asks for: typed by the customer, seen by nobody else, kept nowhere."""

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import choice, primary
from app.widgets.careful_card import CarefulCard
from app.widgets.fields import named
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import row
from app.widgets.plain import breakable, plain_line

_MOST_LETTERS = 1024  # what a terminal takes in one line
_MOST_TERMINALS = 20


class SecretAsked(Protocol):
    """A prompt as `app.flows.host_session` tells it. `program` is untrusted, and empty once nobody asks there."""

    @property
    def terminal(self) -> int:
        """Where."""

    @property
    def program(self) -> str:
        """Who."""

    @property
    def protected(self) -> bool:
        """Whether it cannot have been put there to read what is typed."""


class SecretField(QLineEdit):
    """Shows dots. What is in it is no use to undoing, the clipboard, screen readers or an input method's dictionary."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "secret", _("Password"))
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(_MOST_LETTERS)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        hint = Qt.InputMethodHint
        self.setInputMethodHints(hint.ImhHiddenText | hint.ImhSensitiveData | hint.ImhNoPredictiveText)
        self.setInputMethodHints(self.inputMethodHints() | hint.ImhNoAutoUppercase)

    def take(self) -> str:
        """What was typed; it is not in the field any more."""
        text = self.text()
        self.setText("")  # unlike `clear`, this drops what undoing would need
        return text


class SecretCard(CarefulCard):
    """Hidden while no program asks. `typed` carries the prompt and what was typed for it, once.

    Each word from the session begins the card anew: what was half typed for one program never goes to another.
    """

    typed = Signal(object, str)
    changed = Signal()

    def __init__(self, refuge: QWidget) -> None:
        super().__init__("secretCard", refuge)
        self._says = Label(part="strong")
        self._caution = Banner("secretCaution")
        self._reveal = choice(_("Show the field"), "showSecretField", Icon.SHOW)
        self._send = primary(_("Send"), "sendSecret", Icon.SEND)
        self._field = SecretField()
        self._entry = QWidget()
        self._entry.setLayout(row(self._field, self._send, gap=theme.TIGHT))
        self._hint = explanation()
        self.fill(self._says, self._caution, row(None, self._reveal), self._entry, self._hint)
        self._technician = ""
        self._asking: dict[int, SecretAsked] = {}
        self.guard(self._send, self._reveal)
        self._reveal.clicked.connect(self._show_field)
        self._send.clicked.connect(self._type)
        self._field.returnPressed.connect(self._type)
        self.hide()

    @property
    def current(self) -> SecretAsked | None:
        """The prompt in view."""
        return next(iter(self._asking.values()), None)

    def begin(self, untrusted_technician: str) -> None:
        """This technician came in."""
        self._technician = plain_line(untrusted_technician, 60)
        self.clear()

    def ask(self, asked: SecretAsked) -> None:
        """A program asks, or asks no more."""
        before = self.current
        self._asking.pop(asked.terminal, None)
        if asked.program and len(self._asking) < _MOST_TERMINALS:
            self._asking[asked.terminal] = asked
        if self.current is not before:
            self._show_current()

    def clear(self) -> None:
        """Nobody asks any more."""
        self._asking.clear()
        self._show_current()

    def _show_current(self) -> None:
        self._field.take()
        self.let_go()
        asked = self.current
        if asked is not None:
            program = plain_line(asked.program, 60)
            says = _("{program} asks for a password.").format(program=program)
            if asked.protected:
                says = _("{program} asks for a password. Type it here: {name} cannot see it.").format(
                    program=program, name=self._technician
                )
                self._caution.clear()
            else:
                self._caution.say(
                    _(
                        "This program was started by {name} and could read what you type. Only go on if you trust it."
                    ).format(name=self._technician),
                    "notice",
                )
            self._says.setText(breakable(says))
            self._hint.setText(_("It goes straight to that program. It is not recorded and not kept."))
            self._show_parts(field=asked.protected)
            self.announce(says)
            self.rest()
        self.changed.emit()

    def _show_parts(self, *, field: bool) -> None:
        self._reveal.setVisible(not field)
        self._entry.setVisible(field)
        self._hint.setVisible(field)

    def _show_field(self) -> None:
        self._show_parts(field=True)
        self._field.setFocus()
        self.rest()

    def _type(self) -> None:
        asked = self.current
        if asked is None or not self._send.isEnabled():
            return
        text = self._field.take()
        self._hint.setText(_("Sent. If the program asks once more, type it once more."))
        self.rest()
        self.typed.emit(asked, text)
