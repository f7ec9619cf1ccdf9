"""What can be wrong with a calendar file, each with the sentence that helps."""

from app.domain.errors import UsageError


class CalendarFileError(UsageError):
    """The file cannot be read as a calendar of shifts. Nothing was taken from it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The calendar was not taken, and nothing in the rota was changed: {why}")
