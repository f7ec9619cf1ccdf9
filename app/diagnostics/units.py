"""How amounts are written: in evidence as numbers with a unit, in sentences as people read them.

Evidence says sizes in GB (1,000,000,000 bytes), shares in %, times in s, ms or h.
"""

from app.domain.finding import Evidence
from app.system.translations import language

_GIGABYTE = 1_000_000_000


def gigabytes(size: float) -> float:
    """Bytes as GB: two decimals below 10 GB, one above."""
    amount = size / _GIGABYTE
    return round(amount, 2 if amount < 10 else 1)


def size(name: str, amount: float) -> Evidence:
    """A size in bytes as evidence."""
    return Evidence(name=name, value=gigabytes(amount), unit="GB")


def share(name: str, percent: float) -> Evidence:
    """A share, 0 to 100, as evidence."""
    return Evidence(name=name, value=round(percent, 1), unit="%")


def spoken_size(amount: float) -> str:
    """A size in bytes, for a sentence: "2.1 GB", or "640 MB" below one GB."""
    if amount < _GIGABYTE:
        return f"{amount / 1_000_000:.0f} MB"
    return f"{_spoken(f'{amount / _GIGABYTE:.1f}')} GB"


def spoken_share(percent: float) -> str:
    """A share, 0 to 100, for a sentence."""
    return f"{percent:.0f} %"


def _spoken(number: str) -> str:
    return number if language() == "en" else number.replace(".", ",")
