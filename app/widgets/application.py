"""Opens a window of the program and stays until it is closed."""

import logging
import os
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from app.system.errors import NoDisplayError

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}
_WITHOUT_SCREEN = {"offscreen", "minimal", "vnc"}


def run_window(make: Callable[[], QWidget], *, instead: str) -> int:
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


def stay(windows: Sequence[QWidget]) -> int:
    """Show the windows and stay until the last one is closed."""
    running = application()
    for window in windows:
        window.show()
    return running.exec()


def require_display(instead: str) -> None:
    """Raise `NoDisplayError` where windows cannot be shown. Qt itself would only abort."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in _WITHOUT_SCREEN:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplayError(instead)
