"""One window of a kind for each home. A second program has the first one's window shown instead, and ends."""

import hashlib
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Qt, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

from app.system.errors import OpenAlreadyError

_PATIENCE_MS = 3000
_SHOWN = b"shown\n"


class OnlyOne(QObject):
    """A service object on Qt's thread: `claim`, and `close` in the end. `asked` tells that the window is to be shown.

    A lock file in the home decides who is first; it counts no more once its process is gone. Another program of the
    same user can have the window shown, and can do nothing else here.
    """

    asked = Signal()

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__()
        self._lock = QLockFile(str(folder / f"{kind}.lock"))
        self._lock.setStaleLockTime(0)  # a window may stay open for weeks
        self._name = f"bistand-{kind}-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._came)

    def claim(self) -> bool:
        """Whether this is the first. Otherwise the first one's window was shown. Waits three seconds at most.

        Raises `OpenAlreadyError` where the first one does not answer.
        """
        if self._lock.tryLock(0):
            QLocalServer.removeServer(self._name)  # what one that was killed has left
            self._server.listen(self._name)
            return True
        if self._lock.error() is not QLockFile.LockError.LockFailedError:
            return True  # a home that cannot be written in is told of by the store
        self._have_it_shown()
        return False

    def shows(self, window: QWidget) -> None:
        """Bring this window to the front whenever another program was started for it."""
        self.asked.connect(partial(_bring_to_front, window))

    def close(self) -> None:
        """Let another one be the first."""
        self._server.close()
        self._lock.unlock()

    def _have_it_shown(self) -> None:
        first = QLocalSocket()
        first.connectToServer(self._name)
        if not first.waitForConnected(_PATIENCE_MS) or not first.waitForReadyRead(_PATIENCE_MS):
            raise OpenAlreadyError(self._lock.getLockInfo()[0])
        first.disconnectFromServer()

    def _came(self) -> None:
        while (other := self._server.nextPendingConnection()) is not None:
            other.disconnected.connect(other.deleteLater)
            self.asked.emit()
            other.write(_SHOWN)
            other.flush()


def _bring_to_front(window: QWidget) -> None:
    """Also where it was made small, or lies behind others."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
