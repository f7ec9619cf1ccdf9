"""Articles as commands and a case show them: in lines, and as facts for scripts."""

from app.domain.article_log import ArticleLog
from app.domain.knowledge import Article, Suggestion
from app.domain.reference import reference


def article_line(article: Article) -> str:
    """One line: the short name that commands take, the title, and for whom."""
    marks = [", ".join(sorted(article.topics)), article.language, f"for {article.readers.value}", helped(article)]
    return f"{reference(article.id)}  {article.title}  ({'; '.join(mark for mark in marks if mark)})"


def article_lines(log: ArticleLog, article: Article | None, *, for_staff: bool) -> tuple[str, ...]:
    """The whole article; where edits collide, technicians see each of them."""
    if article is None:
        return (f"{reference(log.id)}  {log.title}", "It was withdrawn. `bistand article edit` brings it back.")
    lines = [article_line(article), *(f"  see {link}" for link in article.links), "", article.text]
    if for_staff and log.editions.collide:
        *others, holds = log.editions.latest
        names = " ".join(reference(edition.id) for edition in log.editions.latest)
        lines += ["", f"COLLISION: changed at once in {names}; {reference(holds.id)} is shown above. An edit decides."]
        for edition in others:
            text = edition.value.text if edition.value else "(withdrawn)"
            lines += ["", f"-- {reference(edition.id)}, {edition.author.name}, {edition.at:%Y-%m-%d} --", text]
    return tuple(lines)


def article_facts(log: ArticleLog, article: Article | None, *, for_staff: bool) -> dict[str, object]:
    """For scripts."""
    latest = log.editions.latest
    return {
        "article": str(log.id),
        "reference": reference(log.id),
        "title": log.title,
        "withdrawn": article is None,
        "text": article.text if article else None,
        "language": article.language if article else None,
        "topics": sorted(article.topics) if article else [],
        "readers": article.readers.value if article else None,
        "customers_read_it": log.for_customers is not None,
        "links": list(article.links) if article else [],
        "helped": len(log.helped),
        "editions": [reference(edition.id) for edition in latest],
        "collision": [
            {"edition": reference(one.id), "by": one.author.name, "text": one.value.text if one.value else None}
            for one in latest
        ]
        if for_staff and log.editions.collide
        else [],
    }


def suggestion_lines(suggestions: tuple[Suggestion, ...]) -> tuple[str, ...]:
    """A line each, with why it is suggested."""
    return tuple(f"  {reference(each.article.id)}  {each.article.title}  ({_why(each)})" for each in suggestions)


def suggestion_facts(suggestions: tuple[Suggestion, ...]) -> list[dict[str, object]]:
    """For scripts."""
    return [
        {
            "article": str(each.article.id),
            "reference": reference(each.article.id),
            "title": each.article.title,
            "by_topic": each.by_topic,
            "words": list(each.words),
            "helped": each.article.helped,
        }
        for each in suggestions
    ]


def helped(article: Article) -> str:
    """How often it did, in words; nothing where it never has."""
    return f"helped {article.helped} times" if article.helped > 1 else ("helped once" if article.helped else "")


def _why(suggestion: Suggestion) -> str:
    words = f"words: {', '.join(f'{word}…' for word in suggestion.words)}" if suggestion.words else ""
    marks = ("same topic" if suggestion.by_topic else "", words, helped(suggestion.article))
    return "; ".join(mark for mark in marks if mark)
