"""A small program that takes a flood of coloured lines in, tells how it went, and ends: `view`, or `pyte` to compare.

    python -m tests.bench.flood WHICH

`view` is the technician's terminal in a window, fed by a thread as a session feeds it; `pyte` is pyte's own screen
and parser with nothing shown. The row `terminal_flood` runs both. Each prints one object of JSON.
"""

import json
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.widgets.terminal.terminal_view import TerminalView

_LINES = (
    b"\x1b[32m[%5d]\x1b[0m Compiling \x1b[1;34mlibrary-%d\x1b[0m v1.0.%d (src/\x1b[33mmodule.c\x1b[0m)",
    b"\x1b[31merror\x1b[0m[E%04d]: %d of the values at line %d are never read",
    b"-rw-r--r-- 1 user user %7d Nov 25 04:%02d \x1b[01;32mreport-%d.sh\x1b[0m",
)
_REPEATS, _VIEW_BYTES, _PYTE_BYTES, _PIECE = 12, 6_000_000, 400_000, 32 * 1024
_BEAT_SECONDS = 0.004
_END = b"\r\nthe very end"


def flood(size: int) -> bytes:
    """About so many bytes of lines as builds and listings print them, a good part of them colours."""
    lines = bytearray()
    number = 0
    while len(lines) < size:
        lines += _LINES[number % 3] % (number % 9999, number % 60, number % 977) + b"\r\n"
        number += 1
    return bytes(lines)


def run_pyte() -> dict[str, float]:
    """The peer: as much as pyte alone takes in a second, in MB."""
    import pyte

    screen = pyte.Screen(101, 34)
    stream = pyte.ByteStream(screen)
    data = flood(_PYTE_BYTES)
    began = time.perf_counter()
    for start in range(0, len(data), _PIECE):
        stream.feed(data[start : start + _PIECE])
    return {"rate": len(data) / 1e6 / (time.perf_counter() - began)}


def run_view() -> dict[str, float]:
    """Ours: MB a second until all was taken in and painted, pictures a second, and how long Qt's events waited (ms)."""
    from app.widgets.application import application
    from app.widgets.terminal.terminal_view import TerminalView
    from tests.bench.flood_watch import Watch

    application()
    view = TerminalView("terminal")
    view.resize(820, 520)
    view.set_live(True)
    watch = Watch(view)
    data, over = flood(_VIEW_BYTES), threading.Event()
    beating = threading.Thread(target=watch.keep_beating, args=(over, _BEAT_SECONDS))
    sending = threading.Thread(target=_send, args=(view, data))
    began = time.perf_counter()
    beating.start()
    sending.start()
    watch.until(lambda: view.emulator.texts(view.emulator.cursor.row, 1) == [_END.strip().decode()])
    watch.until_painted()
    seconds = time.perf_counter() - began
    over.set()
    for thread in (beating, sending):
        thread.join()
    view.close()
    waits = sorted(watch.waits)
    return {
        "rate": _REPEATS * len(data) / 1e6 / seconds,
        "pictures": watch.pictures / seconds,
        "events": len(waits),
        "longest": waits[-1] * 1000,
        "usual": waits[len(waits) // 2] * 1000,
        "columns": view.letters[0],
        "rows": view.letters[1],
    }


def _send(view: "TerminalView", data: bytes) -> None:
    for _repeat in range(_REPEATS):
        for start in range(0, len(data), _PIECE):
            view.output(data[start : start + _PIECE])
    view.output(_END)


if __name__ == "__main__":
    print(json.dumps({"view": run_view, "pyte": run_pyte}[sys.argv[1]]()))
