"""The prices told on a case, and what the customer said to them (rule 6)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.events import CoverageDecided, Event, Outcome
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Price:
    """What was told before work started. `id` is the event's; `accepted` is None until the customer has answered."""

    id: UUID
    at: datetime
    author: Author
    told: CoverageDecided
    accepted: bool | None = None

    @property
    def waits(self) -> bool:
        """Whether the customer is still to answer."""
        return self.told.outcome is Outcome.SPECIAL and self.accepted is None


def tell_price(prices: tuple[Price, ...], event: Event, told: CoverageDecided) -> tuple[Price, ...]:
    """The prices after one more."""
    return (*prices, Price(event.id, event.at, event.author, told))


def answer_price(prices: tuple[Price, ...], decision: UUID, *, accepted: bool) -> tuple[Price, ...]:
    """The prices after the customer's answer to one of them."""
    return tuple(replace(price, accepted=accepted) if price.id == decision else price for price in prices)


def accepted_rate(prices: tuple[Price, ...], begins: datetime) -> int | None:
    """What the customer agreed to pay for an hour of work outside the agreement that begins then, in minor units.

    That is for an hour within the shop's hours. It is the price that was told last before the work and accepted; for
    work that was begun before any, the first.
    """
    special = [price for price in prices if price.told.outcome is Outcome.SPECIAL and price.accepted]
    told = [price for price in special if price.at <= begins] or special[:1]
    return -(-told[-1].told.rate * 100 // told[-1].told.percent) if told else None


def accepted_special(prices: tuple[Price, ...]) -> Price | None:
    """The price outside the agreement that the customer accepted last, or None."""
    special = (price for price in reversed(prices) if price.told.outcome is Outcome.SPECIAL)
    return next((price for price in special if price.accepted), None)
