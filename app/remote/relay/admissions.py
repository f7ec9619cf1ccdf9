"""Who may come in: keys, each for one session, one side and a time, and the files in which sshd reads them."""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from app.remote.relay.sshd import Account, Side
from app.system.clock import new_id
from app.system.paths import PRIVATE_FILE


@dataclass(frozen=True, slots=True)
class Admission:
    """One key that is let in. `until` is UTC; `forward_port` is on the relay's 127.0.0.1."""

    side: Side
    session: UUID
    key: str
    fingerprint: str
    forward_port: int
    until: datetime

    def line(self) -> str:
        """The line that lets it in, and allows it this one port and nothing more."""
        verb = "permitlisten" if self.side is Side.CUSTOMER else "permitopen"
        until = self.until.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
        return f'restrict,port-forwarding,{verb}="127.0.0.1:{self.forward_port}",expiry-time="{until}" {self.key}\n'


def give_to(path: Path, account: Account) -> None:
    """Make it belong to the account of the sshds, where that is not ourselves. Raises `OSError`."""
    if sys.platform != "win32" and account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def write_private(path: Path, content: str, account: Account) -> None:
    """Write a file for sshd whole, in place of what was there: it reads the keys at each login. Raises `OSError`."""
    draft = path.with_name(f".{path.name}.{new_id()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(file, "w") as writing:
            writing.write(content)
        give_to(draft, account)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
