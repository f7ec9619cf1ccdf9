"""Reads shifts from an iCalendar file (RFC 5545) of anybody's making.

A library reads the file and another one reckons what recurs. Both believe what they are told, so that what would keep
them busy for ever is refused before: by its size, by how much it would become, and by rules that no rota needs.
Recurrence is by the wall clock of the event's time zone: a shift from 17:00 to 08:00 is one in the night of a clock
change, too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from app.system.calendar_errors import CalendarFileError
from app.system.calendar_rules import check_line, starts_of

MOST_BYTES = 1_000_000
MOST_EVENTS = 2000
MOST_SHIFTS = 2000
_LONGEST_UID = 300


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A shift in the file. `source` is the same whenever the file is read; `names` are who it may be, the best first.

    Moments are UTC.
    """

    source: str
    names: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What the file tells of this stretch of time. `uids` are all events that it knows, cancelled ones too."""

    occurrences: tuple[Occurrence, ...]
    uids: frozenset[str]


def read_calendar(content: bytes, zone: tzinfo, start: datetime, end: datetime) -> CalendarFile:
    """All shifts that lie, whole or in part, between these moments. `zone` is for events that name none.

    Raises `CalendarFileError`, and takes nothing then.
    """
    events = _events(content)
    if len(events) > MOST_EVENTS:
        raise CalendarFileError(f"it has more than {MOST_EVENTS:,} events.")
    try:
        found = tuple(_Reading(events, zone, start, end).occurrences())
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise CalendarFileError(f"an event in it cannot be understood ({str(error)[:100]}).") from error
    return CalendarFile(found, frozenset(str(event["UID"]) for event in events))


def uid_of(source: str) -> str:
    """The event in the file that a source names."""
    return source.rsplit("#", 1)[0]


def _events(content: bytes) -> list[Any]:
    """The events as the library reads them, once it is sure that it can."""
    if len(content) > MOST_BYTES:
        raise CalendarFileError("it is larger than 1 MB.")
    from icalendar import Calendar  # slow to load, and few commands need it
    from icalendar.parser import Contentlines

    try:
        text = content.decode("utf-8-sig")
        parts: list[str] = []
        for line in Contentlines.from_ical(text):  # type: ignore[no-untyped-call]
            if line:
                name, _, value = line.parts()
                check_line(parts, name.upper(), value.upper())
        calendars = Calendar.from_ical(text, multiple=True)
    except CalendarFileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise CalendarFileError(f"it is no iCalendar file ({str(error)[:100]}).") from error
    if parts or not calendars:
        raise CalendarFileError("it is no iCalendar file, or not a whole one.")
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    for event in events:
        if not str(event.get("UID", "")).strip() or len(str(event["UID"])) > _LONGEST_UID:
            raise CalendarFileError(f"“{_title(event)}” has no UID (or an endless one), so that it would come twice.")
    return events


class _Reading:
    """The events of one file, and the stretch of time that is asked for."""

    def __init__(self, events: Iterable[Any], zone: tzinfo, start: datetime, end: datetime) -> None:
        self._zone, self._start, self._end = zone, start, end
        self._whole: dict[str, Any] = {}
        self._moved: dict[str, dict[datetime, Any]] = {}
        for event in events:
            self._take(event)

    def _take(self, event: Any) -> None:
        uid = str(event["UID"])
        if "RECURRENCE-ID" not in event:
            earlier = self._whole.get(uid)
            if earlier is None or int(event.get("SEQUENCE", 0)) >= int(earlier.get("SEQUENCE", 0)):
                self._whole[uid] = event
            return
        if "RANGE" in event["RECURRENCE-ID"].params:
            raise CalendarFileError(f"“{_title(event)}” moves all shifts from one on (RANGE). Save the series anew.")
        moment = self._moment(event["RECURRENCE-ID"].dt, self._zone_of(event))
        self._moved.setdefault(uid, {})[moment] = event

    def occurrences(self) -> Iterator[Occurrence]:
        """Each once."""
        count = 0
        for uid in dict.fromkeys([*self._whole, *self._moved]):
            for occurrence in self._of(uid):
                count += 1
                if count > MOST_SHIFTS:
                    raise CalendarFileError(f"it makes more than {MOST_SHIFTS:,} shifts until {self._end:%Y-%m-%d}.")
                yield occurrence

    def _of(self, uid: str) -> Iterator[Occurrence]:
        moved = self._moved.get(uid, {})
        event = self._whole.get(uid)
        if event is not None:
            zone, length = self._zone_of(event), self._length(event)
            recurs = any(name in event for name in ("RRULE", "RDATE"))
            for start in starts_of(event, self._naive(self._end, zone), lambda one: self._wall(one, zone)):
                moment = start.replace(tzinfo=zone).astimezone(UTC)
                if moment not in moved:
                    source = f"{uid}#{moment:%Y%m%dT%H%M%SZ}" if recurs else uid
                    yield from self._one(event, source, start, length)
        for moment, other in moved.items():
            start = self._wall(other["DTSTART"].dt, self._zone_of(other))
            yield from self._one(other, f"{uid}#{moment:%Y%m%dT%H%M%SZ}", start, self._length(other))

    def _one(self, event: Any, source: str, wall: datetime, length: timedelta) -> Iterator[Occurrence]:
        """The shift, if it lies in the stretch and was not cancelled."""
        zone = self._zone_of(event)
        start = wall.replace(tzinfo=zone).astimezone(UTC)
        end = (wall + length).replace(tzinfo=zone).astimezone(UTC)
        if end <= start:  # in the hour that the clock skips
            end = start + length
        is_on = str(event.get("STATUS", "")).upper() != "CANCELLED"
        if is_on and end > self._start and start < self._end:
            yield Occurrence(source, tuple(_names(event)), start, end)

    def _length(self, event: Any) -> timedelta:
        """By the wall clock: what ends at eight does so also where an hour is skipped."""
        begin = event["DTSTART"].dt
        if "DTEND" in event:
            zone = self._zone_of(event)
            length = self._wall(event["DTEND"].dt, zone) - self._wall(begin, zone)
        elif "DURATION" in event:
            length = event["DURATION"].dt
        elif not isinstance(begin, datetime):
            length = timedelta(days=1)
        else:
            raise CalendarFileError(f"“{_title(event)}” has no end.")
        if length <= timedelta():
            raise CalendarFileError(f"“{_title(event)}” ends before it starts.")
        return length

    def _zone_of(self, event: Any) -> tzinfo:
        begin = event["DTSTART"].dt
        return (begin.tzinfo if isinstance(begin, datetime) else None) or self._zone

    def _wall(self, moment: date, zone: tzinfo) -> datetime:
        """What the clock on the wall shows then."""
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)

    def _moment(self, moment: date, zone: tzinfo) -> datetime:
        return self._wall(moment, zone).replace(tzinfo=zone).astimezone(UTC)

    def _naive(self, moment: datetime, zone: tzinfo) -> datetime:
        return moment.astimezone(zone).replace(tzinfo=None)


def _names(event: Any) -> Iterator[str]:
    """Who it may be: those who are invited, and else whoever the title names."""
    invited = event.get("ATTENDEE", [])
    for one in invited if isinstance(invited, list) else [invited]:
        if name := str(one.params.get("CN", "")).strip():
            yield name
    if title := _title(event):
        yield title


def _title(event: Any) -> str:
    return str(event.get("SUMMARY", "")).strip()[:200]
