"""The number that lets a colleague in: for whom it is, how long it holds, and the way to change one's mind."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gethelp.wording import clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import choice
from app.widgets.careful_card import CarefulCard
from app.widgets.choices import Choices
from app.widgets.code_display import CodeDisplay
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import column
from app.widgets.plain import breakable, plain_line


class ColleagueCard(CarefulCard):
    """Hidden while nobody is waited for. `refused` carries the name of who shall not come after all.

    `fresh_asked` is the wish for another code, after three were burnt; `changed` tells that there is a card, or none.
    """

    refused = Signal(str)
    fresh_asked = Signal()
    changed = Signal()

    def __init__(self, refuge: QWidget) -> None:
        super().__init__("colleagueCard", refuge)
        self.current = ""
        self._says = Label(part="strong")
        self._code = CodeDisplay("colleagueCode")
        self._until = explanation()
        self._until.setObjectName("colleagueCodeUntil")
        self._trouble = Banner("colleagueTrouble")
        self._refuse = choice(_("Do not let them in"), "refuseColleague")
        self._fresh = choice(_("Show a fresh number"), "freshColleagueCode", Icon.SECURE)
        self._answers = Choices(self._refuse, self._fresh)
        self.fill(
            self._says,
            column(self._code, self._until, gap=theme.HAIR),
            self._trouble,
            self._answers,
        )
        self.guard(self._refuse, self._fresh)
        self._refuse.clicked.connect(lambda: self.refused.emit(self.current))
        self._fresh.clicked.connect(self._ask_for_fresh)
        self.hide()

    def show_code(self, untrusted_name: str, code: str, until: datetime) -> None:
        """This number lets this colleague in, and nobody else, until then."""
        if untrusted_name != self.current:
            self._trouble.clear()
        self.current = untrusted_name
        name = plain_line(untrusted_name, 60)
        says = _("Read this number to {name}:").format(name=name)
        self._says.setText(breakable(says))
        self._code.show_code(code)
        self._until.setText(
            breakable(
                _("It lets {name} in, and nobody else, until {time}. Say it to nobody else.").format(
                    name=name, time=clock(until)
                )
            )
        )
        self._refuse.rename(_("Do not let {name} in").format(name=plain_line(untrusted_name, 30)))
        self._fresh.hide()
        self.announce(f"{says} {', '.join(code)}")
        self.rest()
        self.changed.emit()

    def make_room(self, *, small: bool) -> None:
        """Whether a question has to stand beside it: the number alone is what is needed then."""
        burnt_out = not self._fresh.isHidden()
        self._until.setVisible(not small)
        self._answers.setVisible(not small or burnt_out)

    def burned(self, untrusted_name: str, left: int, untrusted_stranger: str) -> None:
        """The number was used by somebody else, who was not let in. `left` more come by themselves."""
        name = plain_line(untrusted_name, 60)
        if untrusted_stranger:
            stranger = plain_line(untrusted_stranger, 60)
            text = _("{stranger} used the number that was for {name}. Nobody was let in.").format(
                stranger=stranger, name=name
            )
        else:
            text = _("Somebody used a wrong number in {name}'s place. Nobody was let in.").format(name=name)
        if left:
            self._trouble.say(f"{text} {_('Read the fresh one, please.')}", "notice")
            return
        self._trouble.say(f"{text} {_('Go on only if you are sure who you talk to.')}", "problem")
        self._code.show_code("")
        self._until.setText(_("No number is shown"))
        self._fresh.show()
        self.rest()

    def gone(self, untrusted_name: str) -> None:
        """They came, or are not waited for any longer."""
        if untrusted_name == self.current:
            self.clear()

    def clear(self) -> None:
        """Nobody is waited for."""
        self.current = ""
        self._code.show_code("")
        self._trouble.clear()
        self.let_go()
        self.changed.emit()

    def _ask_for_fresh(self) -> None:
        self._trouble.clear()
        self._fresh.hide()
        self.fresh_asked.emit()
