"""What a technician would like while the session runs: one card at a time, answered by the customer alone."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from app.domain.consent import Wish
from app.flows.sentences import asks
from app.gethelp.wording import clock, lasting, meaning, whole_place
from app.system.translations import _, ngettext
from app.widgets.buttons import choice
from app.widgets.careful_card import CarefulCard
from app.widgets.choices import Choices
from app.widgets.fields import named
from app.widgets.labels import Label, paragraph
from app.widgets.labels import quiet as explanation
from app.widgets.plain import breakable, plain_line

_MOST_WAITING = 20
_MOST_REASON = 200


class Asked(Protocol):
    """A wish as `app.flows.host_session` tells it. All texts in it are the technician's own."""

    @property
    def number(self) -> int:
        """Which one."""

    @property
    def technician(self) -> str:
        """Who."""

    @property
    def wish(self) -> Wish:
        """What."""

    @property
    def minutes(self) -> int:
        """For how long."""

    @property
    def why(self) -> str:
        """The reason given."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    at: datetime
    asked: Asked


class WishQueue(CarefulCard):
    """Shows the oldest wish that was not answered; hidden while there is none.

    `allowed` and `declined` carry it; the card stays until `settle` or `fail` is called with it. `changed` tells that
    another wish is in view, or none. Nothing comes of waiting.
    """

    allowed = Signal(object)
    declined = Signal(object)
    changed = Signal()

    def __init__(self, refuge: QWidget) -> None:
        super().__init__("wish", refuge)
        self._says = Label(part="strong")
        self._why = named(paragraph(), "wishReason", "")
        self._where = named(explanation(), "wishPlace", "")
        self._means = explanation()
        self._more = named(explanation(), "moreWishes", "")
        self._trouble = named(Label(part="refusal"), "wishTrouble", "")
        self._decline = choice(_("Not now"), "declineWish")
        self._allow = choice(_("Allow"), "allowWish")
        answers = Choices(self._decline, self._allow)
        self.fill(self._says, self._where, self._why, self._means, self._trouble, answers, self._more)
        self._waiting: deque[_Waiting] = deque()
        self.guard(self._decline, self._allow)
        self._decline.clicked.connect(self._say_no)
        self._allow.clicked.connect(self._say_yes)
        self.hide()

    @property
    def current(self) -> Asked | None:
        """The wish in view."""
        return self._waiting[0].asked if self._waiting else None

    def ask(self, asked: Asked, at: datetime) -> bool:
        """The technician would like this. Returns whether there was room for it in the queue."""
        if len(self._waiting) >= _MOST_WAITING:
            return False
        self._waiting.append(_Waiting(at, asked))
        if len(self._waiting) == 1:
            self._show_first()
        self._count()
        return True

    def settle(self, asked: Asked) -> None:
        """It was answered: the next one comes into view, or none."""
        first = self.current is asked
        self._waiting = deque(one for one in self._waiting if one.asked is not asked)
        if first:
            self._show_first()
        self._count()

    def fail(self, asked: Asked, untrusted_why: str) -> None:
        """It could not be allowed. It may still be declined, or tried once more."""
        if self.current is asked:
            self._trouble.setText(breakable(plain_line(untrusted_why)))
            self._trouble.show()
            self.announce(plain_line(untrusted_why))
            self.rest()

    def clear(self) -> None:
        """Nobody asks any more."""
        self._waiting.clear()
        self._show_first()
        self._count()

    def _show_first(self) -> None:
        self._trouble.hide()
        if self._waiting:
            self.let_go()
            self._show(self._waiting[0])
            self.rest()
        self.changed.emit()

    def _show(self, waiting: _Waiting) -> None:
        asked = waiting.asked
        what = plain_line(asks(plain_line(asked.technician, 60), asked.wish), 200)
        text = _("{time}  {asks}.").format(time=clock(waiting.at), asks=what)
        self._says.setText(breakable(text))
        reason = plain_line(asked.why, _MOST_REASON)
        self._why.setText(f"“{breakable(reason)}”")
        place = whole_place(asked.wish)
        self._where.setText(breakable(place))
        self._where.setVisible(bool(place))
        self._means.setText(meaning(asked.wish))
        self._allow.rename(_("Allow {length}").format(length=lasting(asked.minutes)))
        self._allow.setAccessibleName(f"{self._allow.text()}: {text}")
        self._decline.setAccessibleName(f"{self._decline.text()}: {text}")
        self.announce(f"{text} “{reason}”")

    def _count(self) -> None:
        more = len(self._waiting) - 1
        self._more.setVisible(more > 0)
        self._more.setText(ngettext("{n} more question waits.", "{n} more questions wait.", more).format(n=more))

    def _say_yes(self) -> None:
        self._answer(self.allowed)

    def _say_no(self) -> None:
        self._answer(self.declined)

    def _answer(self, how: SignalInstance) -> None:
        if (asked := self.current) is not None:
            self.hold()
            self._trouble.hide()
            how.emit(asked)
