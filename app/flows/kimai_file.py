"""Which of Kimai's projects and activities work belongs to, as the shop writes it: a small TOML file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from app.domain.errors import UsageError
from app.domain.events import WorkKind
from app.domain.records import Record, ShortText

_LARGEST = 256 * 1024
_SAMPLE = """
    project = 1        # Kimai's number of a project: for every customer that is not named below
    activity = 1       # the same of an activity: for every kind of work that is not named below
    [projects]
    "Lone Møller" = 2
    [activities]
    travel = 3
"""

Number = Annotated[int, Field(strict=True, ge=1, lt=2**31)]


class KimaiFileError(UsageError):
    """The file does not say where work belongs; the text says what it lacks."""


class KimaiPlaces(Record):
    """Kimai's numbers: of projects by customer, of activities by kind of work, and for all that is not named."""

    project: Number | None = None
    activity: Number | None = None
    projects: Mapping[ShortText, Number] = {}
    activities: Mapping[WorkKind, Number] = {}

    def project_of(self, customer: str) -> int | None:
        """Where work for this customer belongs, or None where nobody said."""
        named = {name.casefold(): number for name, number in self.projects.items()}
        return named.get(customer.casefold(), self.project)

    def activity_of(self, kind: WorkKind) -> int | None:
        """What this kind of work is in Kimai, or None where nobody said."""
        return self.activities.get(kind, self.activity)


def read_places(path: Path) -> KimaiPlaces:
    """What the file says. Raises `KimaiFileError`."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except FileNotFoundError as error:
        raise KimaiFileError(
            f"Nothing says yet where work belongs in Kimai. Write it into {path}, such as:\n{_SAMPLE}"
        ) from error
    except OSError as error:
        raise KimaiFileError(f"{path} cannot be read: {error.strerror}.") from error
    if len(text) > _LARGEST:
        raise KimaiFileError(f"{path} is too large to be a list of projects.")
    try:
        return KimaiPlaces.model_validate(tomllib.loads(text.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KimaiFileError(f"{path} is no TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the whole"
        raise KimaiFileError(f"{path}: “{where}” is wrong: {first['msg']}.") from error
