"""What the customer answers to a technician's wishes, and takes back again, from a console."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from app.cli.typed import Order, Word
from app.domain.consent import Grant
from app.domain.errors import BistandError
from app.flows.host_session import Asked, HelpSession
from app.flows.sentences import granted


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of it, for the customer to read."""

    text: str


class Answers:
    """Nothing is allowed but by an order that says so. `give` does not wait; `reply` is told on another thread.

    An order without a number is for the one wish that waits; where several do, none of them is meant.
    """

    def __init__(self, session: HelpSession, reply: Callable[[Reply], None]) -> None:
        self._session = session
        self._reply = reply
        self._waiting: dict[int, Asked] = {}
        self._listed: tuple[Grant, ...] = ()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="answers")  # names are looked up, which takes a while

    def asked(self, asked: Asked) -> None:
        """This waits for an answer."""
        self._waiting[asked.number] = asked

    def give(self, order: Order) -> None:
        """Do what was typed: allow, refuse, take back, or list what is allowed."""
        match order.word:
            case Word.ALLOW | Word.REFUSE:
                self._answer(order)
            case Word.TAKE_BACK:
                self._take_back(order.number)
            case _:
                self._list()

    def close(self) -> None:
        """Do nothing any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _answer(self, order: Order) -> None:
        numbers = list(self._waiting)
        if not numbers:
            self._say("Nothing is asked for just now.")
            return
        if order.number is None and len(numbers) > 1:
            self._say(f"Which one? Type {order.word.value} and its number: {', '.join(map(str, numbers))}.")
            return
        asked = self._waiting.pop(numbers[0] if order.number is None else order.number, None)
        if asked is None:
            self._say(f"Nothing of that number waits for an answer. These do: {', '.join(map(str, numbers))}.")
        elif order.word is Word.REFUSE:
            self._session.decline(asked)
        else:
            self._do(lambda: self._allow(asked))

    def _allow(self, asked: Asked) -> None:
        try:
            self._session.allow(asked)
        except BistandError:
            self._session.decline(asked)  # it cannot be: the technician shall not wait for it
            raise

    def _take_back(self, number: int | None) -> None:
        listed = self._listed or self._live()
        if number is None and len(listed) == 1:
            number = 1
        if number is None or not 0 < number <= len(listed):
            self._list()
            return
        taken = listed[number - 1]
        self._listed = ()

        def take() -> None:
            self._session.take_back(taken)
            self._say(f"Taken back: {granted(taken)}.")

        self._do(take)

    def _list(self) -> None:
        self._listed = self._live()
        if not self._listed:
            self._say("Nothing is allowed just now.")
        for number, grant in enumerate(self._listed, 1):
            self._say(f"{number}  {granted(grant)}, until {grant.until.astimezone():%H:%M}  (take back {number})")

    def _live(self) -> tuple[Grant, ...]:
        return self._session.grants.live(datetime.now(UTC)).grants

    def _do(self, work: Callable[[], object]) -> None:
        def done() -> None:
            try:
                work()
            except BistandError as error:
                self._say(str(error))

        self._worker.submit(done)

    def _say(self, text: str) -> None:
        self._reply(Reply(text))
