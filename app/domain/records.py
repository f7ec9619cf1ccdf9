"""The base of every fact that crosses a file, a wire or a room: frozen, exact, nothing extra."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Record(BaseModel):
    """A frozen fact. Unknown fields are refused, so that a typing mistake cannot pass as a fact."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # pydantic takes a ValueError for "not a good value", and nothing else
        raise ValueError("a moment lies between the years 1 and 9999 in UTC") from error


Utc = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with its offset, kept as UTC."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""One line for people: a name, a title."""

LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
"""What people write: a note, a description. Always plain text."""

Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
"""A sentence or two, or nothing. Always plain text."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""
