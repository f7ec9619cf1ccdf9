"""Money as whole minor units (øre, cents) of one currency. Nothing is a float on the way."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.records import Record

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code: DKK, NOK, EUR."""

MinorUnits = Annotated[int, Field(ge=0, le=10**9)]
"""A rate or price of an agreement: never below nothing, and short of what is surely a slip of the keyboard."""


class Money(Record):
    """An amount in minor units of its currency."""

    amount: int
    currency: Currency


def rounded(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)
