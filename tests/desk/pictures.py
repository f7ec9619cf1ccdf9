"""Draws the desk to PNG files, to be looked at: `python -m tests.desk.pictures FOLDER [long]`."""

import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QWidget

from app.desk.port_row import Place
from app.desk.session_panel import SessionPanel
from app.desk.window import DeskWindow
from app.domain.consent import FilesGrant, Grants, PortGrant, TerminalGrant
from app.domain.events import Audience, CaseTaken, Certainty, Stream, WorkKind
from app.domain.progress import Progress, Unit, Work
from app.flows.party import Party
from app.flows.propose_solution import propose_solution
from app.flows.record_work import record_work
from app.flows.synchronise import SyncState, Trouble
from app.flows.take_case import take_case
from app.flows.write_note import write_note
from app.widgets import theme
from tests.widgets.driving import press, write
from tests.widgets.longer import lengthen_texts
from tests.widgets.people import open_case, recorded_session, technician

OUTPUT = """$ systemctl status cups
● cups.service - CUPS Scheduler
     Active: \x1b[1;31mfailed\x1b[0m (Result: exit-code)
$ sudo systemctl restart cups
$ systemctl is-active cups
\x1b[32mactive\x1b[0m
$ """


def fill(anna: Party) -> tuple[UUID, UUID]:
    """A queue with cases on every shelf. Returns the case that is worked on, and its session."""
    open_case(anna, "The mail says that the mailbox is full", waits=True)
    open_case(anna, "I do not know what is wrong. Everything is slow since the update on Monday morning")
    open_case(anna, "Wi-Fi in the meeting room drops")
    case_id = open_case(anna, "The printer prints nothing\nIt did yesterday.")
    take_case(anna, case_id)
    write_note(anna, case_id, "The spooler has stopped, its log says “disk full”.", Certainty.VERIFIED)
    write_note(anna, case_id, "I think the scanner fills the disk with copies.", Certainty.ASSUMED, Audience.INTERNAL)
    session = recorded_session(anna, case_id, OUTPUT)
    now = anna.clock.now()
    record_work(anna, case_id, now - timedelta(minutes=14), now, WorkKind.COVERED, "Restarted the print service")
    propose_solution(anna, case_id, "The print service runs again, old copies are gone.", Certainty.VERIFIED)
    return case_id, session


def draw(folder: Path, suffix: str, size: tuple[int, int]) -> None:
    """Draw the desk in the states that matter."""
    with tempfile.TemporaryDirectory() as home:
        anna = technician(Path(home))
        case_id, session = fill(anna)
        window = DeskWindow(anna)
        window.resize(*size)
        window.show()
        _wait(700)
        _save(window, folder / f"1-queue{suffix}")
        window.show_case(case_id)
        _wait(500)
        _save(window, folder / f"2-case{suffix}")
        panel = window._case.session
        window._case.make_room(terminal=True)
        panel.show_connecting()
        _show_live(panel, anna)
        window._status.show_session("Møller & Søn")
        window._case.composer.show_time()
        panel.terminal.output(OUTPUT.replace("\n", "\r\n").encode())
        _wait(400)
        _save(window, folder / f"3-session{suffix}")
        _draw_ports(window, anna, folder, suffix)
        _draw_asking(window, anna, folder, suffix)
        window._status.show_session("")
        _draw_looking(window, folder, suffix)
        panel.show_waiting(waiting=True)
        _draw_sync(window, anna, case_id, folder, suffix)
        window.show_search()
        field = window.findChild(QLineEdit, "searchField")
        assert field is not None
        field.setText("disk")
        _wait(500)
        _save(window, folder / f"4-search{suffix}")
        window.show_replay(session)
        _wait(500)
        _save(window, folder / f"5-replay{suffix}")
        window.close()
        anna.close()


def _draw_ports(window: DeskWindow, anna: Party, folder: Path, suffix: str) -> None:
    """Nothing allowed, ports to open, ports that are open, and what came to nothing."""
    panel = window._case.session
    panel.ports.show_allowed((), anything=False)
    panel.take_up_ports()
    _wait(100)
    _save(window, folder / f"3-ports-none{suffix}")
    printer, desktop = Place("printer.office.example", 631), Place("192.168.1.20", 3389)
    panel.ports.show_allowed((printer, desktop), anything=True)
    _wait(100)
    _save(window, folder / f"3-ports{suffix}")
    panel.ports.show_open(desktop, 54321)
    panel.ports.show_config("ssh -F /home/anna/.local/share/bistand/openssh/7QF-2MK.ssh_config customer")
    _wait(100)
    _save(window, folder / f"3-ports-open{suffix}")
    panel.ports.show_open(printer, 54322)
    panel.ports.show_allowed((printer,), anything=True)
    panel.ports.say(
        printer, "14:02: The customer has not allowed this: reaching printer, port 631. Ask them to grant it."
    )
    panel.ports.show_config("")
    _wait(100)
    _save(window, folder / f"3-ports-gone{suffix}")
    press(window, "showPorts")
    panel.ports.rest()


def _draw_asking(window: DeskWindow, anna: Party, folder: Path, suffix: str) -> None:
    """Out of reach, paused, asking, and answered."""
    panel = window._case.session
    panel.state.show_reach(False)
    panel.ask_line.take_up()
    choose(window, "askKind", 1)
    write(window, "askPlace", "/home/k.moeller/Invoices")
    write(window, "askWhy", "To see the failed bill")
    _wait(100)
    _save(window, folder / f"3-ask{suffix}")
    choose(window, "askKind", 5)
    write(window, "askPlace", "Bo Larsen")
    _wait(100)
    _save(window, folder / f"3-ask-colleague{suffix}")
    choose(window, "askKind", 1)
    write(window, "askPlace", "/home/k.moeller/Invoices")
    press(window, "askSend")
    panel.state.show_reach(True)
    panel.state.show_allowed(panel_grants(anna), paused=True)
    panel.show_shell(there=False, allowed=True)
    panel.banner.say("The terminal is closed: it was left, or the customer took it back.", "notice")
    _wait(100)
    _save(window, folder / f"3-asked{suffix}")
    panel.banner.clear()
    panel.answered("Allowed: read the folder Invoices.", "ok")
    _wait(100)
    _save(window, folder / f"3-answered{suffix}")


