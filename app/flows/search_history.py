"""Search everything that this machine holds, with no network at all."""

from app.domain.article_log import ArticleLog
from app.domain.events import Stream
from app.flows.party import Party
from app.store.records import Hit

__all__ = ["Hit", "is_of_case", "search_history"]


def search_history(party: Party, query: str, limit: int = 50) -> tuple[Hit, ...]:
    """What goes by these words, best first: cases, notes, work, solutions and terminal output, cards, articles.

    A customer's device may hold an article that is no longer for customers: it is not found there.
    """
    hits = party.store.search(query, limit)
    me = party.settings.me
    return hits if me is not None and me.is_staff else tuple(hit for hit in hits if _is_for_customers(party, hit))


def is_of_case(hit: Hit) -> bool:
    """Whether what was found is part of a case, and can be opened as one."""
    return hit.where not in ("customer", "article")


def _is_for_customers(party: Party, hit: Hit) -> bool:
    if hit.where != "article":
        return True
    article = party.store.state(Stream.ARTICLE, hit.case_id)
    return isinstance(article, ArticleLog) and article.for_customers is not None
