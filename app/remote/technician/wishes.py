"""What the technician may do now, and the way to ask the customer for more."""

import itertools
import threading
import time
from collections.abc import Callable
from enum import Enum

from app.domain.consent import Grants, Wish
from app.domain.records import Record
from app.remote.errors import ConnectionLostError
from app.remote.seals import State, Wanting

_MOST_MINUTES = 480


class Answer(Enum):
    """What became of a wish. A customer who says nothing has not allowed it."""

    ALLOWED = "allowed"
    DECLINED = "declined"
    SILENT = "not answered yet"


class Wishes:
    """Holds what the customer's end last said. `ask` waits; all methods from any thread.

    `say` sends a message to the customer's end; it raises `ConnectionLostError`.
    """

    def __init__(self, say: Callable[[Record], None]) -> None:
        self._say = say
        self._news = threading.Condition()
        self._numbers = itertools.count(1)
        self._answers: dict[int, bool] = {}
        self._state: State | None = None
        self._over = False
        self._told: Callable[[], None] = lambda: None

    @property
    def grants(self) -> Grants | None:
        """What is granted, or None where the customer's end has not said so since the session began."""
        return self._state.grants if self._state else None

    @property
    def paused(self) -> bool:
        """Whether the customer has paused."""
        return self._state is not None and self._state.paused

    def on_change(self, told: Callable[[], None]) -> None:
        """Have `told` called, on a thread of the session's own, when something else holds."""
        self._told = told

    def ask(self, wish: Wish, minutes: int, why: str, patience: float) -> Answer:
        """Ask the customer, and wait for their answer, `patience` seconds at most. Raises `ConnectionLostError`."""
        number = next(self._numbers)
        self._say(Wanting(number=number, wish=wish, minutes=max(1, min(minutes, _MOST_MINUTES)), why=why))
        deadline = time.monotonic() + patience
        with self._news:
            self._news.wait_for(lambda: self._over or number in self._answers, deadline - time.monotonic())
            answer = self._answers.pop(number, None)
            if answer is None:
                if self._over:
                    raise ConnectionLostError("The session is over.")
                return Answer.SILENT
            return Answer.ALLOWED if answer else Answer.DECLINED

    def learn(self, state: State) -> None:
        """The customer's end said what holds."""
        with self._news:
            self._state = state
            if state.answered is not None:
                self._answers[state.answered] = state.granted
            self._news.notify_all()
        self._told()

    def tell_change(self) -> None:
        """Something else that shows how the session stands has changed."""
        self._told()

    def close(self) -> None:
        """Nothing more will be said."""
        with self._news:
            self._over = True
            self._news.notify_all()
