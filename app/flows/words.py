"""What people type, before it becomes an event: there is something, and not too much of it."""

from app.flows.errors import BadInputError
from app.system.translations import _

MOST_LETTERS = 20_000
A_REMARK = 2000
A_LINE = 200


def words(untrusted_text: str, missing: str, most: int = MOST_LETTERS) -> str:
    """The text without the space around it. Raises `BadInputError`: with `missing` where there is none."""
    text = remark(untrusted_text, most)
    if not text:
        raise BadInputError(missing)
    return text


def remark(untrusted_text: str, most: int = A_REMARK) -> str:
    """The same for a text that may be empty."""
    text = untrusted_text.strip()
    if len(text) > most:
        raise BadInputError(_("That is too long: at most {most} letters go in here.").format(most=f"{most:,}"))
    return text
