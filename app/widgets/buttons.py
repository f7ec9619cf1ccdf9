"""Buttons: one main action a page, quiet ones beside it, and Stop, which looks like nothing else."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

from app.widgets import icons, theme
from app.widgets.icons import Icon

_INK = {
    "primary": "on_primary",
    "stop": "on_stop",
    "quiet": "text",
    "plain": "primary",
    "refusal": "problem",
    "rail": "quiet",
    "choice": "primary",
}


class Button(QPushButton):
    """A button of the theme. `name` is the stable name by which tests and readers find it."""

    def __init__(self, text: str, name: str, part: str = "quiet", icon: Icon | None = None) -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setProperty("part", part)
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon = icon
        self._ink = _INK[part]
        self._draw_icon()

    def rename(self, text: str, icon: Icon | None = None) -> None:
        """Say something else from now on."""
        self.setText(text)
        self.setAccessibleName(text)
        self._icon = icon or self._icon
        self._draw_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A key that is held down presses once: the next button under the focus must not be pressed by it too."""
        if event.isAutoRepeat():
            event.accept()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the icon in the colours of the scheme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon is None:
            return
        ink = self._ink if self.isEnabled() else "quiet"
        self.setIcon(icons.picture(self._icon, getattr(theme.colours(), ink), theme.MARK, theme.HAIR))
        self.setIconSize(QSize(theme.MARK + theme.HAIR, theme.MARK))


def primary(text: str, name: str, icon: Icon | None = None) -> Button:
    """The one main action of a page."""
    return Button(text, name, "primary", icon)


def quiet(text: str, name: str, icon: Icon | None = None) -> Button:
    """Another way to go on, as good as the first."""
    return Button(text, name, "quiet", icon)


def choice(text: str, name: str, icon: Icon | None = None) -> Button:
    """One of several answers, none of which is pressed upon the person."""
    return Button(text, name, "choice", icon)


def plain(text: str, name: str, icon: Icon | None = None) -> Button:
    """A small action inside the text."""
    return Button(text, name, "plain", icon)


def stop(text: str, name: str) -> Button:
    """Stop, and nothing else."""
    return Button(text, name, "stop", Icon.STOP)
