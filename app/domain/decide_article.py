"""Who may write what into an article."""

from datetime import datetime

from app.domain import events as ev
from app.domain.article_log import ArticleLog
from app.domain.knowledge import Readers
from app.domain.refusals import check_clock, refuse, require


def decide_article(log: ArticleLog, event: ev.Event, now: datetime) -> None:
    """Any technician writes articles. What was taken from customers comes back to them only knowingly.

    Raises `RefusedError`.
    """
    check_clock(event, now)
    if isinstance(event.body, ev.PersonErased):
        refuse("No device erases a person. The owner does, at the service: bistand admin erase.")
    require(event.author.is_staff, "Only a technician can do this.")
    begins = isinstance(event.body, ev.ArticleWritten) and not event.body.based_on
    require(log.is_begun or begins, "There is no such article.")
    match event.body:
        case ev.ArticleWritten() as body:
            _check_written(log, body)
        case ev.ArticleWithdrawn(based_on=based_on):
            require(log.editions.knows(based_on), "This is about an edition that is not there.")


def _check_written(log: ArticleLog, body: ev.ArticleWritten) -> None:
    require(
        bool(body.based_on) or not log.is_begun,
        "This article is there already. Say which edition of it yours is based on.",
    )
    require(log.editions.knows(body.based_on), "This change is based on an edition that is not there.")
    if body.readers is Readers.CUSTOMERS:
        require(
            log.knows_of_withdrawals(body.based_on),
            "A colleague took this article from customers while you wrote. Read it again: bistand article show.",
        )
    else:
        theirs = log.customers_edition
        require(
            theirs is None or theirs.id not in body.based_on,
            "Customers read this article. Take it from them first: bistand article withdraw --only-from-customers.",
        )
