"""Pages of the service's log: the next one is fetched while the one before is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from app.sync.client import Page, ServiceClient


def pages(client: ServiceClient, cursor: str | None, wait: float) -> Iterator[Page]:
    """All that the service has after the cursor, waiting up to `wait` seconds for the first page.

    At most two pages are held at a time. Raises as `ServiceClient.pull` does, after the pages that came whole. Whoever
    leaves before the end does not wait for the page that is on its way.
    """
    ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sync ahead")
    try:
        page = client.pull(cursor, wait)
        while page.more:
            coming = ahead.submit(client.pull, page.cursor)
            yield page
            page = coming.result()
        yield page
    finally:
        ahead.shutdown(wait=False)
