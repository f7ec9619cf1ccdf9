"""Puts the theme on a window and keeps it there when the system turns light or dark."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.widgets import theme
from app.widgets.sheet import sheet

FUSION = "fusion"


def dress(window: QWidget, scale: theme.Scale) -> None:
    """Give the window the look of the theme at this scale, from now on and live. Qt thread."""
    _Dress(window, scale)


class _Dress(QObject):
    """Follows the system's colour scheme for one window, for as long as the window is there."""

    def __init__(self, window: QWidget, scale: theme.Scale) -> None:
        super().__init__(window)
        self._window = window
        self._scale = scale
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._put_on)
        self._put_on()

    @Slot()
    def _put_on(self) -> None:
        if QApplication.style().name() != FUSION:
            QApplication.setStyle(FUSION)
        scheme = theme.colours()
        QApplication.setPalette(theme.qt_palette(scheme))
        self._window.setStyleSheet(sheet(scheme, self._scale))
