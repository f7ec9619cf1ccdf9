"""The service's numbers, in Prometheus' form. No label holds what somebody wrote: no ids, no addresses, no tokens."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_METHODS = {"GET", "HEAD", "POST", "PATCH", "DELETE"}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 26.0)  # a wait for news lasts 25 s at most


class Metrics:
    """Counters of one running service, and what is looked up when they are asked for. Any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("bistand_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "bistand_request_seconds",
            "How long an answer took, waits for news included.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._events = Counter("bistand_events", "Events that devices pushed.", ("verdict",), registry=self._registry)
        self._received = Counter("bistand_blob_received_bytes", "Bytes of blobs taken in.", registry=self._registry)
        for verdict in ("accepted", "refused"):
            self._events.labels(verdict)  # 0 from the start: a rate has something to begin at
        ProcessCollector(registry=self._registry)

    def look_up(self, families: Callable[[], Iterator[Metric]]) -> None:
        """Have these looked up, too, each time that the numbers are asked for."""
        self._registry.register(_Asked(families))

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered. `route` is its template."""
        name = method if method in _METHODS else "other"
        self._requests.labels(name, route, status or "none").inc()
        self._seconds.labels(name, route).observe(seconds)

    def count_events(self, accepted: int, refused: int) -> None:
        """A batch was judged."""
        self._events.labels("accepted").inc(accepted)
        self._events.labels("refused").inc(refused)

    def count_blob_bytes(self, size: int) -> None:
        """A piece of a blob came."""
        self._received.inc(size)

    def text(self) -> bytes:
        """All of them. Blocking."""
        return generate_latest(self._registry)


class _Asked(Collector):
    def __init__(self, families: Callable[[], Iterator[Metric]]) -> None:
        self._families = families

    def describe(self) -> list[Metric]:
        """Nothing is looked up only to be registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Look it up."""
        return self._families()


def gauge(name: str, what: str, value: float) -> Metric:
    """One number as it is now."""
    return GaugeMetricFamily(f"bistand_{name}", what, value=value)


def gauges(name: str, what: str, label: str, values: dict[str, float]) -> Metric:
    """Numbers as they are now, one for each value of a label."""
    family = GaugeMetricFamily(f"bistand_{name}", what, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
