"""Pages of the service's log: the next one is fetched and made ready while the one before is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from app.sync.client import Page, ServiceClient
from app.sync.ports import LocalStore


def pages(client: ServiceClient, store: LocalStore, cursor: str | None, wait: float) -> Iterator[Page]:
    """All that the service has after the cursor, waiting up to `wait` seconds for the first page.

    Their events are made ready for this store. At most two pages are held at a time. Raises as `ServiceClient.pull`
    does, after the pages that came whole. Whoever leaves before the end does not wait for the page that is on its way.
    """

    def fetch(after: str | None, wait: float = 0) -> Page:
        page = client.pull(after, wait)
        return replace(page, events=store.ready(page.events, page.texts), texts=())

    ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sync ahead")
    try:
        page = fetch(cursor, wait)
        while page.more:
            coming = ahead.submit(fetch, page.cursor)
            yield page
            page = coming.result()
        yield page
    finally:
        ahead.shutdown(wait=False)
