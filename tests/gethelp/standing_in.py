"""Stands in for what hosts a session, so that a test says what happens in it, and sees what the window wants."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.consent import Grant, Grants
from app.domain.events import AuditHead, EndReason
from app.flows.grants import grant_for
from app.flows.host_session import Activity, Asked, Ended, SecretAsked, TechnicianJoined
from app.flows.party import Party
from app.gethelp.window import GetHelpWindow

NOW = datetime(2026, 11, 22, 12, 31, tzinfo=UTC)


class Session:
    """It tells its events from a thread of its own, as the real one does."""

    def __init__(self, window: GetHelpWindow, grants: Grants) -> None:
        self._take = window._hosting._take
        self.stopped = threading.Event()
        self.grants = grants
        self.asked_for_codes = 0
        self.answers: list[tuple[str, object]] = []
        self.secrets: list[tuple[SecretAsked, str]] = []
        window._hosting._session = self  # type: ignore[assignment]  # it stands in for the real one

    def tell(self, event: object) -> None:
        """Let this happen."""
        teller = threading.Thread(target=self._take, args=(event,))
        teller.start()
        teller.join()

    def stop(self) -> None:
        """The customer wants it to end."""
        self.stopped.set()
        head = AuditHead(lines=1, head="0" * 64)
        self._take(Ended(EndReason.CUSTOMER_STOPPED, 12.0, 1, 0, head, Path("audit"), Path("recording")))

    def allow(self, asked: Asked, minutes: int | None = None) -> Grant:
        """The customer allows it."""
        grant = grant_for(asked.wish, datetime.now(UTC) + timedelta(minutes=minutes or asked.minutes))
        self.grants = Grants(grants=(*self.grants.grants, grant))
        self.answers.append(("allowed", asked))
        return grant

    def decline(self, asked: Asked) -> None:
        """The customer does not allow it."""
        self.answers.append(("declined", asked))

    def take_back(self, grant: Grant) -> None:
        """The customer takes it back."""
        self.grants = Grants(grants=tuple(one for one in self.grants.grants if one != grant))

    def fresh_code(self) -> None:
        """The customer wants another code."""
        self.asked_for_codes += 1

    def pause(self, paused: bool) -> None:
        """The customer pauses; it has happened once the audit says so."""
        self._take(Activity(NOW, "paused" if paused else "resumed", ""))

    def type_secret(self, asked: SecretAsked, text: str) -> None:
        """The customer typed this."""
        self.secrets.append((asked, text))

    def close(self) -> None:
        """Nothing is held."""


def somebody_in(
    qtbot: QtBot, window: GetHelpWindow, name: str, grants: Grants | None = None
) -> tuple[GetHelpWindow, Session]:
    """The window with this technician on the computer."""
    window._draft.grants = grants or Grants()
    session = Session(window, window._draft.grants)
    session.tell(TechnicianJoined(name, "key", "key", "relay"))
    qtbot.waitUntil(lambda: window.current_page == "live")
    return window, session


Open = Callable[[Party], GetHelpWindow]
