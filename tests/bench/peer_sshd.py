"""OpenSSH on the very path that a session takes: its sshd behind the relay's port, its ssh through the relay."""

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.remote.keys import new_private_text, public_text, read_private
from app.remote.relay.relay import Relay
from app.system.clock import new_id
from tests.bench.row import CannotMeasureError
from tests.ports import free_port
from tests.remote.relay.clients import Party

assert sys.platform != "win32"

_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Peer:
    """OpenSSH's programs as far as the customer's machine.

    What follows `ssh` is the command there, or nothing for a shell; `sftp` reads what to do from its input.
    """

    ssh: tuple[str, ...]
    sftp: tuple[str, ...]


@contextmanager
def peer(relay: Relay, folder: Path) -> Iterator[Peer]:
    """OpenSSH's sshd, forwarded to the relay by OpenSSH's ssh, and the way to it."""
    sshd = shutil.which("sshd") or "/usr/sbin/sshd"
    if not Path(sshd).exists() or shutil.which("ssh") is None:
        raise CannotMeasureError("OpenSSH is not installed: `apt-get install openssh-server`")
    session = new_id()
    customer, technician, inside = (Party(folder, name) for name in ("customer", "technician", "inside"))
    with _sshd(sshd, folder, inside.key) as (port, host_key):
        waits = relay.admit_customer(session, customer.key)
        with customer.listening(waits, port):
            comes = relay.admit_technician(session, technician.key)
            through = technician.command(comes, "-q", "-W", f"127.0.0.1:{waits.forward_port}", "")
            known = folder / "known-inside"
            known.write_text(f"customer {host_key}\n")
            way = (
                "-q", "-F", "none", "-i", str(folder / "inside.key"), "-o", f"UserKnownHostsFile={known}",
                "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes",
                "-o", "IdentitiesOnly=yes", "-o", f"ProxyCommand={shlex.join(part for part in through if part)}",
                "-o", f"User={getpass.getuser()}",
            )  # fmt: skip
            yield Peer(ssh=("ssh", *way, "customer"), sftp=("sftp", *way, "-b", "-", "customer"))
    relay.expel(session)


@contextmanager
def _sshd(program: str, folder: Path, key: str) -> Iterator[tuple[int, str]]:
    """A plain sshd of this user on a free port, letting in `key`; yields the port and its host key."""
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # what sshd asks of root
    text = new_private_text()
    host_key = folder / "peer.key"
    host_key.write_text(text)
    host_key.chmod(0o600)
    (folder / "peer.allowed").write_text(f"{key}\n")
    port = free_port()
    config = folder / "peer.config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {host_key}\nAuthorizedKeysFile {folder}/peer.allowed\n"
        "StrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin prohibit-password\nPrintMotd no\nPrintLastLog no\n"
        "Subsystem sftp internal-sftp\n"
    )
    process = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port, public_text(read_private(text))
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise CannotMeasureError("OpenSSH's sshd did not start")