def _draw_looking(window: DeskWindow, folder: Path, suffix: str) -> None:
    """A colleague is in: the way to look on, and looking on."""
    panel = window._case.session
    panel.banner.clear()
    panel.show_colleague("Bo Larsen")
    window._case.make_room(terminal=False)
    _save(window, folder / f"6-colleague-in{suffix}")
    window._case.make_room(terminal=True)
    panel.show_watching("Bo Larsen", "Møller & Søn", may_type=False)
    panel.terminal.output(OUTPUT.replace("\n", "\r\n").encode())
    _wait(300)
    _save(window, folder / f"6-looking-on{suffix}")


def _draw_sync(window: DeskWindow, anna: Party, case_id: UUID, folder: Path, suffix: str) -> None:
    """What was refused, and how the service stands."""
    window._case.make_room(terminal=False)
    note = write_note(anna, case_id, "The scanner's own disk is full too; it began there.", Certainty.ASSUMED)
    work = record_work(anna, case_id, note.at - timedelta(minutes=5), note.at, WorkKind.COVERED, "Cleared the scanner")
    taken = anna.store.append(anna.me, Stream.CASE, open_case(anna, "The mailbox"), CaseTaken())
    anna.store.refuse(note.id, "Newer work of this device, or other work with the same number, is there already.")
    anna.store.refuse(work.id, "Work cannot lie in the future.")
    anna.store.refuse(taken.id, "Kim has this case already. Ask for a handover.")
    window._sync.close()
    window.refresh()
    _wait(400)
    now = anna.clock.now()
    state = SyncState(True, 3, 3, now, synced_at=now)
    window._status.show_state(state)
    window._case.timeline.show_refused()
    _wait(200)
    _save(window, folder / f"7-refused{suffix}")
    press(window, f"amend-{note.id}")
    _wait(300)
    _save(window, folder / f"7-anew{suffix}")
    press(window, "leaveAnew")
    press(window, f"discard-{note.id}")
    _wait(300)
    question = window.findChild(QDialog, "question")
    assert question is not None
    question.grab().save(str(folder / f"7-discard{suffix}.png"))
    question.reject()
    window.show_case(taken.stream_id)
    _wait(300)
    window._case.timeline.show_refused()
    _wait(100)
    _save(window, folder / f"7-refused-take{suffix}")
    window.show_case(case_id)
    _draw_states(window, state, folder, suffix)


def _draw_states(window: DeskWindow, state: SyncState, folder: Path, suffix: str) -> None:
    """The line at the bottom."""
    fetching = Progress(Work.FETCH, 212_500, 1_000_000)
    states = {
        "fetching": replace(state, progress=fetching, pending=12_000),
        "following": replace(state, progress=replace(fetching, what=Work.FOLLOW), pending=12_000),
        "uploading": replace(state, progress=Progress(Work.UPLOAD, 3_100_000, 12_000_000, Unit.BYTES)),
        "uncounted": replace(state, progress=Progress(Work.FETCH, 4_500)),
        "stopped": replace(state, stopped=True),
        "offline": replace(state, online=False, trouble=Trouble.OFFLINE),
        "shut-out": replace(state, trouble=Trouble.SHUT_OUT),
        "busy": replace(state, trouble=Trouble.BUSY),
        "anew": replace(state, trouble=Trouble.READING_ANEW, progress=fetching),
    }
    for name, other in states.items():
        window._status.show_state(other)
        window._status.show_session("Møller & Søn" if name == "fetching" else "")
        _wait(700 if other.progress else 50)
        status = window.findChild(QWidget, "status")
        assert status is not None
        status.grab().save(str(folder / f"8-{name}{suffix}.png"))


def panel_grants(anna: Party) -> Grants:
    """All kinds at once."""
    until = anna.clock.now() + timedelta(minutes=30)
    return Grants(
        grants=(
            TerminalGrant(until=until),
            FilesGrant(folder="/home/k.moeller/Invoices", write=False, until=until),
            PortGrant(host="printer.office.example", port=631, address="192.0.2.7", until=until),
        )
    )


def choose(window: DeskWindow, name: str, place: int) -> None:
    """Choose one of a few."""
    box = window.findChild(QComboBox, name)
    assert box is not None
    box.setCurrentIndex(place)


def _show_live(panel: SessionPanel, anna: Party) -> None:
    panel.show_live("Møller & Søn")
    panel.state.begin(panel_grants(anna), reached=True, paused=False)
    panel.show_shell(there=True, allowed=True)


def _save(window: DeskWindow, path: Path) -> None:
    window.grab().save(f"{path}.png")


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Draw light and dark, at the usual and at the least size."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    long = "-long" if "long" in sys.argv else ""
    if long:
        lengthen_texts()
    application = QApplication([])
    for name, dark in (("light", False), ("dark", True)):
        theme.is_dark = partial(bool, dark)
        draw(folder, f"-{name}{long}", theme.DESK_WINDOW)
    theme.is_dark = bool
    draw(folder, f"-small{long}", theme.DESK_LEAST)
    application.quit()


if __name__ == "__main__":
    main()
