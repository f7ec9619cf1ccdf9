"""How often, and how much, one device or address may ask."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_REMEMBERED = 10_000
_MINUTE = 60.0
HOUR = 3600.0


class RateLimit:
    """A bucket for each key: it holds `size` and fills again steadily, in `seconds`. Event loop's thread only."""

    def __init__(self, size: int, now: Callable[[], float] = time.monotonic, *, seconds: float = _MINUTE) -> None:
        self._size = float(size)
        self._per_second = size / seconds
        self._now = now
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, much: float = 1) -> float | None:
        """None where it is allowed, else the seconds to wait. What is more than a bucket holds empties a full one."""
        now = self._now()
        left, then = self._buckets.pop(key, (self._size, now))
        left = min(self._size, left + (now - then) * self._per_second)
        much = min(much, self._size)
        allowed = left >= much
        self._buckets[key] = (left - much if allowed else left, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return None if allowed else (much - left) / self._per_second


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6, the network that one household has to itself (/64)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
