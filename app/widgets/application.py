"""Opens a window of the program and stays until it is closed."""

import os
import sys
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from app.system.errors import NoDisplayError

_WITHOUT_SCREEN = {"offscreen", "minimal", "vnc"}


def run_window(make: Callable[[], QWidget], *, instead: str) -> int:
    """Make the window, show it, and return its exit code once it is closed.

    Raises `NoDisplayError` where there is no screen, before Qt would end the process; `instead` says what else works.
    """
    require_display(instead)
    application = QApplication.instance() or QApplication([])
    window = make()
    window.show()
    return application.exec()


def require_display(instead: str) -> None:
    """Raise `NoDisplayError` where windows cannot be shown. Qt itself would only abort."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in _WITHOUT_SCREEN:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplayError(instead)
