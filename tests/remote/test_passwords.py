"""The customer types a password into the session's terminal, and nobody else learns it: real programs, real prompts."""

import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.remote.customer import control
from app.remote.relay.relay import Relay
from app.remote.technician.session import TechnicianSession
from app.remote.technician.shell import Shell
from tests.remote.chain import PATIENCE, Hosted, hosted, terminal
from tests.remote.ordinary_user import hosted_as, ordinary_user, why_not

GETPASS = f"""{sys.executable} -c 'import getpass; print("it was", len(getpass.getpass("Secret: ")), "long")'"""


class Screen:
    """What a shell showed the technician, awaited by pattern."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self.shown = b""

    def __call__(self, data: bytes) -> None:
        with self._news:
            self.shown += data
            self._news.notify_all()

    def wait_for(self, pattern: bytes) -> None:
        with self._news:
            assert self._news.wait_for(lambda: re.search(pattern, self.shown), PATIENCE), self.shown


def asked(host: Hosted) -> control.Prompting:
    """The next program that asks in secret."""
    return host.wait_for(control.Prompting, lambda prompting: bool(prompting.program))


def stands_nowhere(password: str, folder: Path, screen: Screen, host: Hosted) -> None:
    """Neither in what the technician saw, nor in a recording, an audit or any other file, nor in what was told."""
    assert password.encode() not in screen.shown
    assert password not in repr(host.seen)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {".cast", ".jsonl"} <= {path.suffix for path in files}
    for path in files:
        assert password.encode() not in path.read_bytes(), path


def key_with(password: str, folder: Path) -> str:
    """The command that asks for the passphrase of a key."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", password, "-f", str(folder / "key")]
    subprocess.run(words, check=True)
    return f"ssh-keygen -y -f {folder}/key | cut -c 1-11"


@pytest.mark.parametrize(
    ("command", "answer"),
    [(lambda *_: GETPASS, rb"it was 24 long"), (key_with, rb"\r\nssh-ed25519\r\n")],
    ids=["getpass", "ssh-keygen"],
)
def test_the_customer_types_a_password(
    relay: Relay, tmp_path: Path, command: Callable[[str, Path], str], answer: bytes
) -> None:
    password = secrets.token_hex(12)
    with hosted(relay, tmp_path, terminal()) as host:
        session, screen = host.join(), Screen()
        shell = session.shell(80, 24, screen)
        shell.write(f"{command(password, tmp_path)}\n".encode())
        prompting = asked(host)
        assert not prompting.protected  # the technician started it with the rights that it has
        host.child.say(control.Secret(run=prompting.run, text=password))
        screen.wait_for(answer)
        host.wait_for(control.Noted, lambda noted: noted.what == "secret_typed" and noted.detail == prompting.program)
        session.end()
        host.wait_for(control.Over)
        assert control.Prompting(run=prompting.run, program="", protected=False) in host.seen  # it asks no more
        stands_nowhere(password, tmp_path, screen, host)


def test_nothing_is_typed_where_the_echo_is_on_again(relay: Relay, tmp_path: Path) -> None:
    password = secrets.token_hex(12)
    with hosted(relay, tmp_path, terminal()) as host:
        session, screen = host.join(), Screen()
        shell = session.shell(80, 24, screen)
        shell.write(b"tty; cat\n")
        screen.wait_for(rb"/dev/pts/\d+")
        tty = re.search(rb"/dev/pts/\d+", screen.shown)
        assert tty is not None
        session.run(f"stty -echo < {tty[0].decode()}")
        prompting = asked(host)
        session.run(f"stty echo < {tty[0].decode()}")  # as who would like to see what is typed
        host.child.say(control.Secret(run=prompting.run, text=password))
        host.wait_for(control.Noted, lambda noted: noted.what == "secret_not_typed")
        session.end()
        stands_nowhere(password, tmp_path, screen, host)


def test_no_other_program_reads_the_password_first(relay: Relay, tmp_path: Path) -> None:
    password = secrets.token_hex(12)
    with hosted(relay, tmp_path, terminal()) as host:
        session, screen = host.join(), Screen()
        shell = session.shell(80, 24, screen)
        _let_thieves_wait(session, shell, screen, GETPASS, tmp_path / "stolen")
        prompting = asked(host)
        host.child.say(control.Secret(run=prompting.run, text=password))
        screen.wait_for(rb"it was 24 long")
        assert session.run(f"pgrep -c -f '^cat {_terminal(screen)}'").stdout == "3\n"  # they go on, with nothing
        session.end()
        stands_nowhere(password, tmp_path, screen, host)


