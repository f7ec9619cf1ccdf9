"""Pages of the service's log: one is fetched and another one read while the one before is kept."""

from collections.abc import Generator, Iterator

from app.sync.client import ServiceClient
from app.sync.errors import TooOldError
from app.sync.page import Page, Unread, read
from app.system.ahead import ahead
from app.system.garbage import collecting_later


def pages(client: ServiceClient, cursor: str | None, wait: float) -> Generator[Page]:
    """All that the service has after the cursor, waiting up to `wait` seconds for the first page.

    At most five pages are held at a time. Raises as `ServiceClient.pull` does, after the pages that came whole. Whoever
    closes it before the end does not wait for the page that is on its way.
    """

    def checked(unread: Unread) -> Page:
        try:
            with collecting_later():
                return read(unread)
        except ValueError as error:  # a ValidationError is one
            raise TooOldError(client.url) from error

    first = client.pull(cursor, wait)
    if first.more:
        yield from ahead(map(checked, ahead(_from(client, first), "sync fetch")), "sync read")
    else:
        yield checked(first)


def _from(client: ServiceClient, page: Unread) -> Iterator[Unread]:
    """This page and those that follow it."""
    yield page
    while page.more:
        page = client.pull(page.cursor)
        yield page
