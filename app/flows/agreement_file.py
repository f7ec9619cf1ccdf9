"""An agreement as its owner writes it: a TOML file with amounts in kroner or euro, and hours as `08:00-16:00`."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from babel.numbers import UnknownCurrencyError, get_currency_precision, validate_currency
from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from app.domain.agreement import Goodwill, Rounding, RoundingMode, Terms, Topic, contradictions
from app.domain.errors import UsageError
from app.domain.hours import OpenHours, Weekday
from app.domain.money import Currency
from app.domain.records import Record, ShortText
from app.system.calendars import calendar_of

_LARGEST = 256 * 1024
_SPAN = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


class AgreementFileError(UsageError):
    """The file cannot be read as an agreement; the text says where it is wrong."""


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Span = Annotated[str, StringConstraints(pattern=_SPAN)]
Spans = Annotated[tuple[Span, ...], BeforeValidator(_as_list)]
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=4)]


class _Hours(Record):
    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()


class _Rates(Record):
    hourly: Amount
    special: Amount
    travel: Amount | None = None
    after_hours_factor: Annotated[Decimal, Field(ge=0, le=10, decimal_places=2)] = Decimal(1)


class _Included(Record):
    minutes_per_month: Annotated[int, Field(ge=0, le=100_000)] | Literal["all"] = 0
    rollover_months: Annotated[int, Field(ge=0, le=24)] = 0


class _Charging(Record):
    round: RoundingMode = RoundingMode.NONE
    step_minutes: Annotated[int, Field(ge=1, le=480)] = 1
    minimum_minutes: Annotated[int, Field(ge=0, le=480)] = 0


class AgreementFile(Record):
    """The file's fields. Amounts are in whole units of the currency, as people write them."""

    name: ShortText
    currency: Currency
    timezone: Annotated[str, Field(max_length=60)]
    holidays: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    valid_from: date
    valid_until: date | None = None
    covers: tuple[Topic, ...] = ()
    rework_days: Annotated[int, Field(ge=0, le=3650)] = 30
    response_minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None
    rates: _Rates
    hours: _Hours = _Hours()
    included: _Included = _Included()
    charging: _Charging = _Charging()
    goodwill: Goodwill = Goodwill()

    def terms(self) -> Terms:
        """The same as the program reckons with. Raises `ValueError` with a sentence."""
        minutes = self.included.minutes_per_month
        country, _, region = self.holidays.partition("-")
        return Terms(
            name=self.name,
            currency=self.currency,
            timezone=self.timezone,
            country=country,
            region=region or None,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            hours=tuple(_open_hours(self.hours)),
            covers=frozenset(self.covers),
            hourly_rate=_minor(self.rates.hourly, self.currency),
            special_rate=_minor(self.rates.special, self.currency),
            travel_rate=None if self.rates.travel is None else _minor(self.rates.travel, self.currency),
            after_hours_percent=int(self.rates.after_hours_factor * 100),
            included_minutes=None if minutes == "all" else minutes,
            rollover_months=self.included.rollover_months,
            minimum_minutes=self.charging.minimum_minutes,
            rounding=Rounding(mode=self.charging.round, step_minutes=self.charging.step_minutes),
            goodwill=self.goodwill,
            rework_days=self.rework_days,
            response_minutes=self.response_minutes,
        )


def read_agreement(path: Path) -> Terms:
    """The terms in this file. Raises `AgreementFileError`, which names what is wrong, and `UnknownPlaceError`."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except OSError as error:
        raise AgreementFileError(f"{path} cannot be read: {error.strerror}.") from error
    if len(text) > _LARGEST:
        raise AgreementFileError(f"{path} is too large to be an agreement.")
    try:
        fields = tomllib.loads(text.decode(), parse_float=Decimal)
        terms = AgreementFile.model_validate(fields).terms()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AgreementFileError(f"{path} is no TOML: {error}.") from error
    except ValidationError as error:
        raise AgreementFileError(f"{path}: {_first(error)}") from error
    except ValueError as error:
        raise AgreementFileError(f"{path}: {error}") from error
    wrong = contradictions(terms)
    if wrong:
        raise AgreementFileError(f"{path} contradicts itself. {' '.join(wrong)}")
    calendar_of(terms)
    return terms


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the whole"
    return f"“{where}” is wrong: {first['msg']}."


def _open_hours(hours: _Hours) -> list[OpenHours]:
    return [_open_on(day, span) for day in Weekday for span in getattr(hours, day.name.lower())]


def _open_on(day: Weekday, span: str) -> OpenHours:
    start, end = (int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d\d):(\d\d)", span))
    if end <= start:
        raise ValueError(f"“{span}” on {day.name.capitalize()} ends before it starts; past midnight it is two.")
    return OpenHours(day=day, start=start, end=end)


def _minor(amount: Decimal, currency: str) -> int:
    """In minor units, exactly."""
    try:
        validate_currency(currency)
    except UnknownCurrencyError as error:
        raise ValueError(f"“{currency}” is no currency. One is “EUR”.") from error
    units = amount.scaleb(get_currency_precision(currency))
    if units != units.to_integral_value():
        raise ValueError(f"{amount} {currency} is no whole number of its smallest coins.")
    return int(units)
