"""What all that the customer's window shows stands in: the mark and a line at the top, the rest below."""

from PySide6.QtWidgets import QWidget

from app.widgets import theme
from app.widgets.dress import dress
from app.widgets.ground import stand_on
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column, row


def frame(window: QWidget, head: Label, body: QWidget) -> None:
    """Give the window the customer's look and size, with this head and this body. Qt thread."""
    dress(window, theme.CUSTOMER)
    stand_on(window, "window")
    window.resize(*theme.CUSTOMER_WINDOW)
    top = row(IconMark(Icon.HELP, "primary"), head, gap=theme.TIGHT, margin=theme.GAP)
    window.setLayout(column(top, body, gap=0))
