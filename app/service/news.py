"""News from the other copies of the service on one PostgreSQL: announced with a commit, heard here, passed on."""

import logging
import selectors
import socket
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Hashable
from contextlib import suppress
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.service.database import CHANNEL, Database
from app.service.notifier import LOG, Notifier

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 15.0  # a connection that has said nothing for so long is asked whether it lives
_LOOK_SECONDS = 1.0  # between two looks for news while there is no connection to hear them on
_CLOSING_SECONDS = 5.0


class Listener:
    """Wakes who waits here for what happened at another copy. A service object; on SQLite there is nothing to do.

    Where its connection is lost it makes another, and meanwhile looks for itself, so that nothing is missed.
    """

    def __init__(self, database: Database, notifier: Notifier, loop: AbstractEventLoop) -> None:
        self._database = database
        self._notifier = notifier
        self._loop = loop  # its thread is the one that wakes
        self._thread: threading.Thread | None = None
        self._stopped, self._stop = socket.socketpair()
        self._seen: int | None = None

    def start(self) -> None:
        """Listen from now on."""
        if self._database.is_shared:
            self._thread = threading.Thread(target=self._run, name="news", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Listen no more. Blocks until the thread has ended, or for some seconds where the network holds it up."""
        self._stop.close()
        if self._thread is not None:
            self._thread.join(_CLOSING_SECONDS)
        if self._thread is None or not self._thread.is_alive():
            self._stopped.close()

    def _run(self) -> None:
        while True:
            try:
                with self._database.listening_connection() as connection:
                    self._listen(connection)
                return
            except (psycopg.Error, OSError) as error:
                _log.warning("other copies' news are not heard at the moment: %s", str(error).partition("\n")[0])
            self._look()
            if self._is_over(_LOOK_SECONDS):
                return

    def _listen(self, connection: psycopg.Connection) -> None:
        """Until it is over. Raises `psycopg.Error` or `OSError` where the connection is lost."""
        connection.add_notify_handler(self._hear)
        connection.execute(f"LISTEN {CHANNEL}")
        self._wake_all()  # whatever happened before this moment was not heard
        with selectors.DefaultSelector() as selector:
            selector.register(self._stopped, selectors.EVENT_READ)
            selector.register(connection.fileno(), selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_IDLE_SECONDS)}
                if self._stopped in ready:
                    return
                connection.execute("SELECT 1")  # takes in what came, and fails where the connection is dead

    def _hear(self, news: psycopg.Notify) -> None:
        topic = self._database.heard(news.payload)
        if topic == LOG:
            self._wake(self._notifier.wake, LOG)
        elif topic is not None:
            with suppress(ValueError):  # somebody else talks on this channel
                self._wake(self._notifier.wake, UUID(topic))

    def _look(self) -> None:
        """See for itself. Who waits for the log is woken only where there is more of it: they may be many."""
        try:
            version = self._database.version()
        except (SQLAlchemyError, OSError):
            return  # who asks now is told so, and asks again
        if version != self._seen:
            self._seen = version
            self._wake(self._notifier.wake, LOG)
        self._wake(self._notifier.wake_others, LOG)

    def _wake_all(self) -> None:
        self._seen = None
        self._wake(self._notifier.wake, LOG)
        self._wake(self._notifier.wake_others, LOG)

    def _wake(self, wake: Callable[[Hashable], object], topic: Hashable) -> None:
        with suppress(RuntimeError):  # the service has stopped meanwhile
            self._loop.call_soon_threadsafe(wake, topic)

    def _is_over(self, seconds: float) -> bool:
        """Whether it was closed, after so long or at once."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stopped, selectors.EVENT_READ)
            return bool(selector.select(seconds))
