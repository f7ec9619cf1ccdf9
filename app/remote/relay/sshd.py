"""Finds OpenSSH's server, says as whom it runs, and writes the config of a door as the installed version takes it."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.remote.errors import RelayPlatformError, RelayStartError, SshdMissingError

_ELSEWHERE = ("/usr/sbin", "/usr/local/sbin", "/sbin")
# Whom a relay started by root runs as: an account of the shop's own, or one that Debian always has. Not `nobody`:
# systemd's name service calls that account locked, and sshd lets nobody in.
_ACCOUNTS = ("bistand", "sshd", "daemon")

# Customers' and technicians' doors differ in the first lines alone. Every line is there for a reason:
# - keys alone let in, one for one session; names, passwords, shells, files, agents, X11, tunnels, Unix sockets do not.
# - StrictModes would refuse a keys file below /tmp, where others can write; the folder itself is closed to all others.
# - LogVerbose makes sshd name the process that serves a key, which is how its connection is found and ended.
# - Penalties by address (OpenSSH 9.8) would shut out a whole office behind one address; keys cannot be guessed anyway.
_CONFIG = """\
ListenAddress {listen}
AllowTcpForwarding {direction}
{nothing_else}
HostKey "{folder}/host_key"
AuthorizedKeysFile "{folder}/{keys}"
AllowUsers {user}
PidFile none
StrictModes no
UsePAM no
LogLevel INFO
LogVerbose auth.c:auth_log()*
HostKeyAlgorithms ssh-ed25519
PubkeyAcceptedAlgorithms ssh-ed25519
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
PermitRootLogin no
PermitTTY no
PermitTunnel no
PermitUserRC no
PermitUserEnvironment no
X11Forwarding no
AllowAgentForwarding no
AllowStreamLocalForwarding no
GatewayPorts no
MaxSessions 0
Compression no
UseDNS no
MaxAuthTries 2
LoginGraceTime 20
MaxStartups 100:30:500
ClientAliveInterval 10
ClientAliveCountMax 2
PerSourcePenalties no
"""
_NEWER = ("PerSourcePenalties",)


class Side(StrEnum):
    """Whose door it is."""

    CUSTOMER = "customers"
    TECHNICIAN = "technicians"


@dataclass(frozen=True, slots=True)
class Account:
    """As whom sshd runs. `uid` and `gid` are None where it is ourselves."""

    name: str
    uid: int | None = None
    gid: int | None = None


def find_sshd() -> str:
    """The absolute path of sshd, as it wants to be called. Raises `SshdMissingError`."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *_ELSEWHERE])
    found = shutil.which("sshd", path=path)
    if found is None:
        raise SshdMissingError
    return str(Path(found).absolute())


def choose_account() -> Account:
    """Ourselves, or, where we are root, an account without rights. Raises `RelayStartError`."""
    if sys.platform == "win32":
        raise RelayPlatformError
    import pwd  # not there on Windows

    if os.geteuid() != 0:
        try:
            return Account(pwd.getpwuid(os.geteuid()).pw_name)
        except KeyError as error:
            raise RelayStartError("The user that runs the relay has no name on this system; sshd needs one.") from error
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise RelayStartError("A relay does not run as root. Make it an account: `adduser --system bistand`.")


def door_config(side: Side, folder: Path, host: str, port: int, account: Account) -> str:
    """The config of one door, for the newest sshd. Raises `RelayStartError` for a folder that cannot be named in it."""
    if re.search(r'["\\%\s]', str(folder)):
        raise RelayStartError(f"sshd cannot use a folder with such characters in its name: {folder}")
    is_customers = side is Side.CUSTOMER
    return _CONFIG.format(
        listen=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        direction="remote" if is_customers else "local",
        nothing_else="PermitOpen none" if is_customers else "PermitListen none",
        folder=folder,
        keys=f"{side}.keys",
        user=account.name,
    )


def as_installed(sshd: str, config: str, path: Path, account: Account) -> str:
    """The config without the lines that this sshd is too old for. `path` is a file to try it in.

    Raises `RelayStartError` where sshd refuses more than those.
    """
    while True:
        path.write_text(config)
        path.chmod(0o644)  # the account of the sshds reads it; there is nothing secret in it
        complaint = _complaint(sshd, path, account)
        if complaint is None:
            return config
        refused = re.findall(r"Bad configuration option: (\S+)", complaint)
        lines = config.splitlines(keepends=True)
        kept = [line for line in lines if line.split()[0] not in _NEWER or line.split()[0] not in refused]
        if len(kept) == len(lines):
            raise RelayStartError(f"sshd does not take its config: {complaint[-500:]}")
        config = "".join(kept)


def _complaint(sshd: str, path: Path, account: Account) -> str | None:
    """What sshd says against this config, or None."""
    trial = subprocess.run(
        [sshd, "-T", "-f", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=20,
        check=False,
    )
    return None if trial.returncode == 0 else trial.stderr.strip() or "it said nothing"
