"""What customers may read of articles as they stand: of one that was taken from them, no edition any more."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, update

from app.domain.article_log import ArticleLog
from app.domain.events import ArticleWithdrawn, ArticleWritten, Event
from app.domain.streams import State
from app.service.tables import events

_WRITTEN: str = ArticleWritten.model_fields["kind"].default


class ArticleRights:
    """The articles of one push. Lives for its transaction."""

    def __init__(self) -> None:
        self._taken: dict[UUID, int] = {}

    def mark(self, row: dict[str, Any], event: Event, state: State) -> None:
        """Have this row, which is about to be kept, read by those who may. `state` is what the event made."""
        if not isinstance(state, ArticleLog):
            return
        if isinstance(event.body, ArticleWithdrawn) and not state.was_for_customers:
            row["customer_visible"] = False  # it is none of their business that there is one
        if state.for_customers is None:
            self._taken[event.stream_id] = row["version"]

    def take(self, connection: Connection) -> None:
        """Take from customers what stands in the log of articles that are not for them, this push's own included."""
        for article, version in self._taken.items():
            earlier = (events.c.stream_id == article) & (events.c.version <= version) & (events.c.kind == _WRITTEN)
            connection.execute(update(events).where(earlier).values(customer_visible=False))
