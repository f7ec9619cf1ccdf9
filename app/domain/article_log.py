"""An article as it was written, changed and withdrawn: the fold of the events of one article.

Customers' devices hold only what customers may read of it. What they read follows from those events alone, so that
they and technicians agree on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.editions import Edition, Editions
from app.domain.knowledge import Article, Readers
from app.domain.people import Role


@dataclass(frozen=True, slots=True)
class ArticleLog:
    """All editions of one article, made by a fold alone. The value None is that of an article withdrawn from all.

    `withdrawn` are the withdrawals, each an edition too. `helped` are the cases on which the article helped.
    """

    id: UUID
    editions: Editions[ev.ArticleWritten | None] = field(default_factory=Editions)
    withdrawn: frozenset[UUID] = frozenset()
    helped: frozenset[UUID] = frozenset()
    erased: tuple[ev.PersonErased, ...] = ()
    changed_at: datetime | None = None
    timeline: tuple[ev.Event, ...] = field(default=(), repr=False)

    @property
    def is_begun(self) -> bool:
        """Whether there is such an article."""
        return any(edition.value is not None for edition in self.editions.all)

    @property
    def title(self) -> str:
        """By what name the article goes, or went before it was withdrawn."""
        titles = [edition.value.title for edition in self.editions.all if edition.value is not None]
        return titles[-1] if titles else ""

    @property
    def article(self) -> Article | None:
        """The article as technicians read it, or None where it is withdrawn."""
        return self._article(self.editions.current)

    @property
    def for_customers(self) -> Article | None:
        """The article as customers read it, or None where it is not for them."""
        return self._article(self.customers_edition)

    @property
    def customers_edition(self) -> Edition[ev.ArticleWritten | None] | None:
        """The edition that customers read: the newest for them that holds, if no withdrawal came after it."""
        latest = {edition.id for edition in self.editions.latest}
        for edition in reversed(self.editions.all):
            if edition.id in self.withdrawn:
                return None
            if edition.id in latest and edition.value is not None and edition.value.readers is Readers.CUSTOMERS:
                return edition
        return None

    @property
    def was_for_customers(self) -> bool:
        """Whether customers could ever read it."""
        values = (edition.value for edition in self.editions.all)
        return any(value is not None and value.readers is Readers.CUSTOMERS for value in values)

    @property
    def found(self) -> tuple[ev.Event, ...]:
        """The events whose text holds now: search finds these, and no earlier edition."""
        holds = set(self._texts([edition.id for edition in self.editions.latest if edition.value is not None]))
        return tuple(event for event in self.timeline if event.id in holds)

    def knows_of_withdrawals(self, based_on: tuple[UUID, ...]) -> bool:
        """Whether whoever wrote on the ground of these editions had heard of each withdrawal."""
        return self.withdrawn <= set(self._before(based_on))

    def _texts(self, names: list[UUID]) -> Iterator[UUID]:
        """The editions with a text of their own that these are, or that they left as it was."""
        by_id = {edition.id: edition for edition in self.editions.all}
        for name in names:
            if name in self.withdrawn:
                yield from self._texts([earlier for earlier in by_id[name].based_on if earlier in by_id])
            else:
                yield name

    def _before(self, names: tuple[UUID, ...]) -> set[UUID]:
        by_id = {edition.id: edition for edition in self.editions.all}
        seen: set[UUID] = set()
        ahead = list(names)
        while ahead:
            name = ahead.pop()
            if name in by_id and name not in seen:
                seen.add(name)
                ahead += by_id[name].based_on
        return seen

    def _article(self, edition: Edition[ev.ArticleWritten | None] | None) -> Article | None:
        if edition is None or edition.value is None:
            return None
        body = edition.value
        return Article(
            id=self.id,
            title=body.title,
            text=body.text,
            language=body.language,
            topics=body.topics,
            readers=body.readers,
            links=body.links,
            helped=len(self.helped),
        )


def change(log: ArticleLog, event: ev.Event) -> ArticleLog:
    """What the event does to the article. A kind that is not known leaves it as it was."""
    match event.body:
        case ev.ArticleWritten() as body:
            value = body.model_copy(update={"based_on": ()})  # that two are based on different ones is no difference
            return replace(log, editions=log.editions.add(event, value, body.based_on))
        case ev.ArticleWithdrawn() as body:
            left = _kept_for_technicians(log, body) if body.only_from_customers else None
            editions = log.editions.add(event, left, body.based_on)
            return replace(log, editions=editions, withdrawn=log.withdrawn | {event.id})
        case ev.ArticleHelped(case=case):
            return replace(log, helped=log.helped | {case})
        case ev.PersonErased() as body if event.author.role is Role.OWNER:
            return replace(log, erased=(*log.erased, body))
        case _:
            return log


def _kept_for_technicians(log: ArticleLog, body: ev.ArticleWithdrawn) -> ev.ArticleWritten | None:
    """What stood there, for technicians alone from now on; None where this device never had it."""
    known = [edition.value for edition in log.editions.all if edition.id in body.based_on and edition.value is not None]
    return known[-1].model_copy(update={"readers": Readers.TECHNICIANS}) if known else None
