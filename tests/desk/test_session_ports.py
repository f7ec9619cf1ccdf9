"""The customer's ports and OpenSSH's programs at the desk, in a real session through a real relay."""

import contextlib
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.desk.window import DeskWindow
from app.domain.consent import Grants, PortGrant, TerminalGrant
from app.domain.events import ConsentGiven, Stream
from app.flows.join_session import JoinedSession
from app.flows.party import Party
from app.remote.customer import control
from app.remote.relay.relay import Relay
from tests.ports import refusing_port
from tests.remote.chain import Hosted, hosted, soon
from tests.widgets.driving import find, press, write
from tests.widgets.people import LONE, open_case

PATIENCE = 20_000


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    """A relay on this machine."""
    running = Relay(None)
    running.start()
    yield running
    running.close()


@pytest.fixture
def echo() -> Iterator[int]:
    """A port of the customer's network that says everything again."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=_repeat, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _repeat(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while data := connection.recv(1024):
            connection.sendall(data)


def port_grants(*ports: int) -> Grants:
    """These ports of the customer's own machine, for ten minutes."""
    return Grants(
        grants=tuple(PortGrant(host="127.0.0.1", port=port, address="127.0.0.1", until=soon()) for port in ports)
    )


@dataclass
class Play:
    """A desk in a real session, and the customer's end of it."""

    desk: DeskWindow
    customer: Hosted
    session: JoinedSession
    qtbot: QtBot

    def find(self, name: str) -> QWidget:
        """The control of this name."""
        return find(self.desk, name)

    def says(self, name: str) -> str:
        """What this label or line says."""
        control = self.find(name)
        assert isinstance(control, (QLabel, QLineEdit))
        return control.text()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds."""
        self.qtbot.waitUntil(holds, timeout=PATIENCE)

    def shows(self, name: str) -> bool:
        """Whether there is such a control to be seen."""
        control = self.desk.findChild(QWidget, name)
        return control is not None and control.isVisible()

    def grant(self, grants: Grants) -> None:
        """The customer allows this from now on, and nothing else."""
        self.customer.child.say(control.NewGrants(grants=grants))

    def open_first(self) -> tuple[str, int]:
        """Open the first port with a click; returns its address on this computer."""
        press(self.desk, "showPorts")
        self.until(lambda: self.shows("portOpen1"))
        press(self.desk, "portOpen1")
        self.until(lambda: self.shows("portHere1"))
        host, _, port = self.says("portHere1").partition(":")
        return host, int(port)

    def choose_config(self, path: Path) -> None:
        """Ask for OpenSSH, and choose this file."""
        press(self.desk, "useOpenSsh")
        self.until(lambda: self.desk.findChild(QFileDialog, "configDialog") is not None)
        dialog = self.desk.findChild(QFileDialog, "configDialog")
        assert isinstance(dialog, QFileDialog)
        assert Path(dialog.selectedFiles()[0]).name.endswith(".ssh_config")
        assert Path(dialog.selectedFiles()[0]).parent.stat().st_mode & 0o077 == 0
        write(dialog, "fileNameEdit", str(path))
        dialog.accept()


Begin = Callable[[Grants], Play]


@pytest.fixture
def begin(
    qtbot: QtBot, anna: Party, open_desk: Callable[[Party], DeskWindow], relay: Relay, tmp_path: Path
) -> Iterator[Begin]:
    """Begins a session with these grants."""
    with contextlib.ExitStack() as cleaning:

        def made(grants: Grants) -> Play:
            case_id = open_case(anna, "The printer prints nothing", waits=True)
            consent = ConsentGiven(shares_diagnostics=True, grants=grants)
            anna.store.append(LONE, Stream.CASE, case_id, consent)
            desk = open_desk(anna)
            with qtbot.waitSignal(desk.case_shown, check_params_cb=lambda shown: shown == case_id):
                desk.show_case(case_id)
            folder = tmp_path / "session"
            folder.mkdir()
            customer = cleaning.enter_context(hosted(relay, folder, grants))
            joining = desk._session._joining
            joined = JoinedSession(anna, case_id, customer.join(), joining._ends)
            cleaning.callback(desk.leave)
            joined.on_change(lambda: joining._changes(None))
            joining._case_id = case_id
            joining._begun((joined, None))
            return Play(desk, customer, joined, qtbot)

        yield made


def talk(address: tuple[str, int], word: bytes) -> bytes:
    """Say something there, and hear what comes; nothing where it is hung up."""
    with contextlib.suppress(ConnectionError), socket.create_connection(address, 10) as connection:
        connection.sendall(word)
        return connection.recv(1024)
    return b""


def test_a_port_is_opened_with_a_click_copied_and_closed(begin: Begin, echo: int) -> None:
    play = begin(port_grants(echo))
    address = play.open_first()
    assert address[0] == "127.0.0.1"
    assert talk(address, b"hello") == b"hello"
    press(play.desk, "portHere1Copy")
    assert QGuiApplication.clipboard().text() == f"127.0.0.1:{address[1]}"
    assert play.find("showPorts").accessibleName() == "Ports and OpenSSH, 1 open"
    press(play.desk, "portClose1")
    assert play.shows("portOpen1")
    assert not play.shows("portHere1")
    play.until(lambda: talk(address, b"hello") == b"")


def test_a_port_that_is_taken_back_is_said_to_be_and_can_be_asked_for(begin: Begin, echo: int) -> None:
    terminal = Grants(grants=(TerminalGrant(until=soon()),))
    play = begin(Grants(grants=port_grants(echo).grants + terminal.grants))
    address = play.open_first()
    assert talk(address, b"hello") == b"hello"
    assert not play.shows("portAsk1")
    play.grant(terminal)
    play.until(lambda: "not allowed any more" in play.says("portSays1"))
    assert talk(address, b"hello") == b""
    play.until(lambda: "The customer has not allowed this" in play.says("portSays1"))
    press(play.desk, "portAsk1")
    assert play.says("askPlace") == f"127.0.0.1:{echo}"
    kind = play.find("askKind")
    assert isinstance(kind, QComboBox)
    assert kind.currentText() == "to reach a port"
    assert not play.shows("portHere1")
    press(play.desk, "askClose")
    play.grant(Grants(grants=port_grants(echo).grants + terminal.grants))
    play.until(lambda: not play.shows("portAsk1"))
    assert talk(address, b"hello") == b"hello"


def test_a_port_that_is_taken_back_before_it_was_opened_is_offered_no_more(begin: Begin, echo: int) -> None:
    terminal = Grants(grants=(TerminalGrant(until=soon()),))
    play = begin(Grants(grants=port_grants(echo).grants + terminal.grants))
    press(play.desk, "showPorts")
    play.until(lambda: play.shows("portOpen1"))
    play.grant(terminal)
    play.until(lambda: not play.shows("portOpen1"))
    assert play.shows("noPorts")
    press(play.desk, "portAsk")
    assert play.find("askPlace").isVisible()
    assert not play.find("askMore").isVisible()


def test_a_port_that_was_asked_for_is_there_to_be_opened_and_takes_no_keys(begin: Begin, echo: int) -> None:
    terminal = TerminalGrant(until=soon())
    play = begin(Grants(grants=(terminal,)))
    press(play.desk, "showPorts")
    press(play.desk, "portAsk")
    write(play.desk, "askPlace", f"127.0.0.1:{echo}")
    write(play.desk, "askWhy", "To see its page")
    press(play.desk, "askSend")
    press(play.desk, "showPorts")
    assert not play.shows("ports")
    play.desk._case.session.terminal.setFocus()
    asked = play.customer.wait_for(control.Asked)
    assert not play.find("portAsk").isEnabled()
    grants = Grants(grants=(terminal, *port_grants(echo).grants))
    play.customer.child.say(control.NewGrants(grants=grants, asked=asked.number))
    play.until(lambda: play.shows("portOpen1"))
    assert play.desk.focusWidget() is play.find("terminal")
    press(play.desk, "portOpen1")
    play.until(lambda: play.shows("portHere1"))


def test_a_port_where_nothing_answers_is_told_of_with_the_reason(begin: Begin) -> None:
    with refusing_port() as closed:
        play = begin(port_grants(closed))
        address = play.open_first()
        assert talk(address, b"hello") == b""
        play.until(lambda: "could not connect to 127.0.0.1" in play.says("portSays1"))
        assert "Connection refused" in play.says("portSays1")


def test_nothing_is_opened_where_nothing_is_allowed_and_the_reason_is_said(begin: Begin) -> None:
    play = begin(Grants(grants=(TerminalGrant(until=soon()),)))
    play.session.end()
    play.until(lambda: not play.desk._session.is_live)
    assert not play.shows("showPorts")
    part = play.desk._case.session.ports
    part.show_allowed((), anything=False)
    assert not play.find("useOpenSsh").isEnabled()
    assert play.find("useOpenSsh").accessibleDescription() == play.says("noOpenSsh") != ""


def test_everything_is_reached_by_the_keyboard(begin: Begin, echo: int) -> None:
    play = begin(Grants(grants=(*port_grants(echo, 9).grants, TerminalGrant(until=soon()))))
    play.desk.activateWindow()
    play.desk._case.session.take_up_ports()
    play.until(lambda: play.find("portOpen1").hasFocus())
    QTest.keyClick(play.find("portOpen1"), Qt.Key.Key_Backtab)
    assert play.find("showPorts").hasFocus()
    QTest.keyClick(play.find("showPorts"), Qt.Key.Key_Tab)
    QTest.keyClick(play.find("portOpen1"), Qt.Key.Key_Space)
    play.until(lambda: play.find("portHere1").hasFocus())
    met = []
    for _ in range(4):
        QTest.keyClick(play.desk.focusWidget(), Qt.Key.Key_Tab)
        met.append(play.desk.focusWidget().objectName())
    assert met == ["portHere1Copy", "portClose1", "portOpen2", "useOpenSsh"]
    QTest.keyClick(play.find("portClose1"), Qt.Key.Key_Space)
    assert play.shows("portOpen1")


@pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH's client is not here")
def test_openssh_works_by_the_line_that_is_shown_and_all_is_gone_at_the_end(
    begin: Begin, tmp_path: Path, anna: Party
) -> None:
    play = begin(Grants(grants=(TerminalGrant(until=soon()),)))
    config = tmp_path / "of my own" / "møller's.ssh_config"
    config.parent.mkdir()
    press(play.desk, "showPorts")
    play.choose_config(config)
    play.until(lambda: play.shows("sshLine"))
    line = play.says("sshLine")
    press(play.desk, "sshLineCopy")
    assert QGuiApplication.clipboard().text() == line
    command = [*shlex.split(line), "echo hello"]
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    assert (done.stdout, done.returncode) == (b"hello\n", 0)
    play.session.end()
    play.until(lambda: not play.desk._session.is_live)
    assert not config.exists()
    assert not play.shows("sshLine")
    assert play.says("sshLine") == ""


def test_the_config_is_removed_when_the_technician_wants_it(begin: Begin, tmp_path: Path) -> None:
    play = begin(Grants(grants=(TerminalGrant(until=soon()),)))
    press(play.desk, "showPorts")
    play.choose_config(tmp_path / "one.ssh_config")
    play.until(lambda: play.shows("sshLine"))
    press(play.desk, "sshRemove")
    play.until(lambda: not (tmp_path / "one.ssh_config").exists())
    assert play.shows("useOpenSsh")


def test_somebodys_own_file_is_not_replaced(begin: Begin, tmp_path: Path) -> None:
    play = begin(Grants(grants=(TerminalGrant(until=soon()),)))
    mine = tmp_path / "config"
    mine.write_text("Host mine\n")
    press(play.desk, "showPorts")
    play.choose_config(mine)
    play.until(lambda: "cannot be written" in play.says("sshSays"))
    assert mine.read_text() == "Host mine\n"
    assert play.shows("useOpenSsh")


def test_the_customers_stop_takes_everything_away(begin: Begin, echo: int) -> None:
    play = begin(port_grants(echo))
    address = play.open_first()
    play.customer.stop()
    play.until(lambda: not play.desk._session.is_live)
    assert not play.shows("ports")
    assert play.desk._case.session.ports.open_count == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(address, 5)