def test_an_echo_that_flickers_never_shows_the_password(relay: Relay, tmp_path: Path) -> None:
    password = secrets.token_hex(12)
    flicker = "import sys, termios\nt = open(sys.argv[1])\na, b = (termios.tcgetattr(t) for _ in 'ab')\nb[3] |= 8\n"
    flicker += "while True: termios.tcsetattr(t, 0, b); termios.tcsetattr(t, 0, a)"
    (tmp_path / "flicker.py").write_text(flicker)
    with hosted(relay, tmp_path, terminal()) as host:
        session, screen = host.join(), Screen()
        shell = session.shell(80, 24, screen)
        shell.write(b"tty; stty -echo; exec cat > /dev/null\n")
        prompting = asked(host)
        session.run(f"setsid -f {sys.executable} {tmp_path}/flicker.py {_terminal(screen)} </dev/null >/dev/null 2>&1")
        told = []
        for _ in range(60):
            host.child.say(control.Secret(run=prompting.run, text=password))
            told.append(host.wait_for(control.Noted, lambda noted: noted.what.startswith("secret_")).what)
        assert set(told) <= {"secret_typed", "secret_not_typed"}
        session.end()
        stands_nowhere(password, tmp_path, screen, host)


def _terminal(screen: Screen) -> str:
    """What the shell said its terminal is."""
    screen.wait_for(rb"/dev/pts/\d+")
    found = re.search(rb"/dev/pts/\d+", screen.shown)
    assert found is not None
    return found[0].decode()


def _let_thieves_wait(session: TechnicianSession, shell: Shell, screen: Screen, command: str, stolen: Path) -> None:
    """Have the command ask on the terminal, and three programs of the same user read from it too."""
    shell.write(f"tty; {command}\n".encode())
    screen.wait_for(rb"[Ss]ecret: |password for")
    for _ in range(3):
        session.run(f"setsid -f cat {_terminal(screen)} >> {stolen} 2>&1 </dev/null")


def test_a_password_is_one_line_and_only_where_it_was_asked_for(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session, screen = host.join(), Screen()
        shell = session.shell(80, 24, screen)
        shell.write(f"{GETPASS}\n".encode())
        prompting = asked(host)
        host.child.say(control.Secret(run=prompting.run + 1, text="elsewhere"))
        host.wait_for(control.Noted, lambda noted: noted.what == "secret_not_typed")
        host.child.say(control.Secret(run=prompting.run, text="ab\ntouch planted\n\x03"))
        screen.wait_for(rb"it was 15 long")
        session.end()


@pytest.fixture(scope="module")
def needs_sudo() -> None:
    """Skips, with its reason, where no user can be made who has a password."""
    if reason := why_not():
        pytest.skip(reason)


@pytest.mark.usefixtures("needs_sudo")
def test_sudo_without_the_technician_knowing_the_password(relay: Relay) -> None:
    with ordinary_user() as user, hosted_as(user, relay, terminal()) as (host, folder):
        session, screen = host.join(), Screen()
        shell = session.shell(80, 24, screen)
        _nobody_but_root(shell, screen, user.name)
        shell.write(b"sudo -k; sudo sh -c 'echo now $(id -un)-$SUDO_USER'\n")
        prompting = asked(host)
        assert (prompting.program, prompting.protected) == ("sudo", True)
        host.child.say(control.Secret(run=prompting.run, text=user.password))
        screen.wait_for(rb"\nnow root-" + user.name.encode() + rb"\r\n(?s:.*)[$#%>] ")  # sudo drops what is typed ahead
        noted = host.wait_for(control.Noted, lambda noted: noted.what == "secret_typed")
        assert noted.detail == "sudo"
        shell.write(b"sudo -k; sudo id\n")  # and one that still asks when the customer stops
        asked(host)
        over = host.stop()
        assert over.left == 0
        stands_nowhere(user.password, folder, screen, host)
        for path in (found for found in Path(user.entry.pw_dir).rglob("*") if found.is_file()):
            assert user.password.encode() not in path.read_bytes(), path


def _nobody_but_root(shell: Shell, screen: Screen, name: str) -> None:
    """The session is the user's own, and `sudo` wants the password of them."""
    shell.write(b"id -un; sudo -n true; echo refused-$?\n")
    screen.wait_for(rb"\n(\x1b\[\?2004l\r)?" + name.encode() + rb"\r\n")
    screen.wait_for(rb"\nrefused-1")
