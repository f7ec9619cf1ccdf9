"""Both windows side by side in one program, for the demo: the customer's and the desk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from app.desk.window import DeskWindow
from app.flows.join_session import JoinedSession
from app.flows.party import Party
from app.flows.show_case import CaseView, show_case
from app.gethelp.window import GetHelpWindow
from app.widgets.player import Interrupts, Player
from app.wiring import build_windows


class Stage:
    """Both windows, each with its player, and what to wait for in them."""

    def __init__(self, customer: GetHelpWindow, desk: DeskWindow, technician: Party, interrupts: Interrupts) -> None:
        self.customer = Player(customer, interrupts)
        self.desk = Player(desk, interrupts)
        self._customer = customer
        self._desk = desk
        self._technician = technician
        self._codes: list[str] = []
        self._ends: list[str] = []
        self._shown: list[UUID] = []
        desk.case_shown.connect(self._shown.append)
        customer.code_shown.connect(self._codes.append)
        customer.session_ended.connect(lambda: self._ends.append("customer"))
        desk.session_ended.connect(lambda: self._ends.append("technician"))

    @property
    def case_id(self) -> UUID:
        """The case, once it is open."""
        return self.customer.until(lambda: self._customer.case_id, "the case")

    def code(self) -> str:
        """The code that the customer's window shows."""
        return self.customer.until(lambda: self._codes[-1] if self._codes else None, "a code")

    def open_case(self) -> None:
        """Choose the case at the head of the technician's queue, and wait until it is in view."""
        self.desk.choose("queue", 0)
        self.desk.until(lambda: self.case_id in self._shown, "the case in view")

    def session(self) -> JoinedSession:
        """The session, once there is a shell."""
        return self.desk.until(lambda: self._desk.session, "the session")

    def wait_for_prompt(self) -> None:
        """Until the shell waits for something to be typed."""
        self.desk.until(lambda: self.desk.screen("terminal").strip(), "the shell's prompt")

    def wait_for_output(self, text: str) -> None:
        """Until the technician's terminal shows this, and the customer's live view too."""
        self.desk.until(lambda: text in self.desk.screen("terminal"), f"“{text}” in the terminal")
        self.customer.until(lambda: text in self.customer.screen("liveTerminal"), f"“{text}” in the live view")

    def wait_for_entry(self, words: str) -> None:
        """Until the case's timeline has an entry with these words, and it is sent."""

        def sent() -> bool:
            return any(words in entry.sentence and not entry.pending for entry in self._view().timeline)

        self.desk.until(sent, f"“{words}” in the timeline")

    def wait_for_end(self) -> None:
        """Until both windows say that the session is over."""
        self.desk.until(lambda: {"customer", "technician"} <= set(self._ends), "the end of the session")

    def wait_for_status(self, look: Callable[[CaseView], bool]) -> None:
        """Until the case, as the technician's machine holds it, looks like that."""
        self.desk.until(lambda: look(self._view()), "what the customer decided")

    def _view(self) -> CaseView:
        return show_case(self._technician, self.case_id)


@contextmanager
def open_stage(customer: Party, technician: Party) -> Iterator[Stage]:
    """Both windows off screen; closed again in the end, which ends a session that is still on."""
    windows = build_windows(customer, technician, offscreen=True)
    interrupts = Interrupts()
    for window in windows:
        window.show()
    stage = Stage(*windows, technician, interrupts)
    try:
        yield stage
    finally:
        for window in windows:
            window.leave()
        interrupts.close()
