"""A question in a small window of its own, with two answers that look equally good."""

from PySide6.QtWidgets import QDialog, QWidget

from app.widgets import theme
from app.widgets.buttons import Button, quiet
from app.widgets.dress import dress
from app.widgets.labels import large, paragraph
from app.widgets.layouts import column, row


class Question(QDialog):
    """`accepted` is sent for `yes`, `rejected` for `no`, Escape and the window's cross. Destroys itself."""

    def __init__(self, asker: QWidget, title: str, text: str, yes: Button, no: str) -> None:
        super().__init__(asker)
        dress(self, theme.CUSTOMER)
        self.setObjectName("question")
        self.setWindowTitle(title)
        self.setAccessibleDescription(text)
        self.setModal(True)
        back = quiet(no, "questionNo")
        self.setLayout(column(large(title), paragraph(text), row(None, back, yes), gap=theme.GAP, margin=theme.WIDE))
        self.setMinimumWidth(theme.CUSTOMER_WINDOW[0] - theme.VAST)
        yes.clicked.connect(self.accept)
        back.clicked.connect(self.reject)
        back.setFocus()
        self.finished.connect(self.deleteLater)
