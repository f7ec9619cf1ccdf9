"""The line at the bottom: whether the service is reached, what waits to be sent, which session is on."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStatusBar

from app.desk.sync_strip import SyncStrip
from app.desk.wording import moment, now
from app.flows.synchronise import SyncState, Trouble
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.buttons import Button
from app.widgets.elided import Elided
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import line


class StatusLine(QStatusBar):
    """Words and icons; nothing hangs on a colour. `refused_asked` leads to what the service refused."""

    refused_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(theme.SNUG, 0, theme.SNUG, 0)
        self.setFixedHeight(theme.BROAD + theme.TIGHT)
        self._last: datetime | None = None
        self._heard = False
        self._mark = IconMark(Icon.OFFLINE, "quiet", theme.GAP)
        self._online = Elided(_("Not connected yet"))
        self._online.setObjectName("online")
        self._pending = line(part="quiet")
        self._pending.setObjectName("pending")
        self._refused = Button(_("Refused"), "refusedCount", "refusal", Icon.REFUSED)
        self._refused.hide()
        self.work = SyncStrip()
        self._session = Elided(part="strong")
        self._session.setObjectName("liveSession")
        for part in (self._mark, self._online, self._pending, self._refused, self.work):
            self.addWidget(part)
        self.addPermanentWidget(self._session)
        self._refused.clicked.connect(self.refused_asked)

    def remember(self, last_synced: datetime | None) -> None:
        """When this machine and the service were last the same, before the desk was opened."""
        self._last = self._last or last_synced
        if last_synced is not None and not self._heard:
            self._online.setText(_("Not connected yet; {last}").format(last=self._last_words()))

    def show_state(self, state: SyncState) -> None:
        """How this machine and the service stand."""
        self._heard = True
        self._last = state.synced_at or self._last
        well = state.online and state.trouble is None
        self._mark.show_icon(Icon.ONLINE if well else Icon.OFFLINE, "ok" if well else "notice")
        self._online.setText(self._words(state))
        self._online.setToolTip(" ".join(part for part in (state.error or "", self._told_of(state)) if part))
        pending = ngettext("{n} to send", "{n} to send", state.pending).format(n=f"{state.pending:,}")
        self._pending.setText(pending if state.pending else _("All is sent"))
        refused = ngettext("{n} refused", "{n} refused", state.refused).format(n=state.refused)
        self._refused.rename(refused)
        self._refused.setAccessibleName(_("{refused}: show why").format(refused=refused))
        self._refused.setVisible(state.refused > 0)
        self.work.show_state(state)

    def show_session(self, untrusted_customer: str) -> None:
        """A session with this customer is on; nobody's name means none."""
        text = _("Session with {name}").format(name=untrusted_customer) if untrusted_customer else ""
        self._session.setText(text)

    def _words(self, state: SyncState) -> str:
        if state.trouble is not None and state.trouble is not Trouble.OFFLINE:
            return _trouble(state.trouble, state.again_at)
        if state.online:
            return _("Online")
        last = f" ({self._last_words()})" if self._last else ""
        return _("Offline: you can go on working{last}").format(last=last)

    def _last_words(self) -> str:
        return _("last in step {time}").format(time=moment(self._last, now())) if self._last else ""

    def _told_of(self, state: SyncState) -> str:
        """What happened earlier and is worth knowing, and when all was the same."""
        told = [self._last_words()]
        if state.read_anew_at is not None:
            told.append(
                _("The service was restored from a backup at {time}; this desk gives back what it lost.").format(
                    time=moment(state.read_anew_at, now())
                )
            )
        return " · ".join(part for part in told if part)


def _trouble(trouble: Trouble, again_at: datetime | None) -> str:
    if trouble is Trouble.BUSY and again_at is not None:
        time = moment(again_at, now())
        return _("The service asks to wait; it goes on by itself at {time}").format(time=time)
    return {
        Trouble.SHUT_OUT: _("The service does not let this device in"),
        Trouble.BUSY: _("The service is busy; it goes on by itself"),
        Trouble.READING_ANEW: _("The service was restored from a backup: reading it anew"),
        Trouble.OFFLINE: _("Offline: you can go on working"),
        Trouble.FAULT: _("The service has a fault; it is tried again"),
    }[trouble]
