"""Icons from one family (Phosphor, as qtawesome carries it), drawn as glyphs in the colours of the theme.

Only that family's two files are read, straight from the package: importing qtawesome loads every family that
it has, which costs more than the rest of a first window.
"""

import json
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPixmap


class Icon(StrEnum):
    """The icons in use, by their names in the family."""

    ANSWER = "chats-circle"
    ARTICLE = "book-open"
    ARROW_DOWN = "caret-down"
    DOWN = "arrow-down"
    UP = "arrow-up"
    CROSS = "x"
    ARROW_LEFT = "arrow-left"
    ASSUMED = "flask"
    CASE = "folder-notch-open"
    CHECK = "check-circle"
    CLOSED = "archive"
    INTERNAL = "lock"
    PENDING = "cloud-arrow-up"
    TICK = "check-bold"
    CLOCK = "clock"
    COLLEAGUES = "users"
    COPY = "copy"
    COPY_IN = "download-simple"
    COPY_OUT = "upload-simple"
    DOT = "circle-fill"
    FOLDER = "folder-open"
    HAND = "hand-palm"
    HEART = "heart"
    HELP = "lifebuoy"
    HISTORY = "clock-counter-clockwise"
    LINK = "link"
    MINE = "user"
    NOTE = "note-pencil"
    OFFLINE = "cloud-slash"
    ONLINE = "cloud-check"
    PAUSE = "pause"
    PHONE = "phone"
    PLAY = "play"
    PORTS = "share-network"
    QUESTION = "question"
    RECEIPT = "receipt"
    REFUSED = "x-circle"
    SEARCH = "magnifying-glass"
    SECURE = "shield-check"
    SEND = "paper-plane-tilt"
    SHOW = "eye"
    STOP = "stop-fill"
    TERMINAL = "terminal-window"
    TIMER = "timer"
    WAITING = "tray"
    WARNING = "warning"
    PROBLEM = "warning-circle"


@cache
def _family() -> tuple[str, dict[str, str]]:
    """The font's name and its glyph for each icon. The application must be there."""
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise RuntimeError("qtawesome is not installed")
    folder = Path(spec.origin).parent / "fonts"
    [font], [charmap] = folder.glob("phosphor-[0-9]*.ttf"), folder.glob("phosphor-charmap-*.json")
    number = QFontDatabase.addApplicationFont(str(font))
    glyphs = {name: chr(int(code, 16)) for name, code in json.loads(charmap.read_bytes()).items()}
    return QFontDatabase.applicationFontFamilies(number)[0], glyphs


def draw(painter: QPainter, box: QRectF, icon: Icon, colour: str) -> None:
    """Draw the icon as large as the box is high, in its middle. Qt thread."""
    family, glyphs = _family()
    font = QFont(family)
    font.setPixelSize(max(1, int(box.height())))
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, glyphs[icon])
    painter.restore()


def picture(icon: Icon, colour: str, size: int, gap: int = 0) -> QIcon:
    """The icon for a button or a menu, `size` pixels high, with a gap after it."""
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    pixmap = QPixmap(QSize(size + gap, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw(painter, QRectF(0, 0, size, size), icon, colour)
    painter.end()
    return QIcon(pixmap)
