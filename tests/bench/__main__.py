"""Runs the rows, keeps their figures and writes docs/benchmarks.md.

    python -m tests.bench              every row
    python -m tests.bench ROW ...      these rows; the others keep their earlier figures

Ends with 0 where every row could be measured, whether its aim holds or not; 1 where one could not; 2 for bad usage.
"""

import argparse
import importlib
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.bench.machine import describe
from tests.bench.report import Results, page
from tests.bench.row import CannotMeasureError, Measure, Measured, Row

ROWS = {
    "bulk_data": "bulk data through relay and inner SSH, against OpenSSH on the same path",
    "connect": "connect to first prompt, against OpenSSH on the same path",
    "sftp": "a file through relay and inner SSH, against OpenSSH's `sftp` on the same path",
    "keystroke": "echo of a key through relay and inner SSH, against OpenSSH on the same path",
    "terminal_flood": "terminal widget fed a flood, against pyte alone",
    "charge_month": "a month of 20 technicians charged, 10,000 pieces of work under 100 agreements, against a second",
    "diagnostics": "full diagnostics without network checks, against `inxi -F`",
    "offline_search": "offline search in 100,000 sessions and 1,000,000 notes, p95, against bare FTS5 on the same rows",
    "first_sync": "first sync of 1,000,000 events, lists and search not counted, against bare SQLite, same bytes",
    "cold_start": "cold start to the first window, against a bare PySide6 window",
    "relay_load": "one relay holding 500 waiting customers and 50 sessions that send",
    "push_to_screen": "an event from one desk to 1,000 others, p95, against a loopback round trip",
    "push_to_screen_two_replicas": "the same with two copies of the service on PostgreSQL",
    "waiting_desks": "one service with 1,000 desks waiting",
}
"""Each is a module of this package with `measure()`, which returns a `Row` or several of them, or a `Measured` where
there is no peer; here stands what it measures."""

_PARTS = {
    "sftp": {
        "sftp_get": "SFTP get of 100 MB through relay and inner SSH, against OpenSSH's `sftp` on the same path",
        "sftp_put": "SFTP put of 100 MB, likewise",
    },
    "keystroke": {
        "keystroke_p50": "echo of a key through relay and inner SSH, p50, against OpenSSH on the same path",
        "keystroke_p99": "echo of a key, p99, likewise",
    },
}
"""What is measured together, and has a row for each figure."""
TITLES = {name: title for row in ROWS for name, title in _PARTS.get(row, {row: ROWS[row]}).items()}

_ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    """Measure the rows named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Bistand against peers.")
    parser.add_argument("rows", metavar="ROW", nargs="*", help=f"one of: {', '.join(ROWS)}")
    chosen = parser.parse_args(arguments).rows or list(ROWS)
    if unknown := [name for name in chosen if name not in ROWS]:
        parser.error(f"there is no row {unknown[0]!r}; there are: {', '.join(ROWS)}")
    results = Results(_ROOT)
    failed = [name for name in chosen if not _run(name, results)]
    (_ROOT / "docs" / "benchmarks.md").write_text(page(results.record(), TITLES))
    return 1 if failed else 0


def _run(name: str, results: Results) -> bool:
    print(f"{name}: measuring", file=sys.stderr, flush=True)
    load = round(psutil.getloadavg()[0] / (psutil.cpu_count() or 1), 1)
    try:
        measured = _measure(name)()
    except CannotMeasureError as error:
        print(f"{name}: cannot be measured here: {error}", file=sys.stderr)
        return False
    except Exception:  # noqa: BLE001 - the other rows shall still be measured
        print(f"{name}: failed\n{traceback.format_exc()}", file=sys.stderr)
        return False
    for row in measured if isinstance(measured, tuple) else (measured,):
        results.add(row, f"{datetime.now(UTC):%Y-%m-%d}", describe(), load)
        print(_told(row))
    return True


def _measure(name: str) -> Measure:
    try:
        measure: Measure = importlib.import_module(f"tests.bench.{name}").measure
    except ModuleNotFoundError as error:
        raise CannotMeasureError(f"there is no module {error.name}") from error
    return measure


def _told(row: Row | Measured) -> str:
    if isinstance(row, Measured):
        return "\n".join(f"{row.name}: {one.what}: {one.value:.4g} {one.unit}".rstrip() for one in row.figures)
    verdict = "holds" if row.holds else "MISSED"
    return (
        f"{row.name}: ours {row.ours:.4g} {row.unit}, peer {row.peer:.4g} {row.unit}, "
        f"{row.ratio:.2f}x, aim {row.aim}: {verdict}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
