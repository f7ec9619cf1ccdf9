"""Wakes the requests that wait for something new, without a thread for each."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary

LOG = "log"
"""The topic of new events. New mail has its session's id for a topic."""


class Ticket:
    """One moment's promise: it is woken by the next news on its topic after it was drawn."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait on it."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """True once there is news, False when the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True


class Notifier:
    """Tickets by topic. Draw one, look, and only then wait: news in between is not lost. Event loop's thread only."""

    def __init__(self) -> None:
        self._tickets: WeakValueDictionary[Hashable, Ticket] = WeakValueDictionary()
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether the service is about to stop, and nobody should wait."""
        return self._closed

    def ticket(self, topic: Hashable) -> Ticket:
        """A ticket for the next news on the topic."""
        ticket = self._tickets.get(topic)
        if ticket is None:
            ticket = Ticket()
            if self._closed:
                ticket.ring()
            self._tickets[topic] = ticket
        return ticket

    def wake(self, topic: Hashable) -> None:
        """There is news on the topic."""
        ticket = self._tickets.pop(topic, None)
        if ticket is not None:
            ticket.ring()

    def wake_others(self, topic: Hashable) -> None:
        """There may be news on any topic but this one."""
        for other in list(self._tickets):
            if other != topic:
                self.wake(other)

    def close(self) -> None:
        """Wake everybody, for good: the service stops."""
        self._closed = True
        for topic in list(self._tickets):
            self.wake(topic)
