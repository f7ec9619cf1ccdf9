"""An article as a Markdown file, to be written in any editor: what it was based on goes along and comes back."""

import re
from dataclasses import dataclass
from pathlib import Path

from app.domain.article_log import ArticleLog
from app.domain.reference import reference
from app.flows.article_errors import ArticleFileError
from app.system.translations import _

MOST_LETTERS = 20_000
_MOST_BYTES = 200_000
_GROUND = re.compile(r"\A<!-- based on ([0-9A-Z -]{1,400}) -->\n")
_TITLE = re.compile(r"\A\s*# +(\S.*?) *#* *(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """What stands in the file. `title` is empty where there is none, `based_on` are short names of editions."""

    title: str
    text: str
    based_on: tuple[str, ...]


def read_article_file(path: Path) -> ArticleFile:
    """Read it. The first heading is the title. Raises `ArticleFileError`."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ArticleFileError(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ArticleFileError(path, _("it is no text in UTF-8.")) from error
    ground = _GROUND.match(text)
    text = text[ground.end() :] if ground else text
    title = _TITLE.match(text)
    text = text[title.end() :] if title else text
    if len(text.strip()) > MOST_LETTERS or len(content) > _MOST_BYTES:
        raise ArticleFileError(path, _("it has more than 20,000 letters. Make two of it, and link them."))
    if not text.strip():
        raise ArticleFileError(path, _("there is no text in it."))
    return ArticleFile(title[1] if title else "", text.strip(), tuple(ground[1].split()) if ground else ())


def markdown(log: ArticleLog) -> str:
    """The article as such a file: changed, and given to `bistand article edit`, it is known what it was based on."""
    article = log.article
    if article is None:
        return ""
    names = " ".join(reference(edition.id) for edition in log.editions.latest)
    return f"<!-- based on {names} -->\n# {article.title}\n\n{article.text}\n"
