"""OpenSSH's own programs, run for real, by the ssh_config of a session."""

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path

from tests.remote.chain import PATIENCE, Hosted

Done = subprocess.CompletedProcess[str]


class OpenSsh:
    """Runs `ssh`, `sftp`, `scp` and `rsync` with one config, as a technician would."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def ssh(self, *words: str, typing: str = "") -> Done:
        """`ssh OPTIONS customer COMMAND`."""
        return _run("ssh", "-F", str(self.config), *words, typing=typing)

    def sftp(self, *lines: str) -> Done:
        """`sftp customer`, with these lines typed; it stops at the first that fails."""
        return _run("sftp", "-F", str(self.config), "-b", "-", "customer", typing="\n".join(lines) + "\n")

    def scp(self, *words: str) -> Done:
        """`scp OPTIONS FROM TO`."""
        return _run("scp", "-F", str(self.config), *words)

    def rsync(self, *words: str) -> Done:
        """`rsync OPTIONS FROM TO`."""
        return _run("rsync", "-e", f"ssh -F {self.config}", *words)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """`ssh OPTIONS customer`, to go on while the test does."""
        return subprocess.Popen(
            ["ssh", "-F", str(self.config), *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def on_a_terminal(self, *words: str, typing: bytes) -> tuple[bytes, int]:
        """`ssh OPTIONS customer` on a terminal of its own; what stood there in the end, and the exit status."""
        child, terminal = pty.fork()
        if child == 0:
            os.execvp("ssh", ["ssh", "-F", str(self.config), *words])
        os.write(terminal, typing)
        shown, deadline = b"", time.monotonic() + PATIENCE
        while time.monotonic() < deadline and select.select([terminal], [], [], PATIENCE)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # the terminal's last user has gone
                break
            if not part:
                break
            shown += part
        os.close(terminal)
        return shown, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(*words: str, typing: str = "") -> Done:
    environment = {name: value for name, value in os.environ.items() if name != "SSH_AUTH_SOCK"}
    return subprocess.run(
        words, input=typing, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment
    )


def audit_of(host: Hosted) -> list[tuple[str, str]]:
    """What the customer's end has noted so far: kind and subject."""
    return [
        (line["kind"], str(line["details"].get("what", "")))
        for line in map(json.loads, (host.customer_folder / f"{host.session}.audit.jsonl").read_text().splitlines())
        if "kind" in line
    ]
