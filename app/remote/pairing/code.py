"""The code that a customer reads out: eight digits, one try, ten minutes."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Self

from app.remote.errors import CodeFormatError

_DIGITS = 8
_WRITTEN_BETWEEN = re.compile(r"[ \u00a0-]")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Code:
    """Eight digits (26 bits). Never logged: its text shows nothing."""

    digits: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        """One that nobody can foresee."""
        return cls("".join(secrets.choice("0123456789") for _ in range(_DIGITS)))

    @classmethod
    def parse(cls, untrusted_text: str) -> Self:
        """What a person typed: `48217305`, `4821 7305` or `4821-7305`. Raises `CodeFormatError`."""
        digits = _WRITTEN_BETWEEN.sub("", untrusted_text[:_LONGEST].strip())
        if len(untrusted_text) > _LONGEST or not re.fullmatch(r"[0-9]{8}", digits):
            raise CodeFormatError
        return cls(digits)
