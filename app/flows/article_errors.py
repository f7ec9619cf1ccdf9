"""What can keep an article from being read or written, each with the sentence that helps.

├── UnknownArticleError   no article goes by what was typed, or more than one does (exit code 2)
├── ArticleFileError      the file cannot be read as an article (exit code 2)
└── NoSuchArticleEditionError  the article has no edition of that name (exit code 2)
"""

from collections.abc import Iterable
from pathlib import Path

from app.domain.errors import UsageError
from app.flows.errors import FlowError
from app.system.translations import _


class UnknownArticleError(FlowError, UsageError):
    """No article goes by what was typed, or more than one does: `names` tell them apart."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str, names: Iterable[str] = ()) -> None:
        lines = "\n".join(f"  {name}" for name in names)
        text = (
            _("More than one article goes by “{name}”. Name one by its short name:\n{lines}")
            if lines
            else _("No article here goes by “{name}”. `bistand article list` has them all.")
        )
        super().__init__(text.format(name=untrusted_name[:40], lines=lines))


class ArticleFileError(FlowError, UsageError):
    """The file cannot be read as an article. Nothing was written."""

    exit_code = UsageError.exit_code

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(_("{path} was not taken as an article: {why}").format(path=path, why=why))


class NoSuchArticleEditionError(FlowError, UsageError):
    """The article has no edition of that name."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(
            _("No edition of this article goes by “{name}”: `bistand article show` names those that hold.").format(
                name=untrusted_name[:40]
            )
        )
