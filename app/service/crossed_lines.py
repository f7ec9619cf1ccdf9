"""What technicians told the owner alone, and what the owner did about it (rule 14). Nobody else reads either."""

from sqlalchemy import Connection, select

from app.domain.crossed_line import Report, reports
from app.domain.errors import UsageError
from app.domain.events import Event, LineFollowedUp
from app.service.admin import opened
from app.service.owners_pen import OwnersPen
from app.service.settings import ServiceSettings
from app.service.tables import events
from app.system.clock import Clock, SystemClock


class NoSuchReportError(UsageError):
    """No report goes by that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No report of a crossed line goes by “{name[:40]}”. `bistand admin crossed-line` lists them.")


def crossed_lines(settings: ServiceSettings) -> tuple[Report, ...]:
    """All reports, those that nothing was done about first. Raises what `opened` raises."""
    database = opened(settings)
    try:
        with database.read() as connection:
            return _reports(connection)
    finally:
        database.close()


def follow_up(settings: ServiceSettings, untrusted_name: str, text: str, clock: Clock | None = None) -> Report:
    """Write down what was done about the report of this short name or id.

    Raises `NoSuchReportError`, `UsageError` where nothing is said, and what `opened` raises.
    """
    if not text.strip():
        raise UsageError("Say in a few words what was done.")
    database = opened(settings)
    try:
        with database.write() as connection:
            report = _named(_reports(connection), untrusted_name)
            pen = OwnersPen(connection, (clock or SystemClock()).now())
            pen.write(report.event.stream, report.event.stream_id, LineFollowedUp(report=report.event.id, text=text))
            return _named(_reports(connection), untrusted_name)
    finally:
        database.close()


def _reports(connection: Connection) -> tuple[Report, ...]:
    query = select(events.c.event).where(events.c.confidential).order_by(events.c.version)
    return reports(Event.model_validate_json(text) for text in connection.execute(query).scalars())


def _named(reports: tuple[Report, ...], untrusted_name: str) -> Report:
    wanted = untrusted_name.strip().lower()
    found = [report for report in reports if wanted in (report.name.lower(), str(report.event.id))]
    if len(found) != 1:
        raise NoSuchReportError(untrusted_name)
    return found[0]
