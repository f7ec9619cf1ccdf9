"""A small program that takes a flood of coloured lines in, tells how it went, and ends: `view`, or `pyte` for comparison.

    python -m tests.bench.flood WHICH

`view` is the technician's terminal in a window, fed by a thread as a session feeds it; `pyte` is pyte's own screen
and parser with nothing shown. The row `terminal_flood` runs both. Each prints one object of JSON.
"""

import json
import sys
import threading
import time

_LINES = (
    b"\x1b[32m[%5d]\x1b[0m Compiling \x1b[1;34mlibrary-%d\x1b[0m v1.0.%d (src/\x1b[33mmodule.c\x1b[0m)",
    b"\x1b[31merror\x1b[0m[E%04d]: %d of the values at line %d are never read",
    b"-rw-r--r-- 1 user user %7d Nov 25 04:%02d \x1b[01;32mreport-%d.sh\x1b[0m",
)
_VIEW_BYTES, _PYTE_BYTES, _PIECE = 24_000_000, 400_000, 32 * 1024
_BEAT_SECONDS = 0.004


def flood(size: int) -> bytes:
    """About so many bytes of lines as builds and listings print them, a third of them colours."""
    lines = bytearray()
    number = 0
    while len(lines) < size:
        lines += _LINES[number % 3] % (number % 9999, number % 60, number % 977) + b"\r\n"
        number += 1
    return bytes(lines)


def run_pyte() -> dict[str, float]:
    """The peer: as much as pyte alone takes in a second, in MB."""
    import pyte

    screen = pyte.Screen(100, 30)
    stream = pyte.ByteStream(screen)
    data = flood(_PYTE_BYTES)
    began = time.perf_counter()
    for start in range(0, len(data), _PIECE):
        stream.feed(data[start : start + _PIECE])
    return {"rate": len(data) / 1e6 / (time.perf_counter() - began)}


def run_view() -> dict[str, float]:
    """Ours: MB a second until all of it was taken in and painted, frames a second, and how long Qt's events waited."""
    from PySide6.QtCore import QEvent, QObject, Qt, Signal
    from PySide6.QtWidgets import QApplication

    from app.widgets.application import application
    from app.widgets.terminal.terminal_view import TerminalView

    class Watch(QObject):
        """Counts paints, and measures the way of an event from the thread that sends it to its slot."""

        beat = Signal(float)

        def __init__(self) -> None:
            super().__init__()
            self.frames, self.waits = 0, list[float]()
            self.beat.connect(self._arrived, Qt.ConnectionType.QueuedConnection)

        def _arrived(self, sent: float) -> None:
            self.waits.append(time.perf_counter() - sent)

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            self.frames += event.type() == QEvent.Type.Paint
            return False

    application()
    view, watch, over = TerminalView("terminal"), Watch(), threading.Event()
    view.viewport().installEventFilter(watch)
    view.resize(820, 520)
    view.set_live(True)
    view.show()
    data = flood(_VIEW_BYTES)
    end = b"\r\nthe very end"

    def send() -> None:
        for start in range(0, len(data), _PIECE):
            view.output(data[start : start + _PIECE])
        view.output(end)

    def keep_beating() -> None:
        while not over.wait(_BEAT_SECONDS):
            watch.beat.emit(time.perf_counter())

    while not watch.frames:
        QApplication.processEvents()
    watch.frames = 0
    threads = [threading.Thread(target=work) for work in (keep_beating, send)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    last = 0
    while "the very end" not in view.emulator.texts(view.emulator.cursor.row, 1):
        QApplication.processEvents()
    last = watch.frames
    while watch.frames == last:
        QApplication.processEvents()
    seconds = time.perf_counter() - began
    over.set()
    for thread in threads:
        thread.join()
    view.close()
    waits = sorted(watch.waits)
    return {
        "rate": len(data) / 1e6 / seconds,
        "frames": watch.frames / seconds,
        "wait": waits[-1] * 1000,
        "usual_wait": waits[len(waits) * 99 // 100] * 1000,
        "columns": view.letters[0],
        "rows": view.letters[1],
    }


if __name__ == "__main__":
    print(json.dumps({"view": run_view, "pyte": run_pyte}[sys.argv[1]]()))
