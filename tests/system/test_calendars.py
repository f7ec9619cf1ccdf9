"""Opening hours with the real time zones and public holidays of the countries that Bistand is for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.system.calendars import UnknownPlaceError, calendar_of
from tests.domain.agreements import terms

YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
QUARTER = timedelta(minutes=15)
PLACES = {
    ("Europe/Copenhagen", "DK", None): date(2026, 4, 2),  # Maundy Thursday
    ("Europe/Oslo", "NO", None): date(2026, 5, 17),
    ("Europe/Amsterdam", "NL", None): date(2026, 4, 27),  # the king's day
    ("Europe/Berlin", "DE", None): date(2026, 10, 3),
    ("Europe/Berlin", "DE", "BY"): date(2026, 1, 6),  # Epiphany, in Bavaria and not in Berlin
}


@pytest.mark.parametrize(("place", "holiday"), PLACES.items(), ids=str)
def test_a_year_with_its_holidays_and_both_changes_of_the_clock(
    place: tuple[str, str, str | None], holiday: date
) -> None:
    zone, country, region = place
    calendar = calendar_of(terms(timezone=zone, country=country, region=region))
    counted = timedelta()
    moment = YEAR[0]
    while moment < YEAR[1]:
        wall = moment.astimezone(calendar.zone)
        works = wall.weekday() < 5 and 8 <= wall.hour < 16 and wall.date() not in calendar.holidays
        counted += QUARTER if works else timedelta()
        moment += QUARTER
    assert calendar.open_time(*YEAR) == counted
    assert calendar.spans_of(holiday) == ()


def test_a_regions_holiday_is_not_the_whole_countrys() -> None:
    berlin = calendar_of(terms(timezone="Europe/Berlin", country="DE", region="BE"))
    assert berlin.spans_of(date(2026, 1, 6)) != ()


@pytest.mark.parametrize("wrong", [{"timezone": "Europe/Atlantis"}, {"country": "QQ"}, {"region": "QQ"}])
def test_a_place_that_nobody_knows_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(UnknownPlaceError, match=next(iter(wrong.values()))):
        calendar_of(terms(**wrong))
