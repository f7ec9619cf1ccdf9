"""Finds customers' cards: by the name that people type, and by whoever asks for help."""

from collections.abc import Iterable
from uuid import UUID

from app.domain.customer import Customer

_SHORTEST_ID = 8


def cards_named(cards: Iterable[Customer], untrusted_name: str) -> tuple[Customer, ...]:
    """The cards that go by this name, id or start of an id (8 characters or more), or have a person of this name.

    A card's own name comes before those of people on it: where it fits, they are not looked at. Of a customer who was
    erased only the id is left.
    """
    name, found = untrusted_name.strip().casefold(), tuple(cards)
    there = [card for card in found if not card.is_gone]
    own = tuple(card for card in found if _is_id(name, card.id) or (card in there and card.name.casefold() == name))
    return own or tuple(card for card in there if any(entry.told.name.casefold() == name for entry in card.people))


def card_of_person(cards: Iterable[Customer], person: UUID) -> Customer | None:
    """The card of whoever asks for help, or None: of several that tell of them the one that did so last."""
    found = [(entry.at, entry.id, card) for card in cards for entry in card.people if entry.told.person == person]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _is_id(name: str, card: UUID) -> bool:
    return len(name) >= _SHORTEST_ID and str(card).startswith(name)
