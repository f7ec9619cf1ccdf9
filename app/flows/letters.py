"""How large a person wants the letters of a terminal: remembered on this device, for the next session and start."""

from app.flows.party import Party

_NAME = "terminal letters"
_MOST_DIGITS = 3


def remembered_letters(party: Party) -> int:
    """The size that was chosen last, within what a window bounds; 0 where none was, or where it makes no sense."""
    kept = party.store.get_value(_NAME) or ""
    return int(kept) if kept.isascii() and kept.isdecimal() and len(kept) <= _MOST_DIGITS else 0


def remember_letters(party: Party, size: int) -> None:
    """This size was chosen."""
    party.store.set_value(_NAME, str(size))
