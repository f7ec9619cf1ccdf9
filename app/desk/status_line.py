"""The line at the bottom: whether the service is reached, what waits to be sent, which session is on."""

from PySide6.QtWidgets import QStatusBar

from app.flows.synchronise import SyncState
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import line


class StatusLine(QStatusBar):
    """Words and icons; nothing hangs on a colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(theme.SNUG, 0, theme.SNUG, 0)
        self._mark = IconMark(Icon.OFFLINE, "quiet", theme.GAP)
        self._online = line(_("Not connected yet"))
        self._online.setObjectName("online")
        self._pending = line(part="quiet")
        self._pending.setObjectName("pending")
        self._refused = line(part="refusal")
        self._session = line(part="strong")
        self._session.setObjectName("liveSession")
        for part in (self._mark, self._online, self._pending, self._refused):
            self.addWidget(part)
        self.addPermanentWidget(self._session)

    def show_state(self, state: SyncState) -> None:
        """How this machine and the service stand."""
        self._mark.show_icon(Icon.ONLINE if state.online else Icon.OFFLINE, "ok" if state.online else "notice")
        self._online.setText(_("Online") if state.online else _("Offline: you can go on working"))
        self._online.setToolTip(state.error or "")
        pending = ngettext("{n} to send", "{n} to send", state.pending).format(n=state.pending)
        self._pending.setText(pending if state.pending else _("All is sent"))
        refused = ngettext("{n} refused", "{n} refused", state.refused).format(n=state.refused)
        self._refused.setText(refused if state.refused else "")

    def show_session(self, untrusted_customer: str) -> None:
        """A session with this customer is on; nobody's name means none."""
        text = _("Session with {name}").format(name=untrusted_customer) if untrusted_customer else ""
        self._session.setText(text)
