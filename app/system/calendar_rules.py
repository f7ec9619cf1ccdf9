"""What recurs in a calendar file: which rules are taken, and when they let a shift begin."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from app.system.calendar_errors import CalendarFileError

_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"}
_OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_FIRST_YEAR = 2000
_MOST_STARTS = 20_000
"""How many beginnings of one event are gone through, those that are long past among them."""

_SAFE_DAY = 28


def check_line(components: list[str], name: str, value: str) -> None:
    """One line of the file, before the library makes anything of it. `components` are those that are open."""
    if name == "BEGIN":
        components.append(value.strip())
        if len(components) > 10:
            raise CalendarFileError("things in it lie too deep in each other.")
    elif name == "END" and components:
        components.pop()
    elif name in ("RRULE", "EXRULE"):
        in_zone = "VTIMEZONE" in components
        _check_rule(dict(part.partition("=")[::2] for part in value.strip().split(";") if part), in_zone=in_zone)


def _check_rule(rule: dict[str, str], *, in_zone: bool) -> None:
    often = rule.get("FREQ", "")
    if often not in (("YEARLY",) if in_zone else _OFTEN):
        raise CalendarFileError(f"something in it recurs {often.lower()[:20] or 'by no rule'}; a shift, daily or less.")
    if in_zone:
        return
    if strange := set(rule) - _PARTS:
        raise CalendarFileError(f"it has a rule of a kind that a rota does not need ({sorted(strange)[0][:20]}).")
    if _may_never_come(rule, often):
        raise CalendarFileError("it has a rule that may never come true. Write it in a simpler way.")


def _may_never_come(rule: dict[str, str], often: str) -> bool:
    """Whether one could look for its next day until the end of time."""
    days, weekdays = rule.get("BYMONTHDAY", ""), rule.get("BYDAY", "")
    if days and (often in ("DAILY", "WEEKLY") or weekdays):
        return True
    if often == "DAILY" and (weekdays or "BYMONTH" in rule) and rule.get("INTERVAL", "1") != "1":
        return True
    if days and "BYMONTH" in rule and any(abs(int(day)) > _SAFE_DAY for day in days.split(",") if _is_number(day)):
        return True
    numbers = [day.strip()[:-2] for day in weekdays.split(",")]
    return any(abs(int(number)) > 5 for number in numbers if _is_number(number))


def _is_number(text: str) -> bool:
    return text.strip().lstrip("+-").isdigit()


def starts_of(event: Any, end: datetime, wall: Callable[[date], datetime]) -> Iterator[datetime]:
    """When the event begins, by the clock on the wall, until `end` (so, too). `wall` tells what that shows."""
    first = wall(event["DTSTART"].dt)
    if first.year < _FIRST_YEAR:
        raise CalendarFileError(f"something in it begins in the year {first.year}.")
    left_out = {wall(moment) for moment in _dates(event, "EXDATE")}
    further = {wall(moment) for moment in _dates(event, "RDATE")}
    seen: set[datetime] = set()
    for start in (*_by_rule(event, first, end, wall), *sorted(further)):
        if start <= end and start not in left_out and start not in seen:
            seen.add(start)
            yield start


def _by_rule(event: Any, first: datetime, end: datetime, wall: Callable[[date], datetime]) -> Iterator[datetime]:
    if "RRULE" not in event:
        yield first
        return
    from dateutil.rrule import rrulestr

    rule = event["RRULE"]
    if isinstance(rule, list) or "EXRULE" in event:
        raise CalendarFileError("an event in it has more than one rule.")
    rule = rule.copy()
    for until in rule.pop("UNTIL", []):
        last = wall(until)
        end = min(end, last if isinstance(until, datetime) else last.replace(hour=23, minute=59, second=59))
    for count, start in enumerate(rrulestr(rule.to_ical().decode(), dtstart=first)):
        if start > end:
            return
        if count > _MOST_STARTS:
            raise CalendarFileError("an event in it recurs too often.")
        yield start


def _dates(event: Any, name: str) -> Iterator[date]:
    found = event.get(name, [])
    for dates in found if isinstance(found, list) else [found]:
        for one in dates.dts:
            if isinstance(one.dt, tuple):
                raise CalendarFileError(f"it names stretches of time in a {name}; write beginnings.")
            yield one.dt
