"""Opening hours with their time zone and their country's public holidays, as tables of the world know them."""

from collections.abc import Container
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.agreement import Terms
from app.domain.errors import UsageError
from app.domain.hours import Calendar


class UnknownPlaceError(UsageError):
    """No such time zone, country or region is known."""


def calendar_of(terms: Terms) -> Calendar:
    """When the agreement's hours are. Raises `UnknownPlaceError`."""
    return Calendar(_zone(terms.timezone), terms.hours, _holidays(terms.country, terms.region))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones is no zone
        raise UnknownPlaceError(f"No time zone goes by “{name}”. One is “Europe/Copenhagen”.") from error


def _holidays(country: str, region: str | None) -> Container[date]:
    from holidays import country_holidays

    try:
        return country_holidays(country, subdiv=region)
    except NotImplementedError as error:
        place = country if region is None else f"{country}, {region}"
        raise UnknownPlaceError(
            f"The public holidays of “{place}” are not known. A country is two letters (DK, NO, NL, DE), "
            "a region as ISO 3166 writes it (BY for Bavaria)."
        ) from error


def local_zone() -> ZoneInfo:
    """The time zone of this machine, with its clock changes; UTC where it cannot be told."""
    from babel.dates import get_timezone

    zone = get_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
