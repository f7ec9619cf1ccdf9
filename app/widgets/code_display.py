"""The code that a customer reads out: large, with a gap in the middle, and spelled for those who listen to it."""

from PySide6.QtCore import Qt

from app.system.translations import _
from app.widgets.labels import Label


class CodeDisplay(Label):
    """Shows an 8-digit code as `4821 7305`. Never put on the clipboard: it is only spoken."""

    def __init__(self, name: str = "code") -> None:
        super().__init__(part="code")
        self.setObjectName(name)
        self.setWordWrap(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.code = ""
        self.show_code("")

    def show_code(self, code: str) -> None:
        """Show this code; an empty one shows that one is on its way."""
        self.code = code
        middle = len(code) // 2
        self.setText(f"{code[:middle]} {code[middle:]}" if code else "···· ····")
        spelled = ", ".join(code)
        self.setAccessibleName(_("Your code: {digits}").format(digits=spelled) if code else _("The code is on its way"))
