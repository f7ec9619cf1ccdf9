"""Opens a window of the program and stays until it is closed."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.system.errors import NoDisplayError

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}
_INTERRUPTED = 130
_TICK_MS = 200
_WITHOUT_SCREEN = {"offscreen", "minimal", "vnc"}


class Window(Protocol):
    """What every window of the program can do."""

    def show(self) -> None:
        """Appear."""

    def leave(self) -> None:
        """Close without asking, ending whatever is on."""


def run_window(make: Callable[[], Window], *, instead: str) -> int:
    """Make the window, show it, and return its exit code once it is closed.

    Raises `NoDisplayError` where there is no screen, before Qt would end the process; `instead` says what else works.
    """
    require_display(instead)
    application()
    return stay([make()])


def application(*, offscreen: bool = False) -> QApplication:
    """The one Qt application of this process; made off screen where asked for."""
    if offscreen and QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_log_message)
    return QApplication.instance() or QApplication([])  # type: ignore[return-value]  # no other kind is ever made


def _log_message(kind: QtMsgType, _where: QMessageLogContext, untrusted_text: str) -> None:
    """What Qt has to say goes where our own words go, and not past them to the person's terminal."""
    _log.log(_LEVELS.get(kind, logging.ERROR), "%s", untrusted_text)


def stay(windows: Sequence[Window]) -> int:
    """Show the windows and stay until the last one is closed. At Ctrl-C all leave; raises `KeyboardInterrupt` then."""
    running = application()
    for window in windows:
        window.show()
    with _ctrl_c_as_exit_code(running):
        code = running.exec()
    if code == _INTERRUPTED:
        for window in windows:
            window.leave()
        raise KeyboardInterrupt
    return code


@contextmanager
def _ctrl_c_as_exit_code(running: QApplication) -> Iterator[None]:
    """Python sees a signal only when Python runs, which under Qt it does not do by itself: hence the ticking."""
    ticking = QTimer()
    ticking.timeout.connect(lambda: None)
    ticking.start(_TICK_MS)
    before = signal.signal(signal.SIGINT, lambda *_: running.exit(_INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        ticking.stop()


def require_display(instead: str) -> None:
    """Raise `NoDisplayError` where windows cannot be shown. Qt itself would only abort."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in _WITHOUT_SCREEN:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplayError(instead)
