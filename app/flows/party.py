"""One identity at work: who it is, its store, its service. Every flow takes one first.

Windows and commands hold a party and hand it on; what is inside is for flows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from app.domain.events import Body, Event, Stream
from app.domain.people import Author
from app.flows.errors import NoProviderError, NotEnrolledError, OtherProviderError
from app.store.store import Store
from app.system import settings as remembered
from app.system.clock import Clock
from app.system.paths import Home
from app.system.secrets import Secrets
from app.system.settings import Settings

if TYPE_CHECKING:
    from app.sync.client import ServiceClient

TOKEN = "service token"  # noqa: S105 - the name it goes by in the keyring


@dataclass(slots=True)
class Party:
    """A customer or a technician on this machine. Its methods may be called from any thread."""

    home: Home
    clock: Clock
    secrets: Secrets
    store: Store
    settings: Settings
    nudge: Callable[[], None] | None = None
    _service: "ServiceClient | None" = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def me(self) -> Author:
        """Who this is to the service. Raises `NotEnrolledError`."""
        if self.settings.me is None:
            raise NotEnrolledError
        return self.settings.me

    @property
    def service(self) -> "ServiceClient":
        """The provider's service. Raises `NoProviderError`."""
        from app.sync.client import ServiceClient  # HTTP is slow to load, and a window opens without it

        with self._lock:
            if self._service is None:
                if self.settings.provider is None:
                    raise NoProviderError
                self._service = ServiceClient(self.settings.provider, token=lambda: self.secrets.get(TOKEN))
            return self._service

    def remember(self, settings: Settings) -> None:
        """Keep these settings; the next use of the service follows them."""
        remembered.save(self.home, settings)
        with self._lock:
            stale = self._service if settings.provider != self.settings.provider else None
            self._service = None if stale else self._service
            self.settings = settings
        if stale:
            stale.close()

    def require_turning_to(self, url: str) -> None:
        """Pass where what is kept here may be told to this provider: to its own, or to any while there is nothing.

        Raises `OtherProviderError`.
        """
        own = self.settings.provider
        if own is not None and own.rstrip("/") != url.strip().rstrip("/") and self.store.holds_events():
            raise OtherProviderError(own)

    def turn_to(self, url: str) -> None:
        """Have this provider from now on; to a new one this device is nobody yet. Raises `OtherProviderError`."""
        if url == self.settings.provider:
            return
        self.require_turning_to(url)
        self.secrets.forget(TOKEN)  # it is for the old one's eyes
        self.remember(Settings(provider=url))

    def write(self, case_id: UUID, body: Body, replaces: UUID | None = None) -> Event:
        """Put an event into the log and the outbox, in one transaction, before anything is sent.

        It may replace one that the service refused, on the same case. Raises `RefusedError` where the rules say no.
        """
        if replaces is not None:
            return self.store.amend(self.me, replaces, body)
        return self.store.append(self.me, Stream.CASE, case_id, body)

    def write_beside(self, stream: Stream, stream_id: UUID, body: Body) -> Event:
        """The same for what is no case: a customer's card. Raises `RefusedError` where the rules say no."""
        return self.store.append(self.me, stream, stream_id, body)

    def write_all_beside(self, stream: Stream, stream_id: UUID, bodies: Sequence[Body]) -> tuple[Event, ...]:
        """The same for several, on a case too: all of them, or none."""
        return self.store.append_all(self.me, stream, stream_id, bodies)

    def close(self) -> None:
        """Let go of the store and the service. Closing twice is fine."""
        with self._lock:
            service, self._service = self._service, None
        if service:
            service.close()
        self.store.close()
