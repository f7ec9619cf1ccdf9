"""What is selected in a terminal: from one place to another, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass

Place = tuple[int, int]
"""A line, counted as `Emulator.line` does, and a column."""


@dataclass(frozen=True, slots=True)
class Selection:
    """From where the mouse went down to where it is, in either direction."""

    anchor: Place
    end: Place

    def spans(self, columns: int) -> Iterator[tuple[int, int, int]]:
        """Each line that is touched, with its first column and the one after its last."""
        (top, left), (bottom, right) = sorted((self.anchor, self.end))
        for line in range(top, bottom + 1):
            first = left if line == top else 0
            after = right if line == bottom else columns
            if after > first:
                yield line, first, after
