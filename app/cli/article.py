"""`bistand article ACTION`: what one technician learnt, all can find. All of it works offline."""

import argparse
from collections.abc import Callable
from pathlib import Path

from app.cli.common import add_identity, plain, show
from app.cli.identity import open_party
from app.domain.article_log import ArticleLog
from app.domain.knowledge import Readers
from app.flows.article_file import markdown, read_article_file
from app.flows.article_text import article_facts, article_line, article_lines
from app.flows.articles import (
    Draft,
    edit_article,
    list_articles,
    named_article,
    say_helped,
    withdraw_article,
    write_article,
)
from app.flows.list_cases import named_case
from app.flows.party import Party


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which article."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    write = actions.add_parser("write", help="a new article from a Markdown file; its first heading is the title")
    write.add_argument("file", metavar="FILE", type=Path)
    edit = actions.add_parser("edit", help="change an article; what is not named stays as it was")
    _add_article(edit)
    edit.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="the whole text, as `show --markdown` gives it"
    )
    edit.add_argument("--based-on", metavar="EDITION", action="append", default=[], help="what you had before you")
    for action in (write, edit):
        action.add_argument("--title", help="in place of the first heading")
        action.add_argument("--topic", metavar="T", action="append", help="printer, mail, network; may be repeated")
        action.add_argument("--language", metavar="CODE", help="such as da; without it, yours")
        action.add_argument("--for", dest="readers", choices=[each.value for each in Readers], help="who may read it")
        action.add_argument("--link", metavar="URL", action="append", help="where more stands; may be repeated")
    shown = actions.add_parser("show", help="read an article")
    _add_article(shown)
    shown.add_argument("--markdown", action="store_true", help="as a file to change and give to `edit`")
    listed = actions.add_parser("list", help="all articles")
    listed.add_argument("--topic", metavar="T", help="only those of this topic")
    withdraw = actions.add_parser("withdraw", help="nobody reads it any longer; the log keeps it")
    _add_article(withdraw)
    withdraw.add_argument("--only-from-customers", action="store_true", help="technicians still do")
    helped = actions.add_parser("helped", help="an article helped on a case: it counts, and comes first next time")
    helped.add_argument("case", metavar="CASE", help="the case's id or short name")
    _add_article(helped)
    for action in actions.choices.values():
        add_identity(action)


def run(options: argparse.Namespace) -> int:
    """Do it, and print the article as it is then."""
    with open_party(ephemeral=options.ephemeral) as party:
        if options.action == "list":
            return _list(party, options)
        log = _ACTIONS[options.action](party, options)
        for_staff = party.me.is_staff
    if options.action == "show" and options.markdown and not options.json:
        print(plain(markdown(log)), end="")
        return 0
    article = log.article if for_staff else log.for_customers
    lines = article_lines(log, article, for_staff=for_staff)
    show(options, article_facts(log, article, for_staff=for_staff), plain("\n".join(lines)))
    return 0


def _add_article(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("article", metavar="ARTICLE", help="its short name, id or title")


def _list(party: Party, options: argparse.Namespace) -> int:
    is_staff = party.me.is_staff
    found = [(log, log.article if is_staff else log.for_customers) for log in list_articles(party)]
    wanted = options.topic.strip().lower() if options.topic else None
    found = [(log, article) for log, article in found if article and (wanted is None or wanted in article.topics)]
    lines = [
        article_line(article) + ("  COLLISION" if log.editions.collide else "") for log, article in found if article
    ]
    facts = {"articles": [article_facts(log, article, for_staff=is_staff) for log, article in found]}
    show(options, facts, plain("\n".join(lines)) or "There is no such article on this machine.")
    return 0


def _draft(options: argparse.Namespace) -> tuple[Draft, tuple[str, ...]]:
    """What was typed and what stands in the file, and what that was based on."""
    file = read_article_file(options.file) if options.file else None
    draft = Draft(
        title=options.title or (file.title if file else "") or None,
        text=file.text if file else None,
        language=options.language,
        topics=frozenset(options.topic) if options.topic else None,
        readers=Readers(options.readers) if options.readers else None,
        links=tuple(options.link) if options.link else None,
    )
    return draft, file.based_on if file else ()


def _write(party: Party, options: argparse.Namespace) -> ArticleLog:
    return write_article(party, _draft(options)[0])


def _edit(party: Party, options: argparse.Namespace) -> ArticleLog:
    draft, based_on = _draft(options)
    return edit_article(party, named_article(party, options.article), draft, options.based_on or based_on)


def _withdraw(party: Party, options: argparse.Namespace) -> ArticleLog:
    log = named_article(party, options.article)
    return withdraw_article(party, log, only_from_customers=options.only_from_customers)


def _helped(party: Party, options: argparse.Namespace) -> ArticleLog:
    return say_helped(party, named_case(party, options.case), named_article(party, options.article))


_ACTIONS: dict[str, Callable[[Party, argparse.Namespace], ArticleLog]] = {
    "write": _write,
    "edit": _edit,
    "show": lambda party, options: named_article(party, options.article),
    "withdraw": _withdraw,
    "helped": _helped,
}
