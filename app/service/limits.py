"""How often one device or address may try something."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_REMEMBERED = 10_000


class RateLimit:
    """A bucket for each key: it holds `per_minute` tries and fills again steadily. Event loop's thread only."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._per_second = per_minute / 60
        self._now = now
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float | None:
        """None where the try is allowed, else the seconds to wait."""
        now = self._now()
        left, then = self._buckets.pop(key, (self._size, now))
        left = min(self._size, left + (now - then) * self._per_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return None if allowed else (1 - left) / self._per_second
