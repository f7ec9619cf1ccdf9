"""Draws each page of Get help to PNG files, to be looked at: `python -m tests.gethelp.pictures FOLDER [long]`.

With `long`, all texts are 40 % longer, as German and Danish can be.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from app.diagnostics.pseudonyms import Replacement
from app.diagnostics.redact import Redacted
from app.diagnostics.report import Report
from app.domain.consent import (
    ColleagueGrant,
    ColleagueWish,
    FilesGrant,
    FilesWish,
    Grants,
    PortGrant,
    PortWish,
    TerminalGrant,
    TerminalWish,
)
from app.domain.events import Audience, AuditHead, Certainty, EndReason, NoteAdded
from app.domain.finding import Evidence, Finding, Level
from app.domain.knowledge import Article, Readers
from app.domain.progress import Progress, Unit, Work
from app.flows.diagnose import Diagnosis
from app.flows.host_session import Asked, SecretAsked
from app.flows.refused import Refused, Settlement
from app.flows.synchronise import SyncState, Trouble
from app.gethelp.agree_page import AgreePage
from app.gethelp.asked_page import AskedPage
from app.gethelp.code_page import CodePage
from app.gethelp.describe_page import DescribePage
from app.gethelp.done_page import Answer, DonePage
from app.gethelp.frame import frame
from app.gethelp.in_step import InStep
from app.gethelp.live_bar import LiveBar
from app.gethelp.live_page import LivePage
from app.gethelp.not_taken import NotTaken
from app.gethelp.page import Page
from app.gethelp.preview_page import PreviewPage
from app.gethelp.share_page import SharePage
from app.remote.outcome import Ended
from app.system.clock import SystemClock, new_id
from app.widgets import theme
from app.widgets.dress import dress
from app.widgets.labels import Label
from app.widgets.layouts import column
from tests.widgets.driving import press
from tests.widgets.longer import lengthen_texts

PROVIDER = "Example IT"
NOW = datetime(2026, 11, 22, 12, 31, tzinfo=UTC)


def findings() -> tuple[Finding, ...]:
    """One of each level and some more."""
    said = (
        (Level.OK, "The network works: the way out answers in 2 ms."),
        (Level.NOTICE, "The disk / is nearly full: 2.1 GB of 250 GB are free, and updates need more than that."),
        (Level.OK, "The mail server answers."),
        (Level.UNKNOWN, "The printer did not answer in time."),
        (Level.PROBLEM, "The print service is not running."),
        (Level.OK, "Memory is fine: 9.2 GB of 16 GB are free."),
    )
    evidence = Evidence(name="free", value=2.1, unit="GB")
    return tuple(
        Finding(check=f"check{n}", level=level, sentence=text, seconds=0.1, evidence=(evidence,))
        for n, (level, text) in enumerate(said)
    )


def diagnosis() -> Diagnosis:
    """What a computer could have found out."""
    report = Report(at=NOW, seconds=2.4, findings=findings())
    replaced = (
        Replacement(kind="user", original="k.moeller", pseudonym="user-1", count=4),
        Replacement(kind="host", original="PC-MOELLER-2", pseudonym="host-1", count=2),
        Replacement(kind="mac", original="3c:52:82:11:07:af", pseudonym="mac-1", count=1),
    )
    return Diagnosis(report, Redacted(report=report, replaced=replaced))


def ended() -> Ended:
    """A session as it could have ended."""
    head = AuditHead(lines=20, head="0" * 64)
    return Ended(EndReason.TECHNICIAN_LEFT, 812.0, 6, 1, head, Path("audit"), Path("recording"))


def grants() -> Grants:
    """Both capabilities."""
    until = NOW + timedelta(minutes=30)
    return Grants(grants=(TerminalGrant(until=until), FilesGrant(folder="/home/k.moeller/Invoices", until=until)))


def wide_grants() -> Grants:
    """A port too."""
    until = NOW + timedelta(minutes=30)
    port = PortGrant(host="printer.office.example", port=631, address="192.0.2.7", until=until)
    return Grants(grants=(*grants().grants, port))


def live_pages() -> dict[str, LivePage]:
    """The page with somebody in, in the states that matter."""
    shown = {"5-live": _live(), "5-terminal": _live(), "5-wish": _live(), "5-wish-long": _live()}
    press(shown["5-terminal"], "showTerminal")
    wish = FilesWish(folder="/home/k.moeller/Invoices")
    shown["5-wish"].wishes.ask(Asked(1, "Anna", wish, 10, "To see the failed bill"), NOW)
    long = shown["5-wish-long"].wishes
    port = PortWish(host="printer.office.example", port=631)
    long.ask(Asked(2, "Anna", port, 10, "<b>To see</b> what the printer's own page says of the queue. " * 4), NOW)
    long.ask(Asked(3, "Anna", TerminalWish(), 480, "x"), NOW)
    asked = long.current
    assert asked is not None
    long.fail(asked, "This computer knows no machine called “printer.office.example”. Check the name.")
    for name, program, protected in (("5-secret", "sudo", True), ("5-secret-caution", "readpw", False)):
        shown[name] = _live()
        shown[name].secrets.ask(SecretAsked(1, program, protected))
    for name in ("wish", "code", "burnt", "here", "and-wish"):
        shown[f"5-colleague-{name}"] = _live()
    until = NOW + timedelta(minutes=20)
    invited = ColleagueGrant(name="Bo Larsen", may_type=True, until=until)
    wish_for = ColleagueWish(name="Bo Larsen", may_type=True)
    shown["5-colleague-wish"].wishes.ask(Asked(1, "Anna", wish_for, 20, "Bo knows this printer well"), NOW)
    for name in ("5-colleague-code", "5-colleague-burnt", "5-colleague-and-wish"):
        shown[name].show_grants(Grants(grants=(*grants().grants, invited)))
        shown[name].colleague.show_code("Bo Larsen", "48217305", until)
    shown["5-colleague-burnt"].colleague.burned("Bo Larsen", 0, "Cy")
    shown["5-colleague-and-wish"].wishes.ask(Asked(1, "Anna", wish, 10, "To see the failed bill"), NOW)
    shown["5-colleague-here"].show_grants(Grants(grants=(*grants().grants, invited)))
    shown["5-colleague-here"].may.show_here(("Bo Larsen",), NOW)
    shown["5-paused"] = _live()
    shown["5-paused"].show_paused(True)
    shown["5-lost"] = _live()
    shown["5-lost"].show_reach(False)
    shown["5-off"] = _live()
    shown["5-off"].show_grants(Grants(grants=grants().grants[:1]))
    shown["5-refused"] = _live()
    shown["5-refused"].show_grants(Grants(grants=grants().grants[:1]))
    why = "The folder /home/k.moeller/Invoices/2026 cannot be opened: No such file or directory."
    shown["5-refused"].refused(why, NOW)
    return shown


def tip(times: int = 1) -> Article:
    """What the shop wrote for customers."""
    text = "1. Lift the lid of the printer.\n2. Pull the paper out, slowly and with both hands.\n3. Close the lid.\n\n"
    return Article(
        id=UUID(int=1),
        title="Paper is jammed in the printer",
        text=text * times,
        language="en",
        readers=Readers.CUSTOMERS,
    )


def pages() -> dict[str, Page]:
    """Every page in the states that matter."""
    shown: dict[str, Page] = {}
    shown["1-describe"] = DescribePage(PROVIDER, "")
    shown["2-looking"] = SharePage(PROVIDER)
    shown["2-share"] = share = SharePage(PROVIDER)
    share.finished(diagnosis())
    shown["2-preview"] = preview = PreviewPage(PROVIDER)
    preview.show_diagnosis(diagnosis())
    shown["3-agree"] = agree = AgreePage(PROVIDER, lambda: NOW)
    press(agree, "agreeFolder")
    shown["3-asked"] = asked = AskedPage(PROVIDER)
    asked.sent("7QF-2MK", pending=False)
    shown["3-asked-tip"] = advised = AskedPage(PROVIDER)
    advised.sent("7QF-2MK", pending=False)
    advised.tip.show_tip(tip(9))
    shown["4-code"] = code = CodePage(PROVIDER, SystemClock())
    code.begin()
    code.show_code("48217305", NOW + timedelta(minutes=10))
    shown["4-tip"] = tipped = CodePage(PROVIDER, SystemClock())
    tipped.begin()
    tipped.show_code("48217305", NOW + timedelta(minutes=10))
    tipped.tip.show_tip(tip())
    shown["4-burned"] = burned = CodePage(PROVIDER, SystemClock())
    burned.begin()
    burned.burned(0)
    shown["4-failed"] = failed = CodePage(PROVIDER, SystemClock())
    failed.begin()
    failed.failed("https://support.example.com is not reachable. Look whether this computer is online, then try again.")
    shown.update(live_pages())
    shown["6-done"] = done = DonePage()
    done.begin(ended(), "Anna")
    shown["6-forced"] = forced = DonePage()
    forced.begin(replace(ended(), forced=True, left=1), "Anna")
    shown["6-answered"] = answered = DonePage()
    answered.begin(ended(), "Anna")
    answered.answered_with(Answer.FIXED)
    return shown


def _live() -> LivePage:
    live = LivePage(Fixed())
    live.begin("Anna", wide_grants())
    sentences = (
        "Opened a terminal",
        "Ran: systemctl status cups",
        "Ran: systemctl restart cups",
        "Fetched the file 2026-11.pdf",
        "Connected to printer.office.example:631",
    )
    for minute, sentence in enumerate(sentences):
        live.did(NOW + timedelta(minutes=minute), sentence)
    live.screen_view.output(b"$ systemctl status cups\r\n\x1b[31m\xe2\x97\x8f\x1b[0m cups.service - CUPS Scheduler\r\n")
    live.screen_view.output(b"     Active: \x1b[1;31mfailed\x1b[0m (Result: exit-code)\r\n$ ")
    return live


class Fixed:
    """A clock that stands."""

    def now(self) -> datetime:
        """Always the same moment."""
        return NOW


def draw_in_step(folder: Path, suffix: str) -> None:
    """What stands at the bottom of the window, in the states that matter."""
    well = SyncState(True, 0, 0, NOW, synced_at=NOW)
    upload = Progress(Work.UPLOAD, 3_100_000, 12_000_000, Unit.BYTES)
    states = {
        "well": well,
        "sending": replace(well, progress=upload, pending=3),
        "stopped": replace(well, stopped=True),
        "offline": replace(well, online=False, pending=2, trouble=Trouble.OFFLINE),
        "busy": replace(well, pending=2, trouble=Trouble.BUSY),
        "shut-out": replace(well, trouble=Trouble.SHUT_OUT),
        "anew": replace(well, trouble=Trouble.READING_ANEW),
        "refused": replace(well, refused=1),
    }
    for name, state in states.items():
        page = DescribePage(PROVIDER, "Lone")
        window = QWidget()
        card, line = NotTaken(page), InStep()
        bottom = column(card)
        bottom.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.TIGHT)
        body = QWidget()
        body.setLayout(column(page, bottom, line, gap=0))
        frame(window, Label(PROVIDER, part="large"), body)
        window.show()
        line.show_state(state, PROVIDER)
        line.show()
        if state.refused:
            card.show_refused((refused(),), PROVIDER)
            card.show()
            card._enable(True)
        _wait(2200 if state.progress else 30)
        window.grab().save(str(folder / f"7-{name}{suffix}.png"))
        if window.width() > theme.CUSTOMER_WINDOW[0] or window.height() > theme.CUSTOMER_WINDOW[1]:
            print(name, suffix, "is too large:", window.width(), window.height())  # noqa: T201
        window.close()


def refused() -> Refused:
    """Something that the provider could not take."""
    words = "It is not fixed yet: the printer prints the first page, and then it stops and blinks."
    body = NoteAdded(text=words, certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER)
    why = "Newer work of this device, or other work with the same number, is there already."
    return Refused(new_id(), new_id(), NOW, body, words, why, words, Settlement.OPEN, None)


def draw(folder: Path, suffix: str) -> None:
    """Draw all pages once."""
    draw_in_step(folder, suffix)
    for name, page in pages().items():
        window = QWidget()
        window.setProperty("part", "window")
        dress(window, theme.CUSTOMER)
        box = QVBoxLayout(window)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page)
        window.resize(*theme.CUSTOMER_WINDOW)
        window.show()
        _wait(120 if name.startswith("5") else 30)
        for button in window.findChildren(QPushButton):
            if button.objectName() in ("allowWish", "declineWish", "showSecretField", "sendSecret"):
                button.setEnabled(True)  # as they are a moment after the card appeared
        window.grab().save(str(folder / f"{name}{suffix}.png"))
        if window.width() > theme.CUSTOMER_WINDOW[0] or window.height() > theme.CUSTOMER_WINDOW[1]:
            print(name, suffix, "is too large:", window.width(), window.height())  # noqa: T201
        window.close()
    owner = QWidget()
    bar = LiveBar(owner)
    bar.show_for("Anna")
    bar.show_time("12:40")
    for name, paused, reached, asks in (
        ("bar", False, True, False),
        ("bar-paused", True, True, False),
        ("bar-lost", False, False, False),
        ("bar-asked", False, True, True),
    ):
        bar.show_paused(paused)
        bar.show_reach(reached)
        bar.show_asks(asks)
        _wait(30)
        bar.grab().save(str(folder / f"5-{name}{suffix}.png"))
    bar.close()


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Draw light and dark."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    long = "-long" if "long" in sys.argv else ""
    if long:
        lengthen_texts()
    application = QApplication([])
    for name, dark in (("light", False), ("dark", True)):
        theme.is_dark = partial(bool, dark)
        draw(folder, f"-{name}{long}")
    application.quit()


if __name__ == "__main__":
    main()
