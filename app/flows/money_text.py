"""Money and time as figures that people read."""

from decimal import Decimal

from babel.numbers import get_currency_precision

from app.domain.charge import MINUTE
from app.domain.money import Money


def money(amount: Money) -> str:
    """`1,266.67 DKK`: minor units in whole ones, exactly."""
    precision = get_currency_precision(amount.currency)
    return f"{Decimal(amount.amount).scaleb(-precision):,.{precision}f} {amount.currency}"


def minutes(microseconds: int) -> str:
    """Whole minutes, or with what is left of one: `35 min`, `35.5 min`."""
    whole, rest = divmod(microseconds, MINUTE)
    return f"{whole} min" if not rest else f"{microseconds / MINUTE:.1f} min"
