"""What one technician learnt, all can find (rule 13): articles are written, changed, found and counted. Offline."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from app.domain import events as ev
from app.domain.article_log import ArticleLog
from app.domain.case import Case
from app.domain.finding import Level
from app.domain.knowledge import Article, Readers, Suggestion, suggest
from app.domain.reference import is_named, reference
from app.domain.words import stems
from app.flows.article_errors import NoSuchArticleEditionError, UnknownArticleError
from app.flows.errors import BadInputError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.clock import new_id
from app.system.translations import _, language


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written. None leaves it as it was, or, of a new article, as it usually is."""

    title: str | None = None
    text: str | None = None
    language: str | None = None
    topics: frozenset[str] | None = None
    readers: Readers | None = None
    links: tuple[str, ...] | None = None


def list_articles(party: Party) -> tuple[ArticleLog, ...]:
    """All that this person may read, by title; withdrawn ones left out."""
    found = [log for log in _logs(party) if _as_read_by(party, log) is not None]
    return tuple(sorted(found, key=lambda log: (log.title.casefold(), log.id)))


def named_article(party: Party, untrusted_name: str) -> ArticleLog:
    """The article that a person means by its id, short name or title. Raises `UnknownArticleError`."""
    wanted = untrusted_name.strip().casefold()
    there = [log for log in _logs(party) if _is_staff(party) or log.for_customers is not None]
    found = [log for log in there if is_named(untrusted_name, log.id)]
    found = found or [log for log in there if log.title.casefold() == wanted]
    if len(found) != 1:
        raise UnknownArticleError(untrusted_name, [f"{reference(log.id)}  {log.title}" for log in found])
    return found[0]


def write_article(party: Party, draft: Draft) -> ArticleLog:
    """A new article. Raises `BadInputError`, and `RefusedError` where the rules say no."""
    article_id = new_id()
    _write(party, article_id, _body(draft, None, ()))
    send_soon(party)
    return _log(party, article_id)


def edit_article(party: Party, log: ArticleLog, draft: Draft, untrusted_editions: Iterable[str] = ()) -> ArticleLog:
    """Change it, on the ground of these editions, or else of all that hold here: then none collides any more.

    What customers read and technicians alone are to read from now on is taken from customers first.
    Raises `BadInputError`, `NoSuchArticleEditionError` and `RefusedError`.
    """
    latest = tuple(edition.id for edition in log.editions.latest)
    ground = tuple(named_edition(log, name) for name in untrusted_editions) or latest
    body = _body(draft, log, ground)
    if body.readers is Readers.TECHNICIANS and log.for_customers is not None:
        taken = _write(party, log.id, ev.ArticleWithdrawn(only_from_customers=True, based_on=latest))
        if set(latest) <= set(ground):
            body = body.model_copy(update={"based_on": (taken.id,)})
    _write(party, log.id, body)
    send_soon(party)
    return _log(party, log.id)


def withdraw_article(party: Party, log: ArticleLog, *, only_from_customers: bool = False) -> ArticleLog:
    """Nobody reads it any longer, or no customer does. It stays in the log. Raises `RefusedError`."""
    latest = tuple(edition.id for edition in log.editions.latest)
    _write(party, log.id, ev.ArticleWithdrawn(only_from_customers=only_from_customers, based_on=latest))
    send_soon(party)
    return _log(party, log.id)


def say_helped(party: Party, case_id: UUID, log: ArticleLog) -> ArticleLog:
    """The article helped on this case. Saying so twice counts once."""
    if case_id not in log.helped:
        _write(party, log.id, ev.ArticleHelped(case=case_id))
        send_soon(party)
    return _log(party, log.id)


def helped_on(party: Party, case_id: UUID) -> tuple[ArticleLog, ...]:
    """The articles that helped on this case."""
    found = (log for log in party.store.states(ev.Stream.ARTICLE, naming=case_id) if isinstance(log, ArticleLog))
    return tuple(log for log in found if case_id in log.helped)


def articles_for(party: Party, case: Case) -> tuple[Suggestion, ...]:
    """What may help on this case, the best first; for a technician in any language.

    Its topic is the one that was told with its price, or else one that stands in its own words.
    """
    topic = case.prices[-1].told.topic if case.prices else None
    worth = [one.sentence for one in case.findings if one.level in (Level.PROBLEM, Level.NOTICE)]
    return _suggested(party, "\n".join([case.about, *worth]), topic)


def tips_for(party: Party, about: str) -> tuple[Suggestion, ...]:
    """What a customer may try themselves, by what they say is wrong: written for customers, in their language."""
    articles = [log.for_customers for log in _logs(party) if log.for_customers is not None]
    return suggest(articles, about, _topic(articles, about), {language()}, for_customer=True)


def named_edition(log: ArticleLog, untrusted_name: str) -> UUID:
    """The edition of the article that goes by this id or short name. Raises `NoSuchArticleEditionError`."""
    ids = [edition.id for edition in log.editions.all]
    found = [name for name in ids if is_named(untrusted_name, name)]
    if len(found) != 1:
        raise NoSuchArticleEditionError(untrusted_name)
    return found[0]


def _suggested(party: Party, text: str, topic: str | None) -> tuple[Suggestion, ...]:
    for_customer = not _is_staff(party)
    articles = [article for log in _logs(party) if (article := _as_read_by(party, log)) is not None]
    languages = {language()} if for_customer else {article.language for article in articles}
    topic = _topic(articles, text) if topic is None else topic
    return suggest(articles, text, topic, languages, for_customer=for_customer)


def _topic(articles: Iterable[Article], text: str) -> str | None:
    """The topic that the text names itself: the longest of those that stand in it."""
    words = stems(text, shortest=3, letters=5)
    topics = {topic for article in articles for topic in article.topics}
    named = [topic for topic in topics if (asked := stems(topic, shortest=3, letters=5)) and asked <= words]
    return max(named, key=lambda topic: (len(topic), topic), default=None)


def _body(draft: Draft, log: ArticleLog | None, based_on: tuple[UUID, ...]) -> ev.ArticleWritten:
    """The draft, with what it leaves as it was before."""
    last = next((one.value for one in reversed(log.editions.all) if one.value), None) if log else None
    before = last.model_dump() if last else {"language": language(), "title": "", "text": ""}
    given = {name: value for name in Draft.__slots__ if (value := getattr(draft, name)) is not None}
    try:
        return ev.ArticleWritten.model_validate({**before, **given, "based_on": based_on})
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0])
        raise BadInputError(_("This is no article: its {field} is missing, too long or not as it should be.").format(
            field=where
        )) from error  # fmt: skip


def _write(party: Party, article_id: UUID, body: ev.Body) -> ev.Event:
    return party.write_beside(ev.Stream.ARTICLE, article_id, body)


def _logs(party: Party) -> tuple[ArticleLog, ...]:
    return tuple(log for log in party.store.states(ev.Stream.ARTICLE) if isinstance(log, ArticleLog))


def _log(party: Party, article_id: UUID) -> ArticleLog:
    log = party.store.state(ev.Stream.ARTICLE, article_id)
    assert isinstance(log, ArticleLog)  # noqa: S101 - that is what the stream folds into
    return log


def _as_read_by(party: Party, log: ArticleLog) -> Article | None:
    return log.article if _is_staff(party) else log.for_customers


def _is_staff(party: Party) -> bool:
    """Whether this device is a technician's. One that is nobody's yet reads what customers do."""
    return party.settings.me is not None and party.settings.me.is_staff
