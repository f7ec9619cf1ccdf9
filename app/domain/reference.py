"""How people name a case, or something on one: six characters that can be read out, made from its id."""

from collections.abc import Iterable
from uuid import UUID

from app.domain.errors import UsageError

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_LENGTH = 6
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})  # as Crockford reads them


class UnknownCaseError(UsageError):
    """No case, or more than one, goes by what was typed."""


def reference(case_id: UUID) -> str:
    """The short name of a case, or of whatever began with an event: `7QF-2MK`, from the random end of its UUIDv7."""
    number = case_id.int
    letters = "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(_LENGTH)))
    return f"{letters[:3]}-{letters[3:]}"


def is_named(untrusted_name: str, *ids: UUID) -> bool:
    """Whether this is one of the ids, or the short name of the first of them, in whatever spelling."""
    name = untrusted_name.strip()
    return name.lower() in map(str, ids) or _plain(name) == _plain(reference(ids[0]))


def find(untrusted_name: str, case_ids: Iterable[UUID]) -> UUID:
    """The one case that goes by this id, start of an id (8 characters or more) or short name.

    Raises `UnknownCaseError`, which says what to do.
    """
    name = untrusted_name.strip()
    short = _plain(name)
    matches = {
        case_id
        for case_id in case_ids
        if short == _plain(reference(case_id)) or (len(name) >= 8 and str(case_id).startswith(name.lower()))
    }
    if len(matches) == 1:
        return matches.pop()
    if matches:
        raise UnknownCaseError(
            f"More than one case goes by “{name[:40]}”. Type more of its id: `bistand cases` lists them."
        )
    raise UnknownCaseError(
        f"No case here goes by “{name[:40]}”. "
        "`bistand cases` lists those on this machine, `bistand sync` fetches new ones."
    )


def _plain(text: str) -> str:
    return text.upper().translate(_READ_AS)
