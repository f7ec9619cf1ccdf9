"""Draws each page of Get help to PNG files, to be looked at: `python -m tests.gethelp.pictures FOLDER [long]`.

With `long`, all texts are 40 % longer, as German and Danish can be.
"""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.diagnostics.pseudonyms import Replacement
from app.diagnostics.redact import Redacted
from app.diagnostics.report import Report
from app.domain.consent import FilesGrant, Grants, TerminalGrant
from app.domain.events import AuditHead, EndReason
from app.domain.finding import Evidence, Finding, Level
from app.flows.diagnose import Diagnosis
from app.gethelp.agree_page import AgreePage
from app.gethelp.asked_page import AskedPage
from app.gethelp.code_page import CodePage
from app.gethelp.describe_page import DescribePage
from app.gethelp.done_page import Answer, DonePage
from app.gethelp.live_bar import LiveBar
from app.gethelp.live_page import LivePage
from app.gethelp.page import Page
from app.gethelp.preview_page import PreviewPage
from app.gethelp.share_page import SharePage
from app.remote.outcome import Ended
from app.system.clock import SystemClock
from app.widgets import theme
from app.widgets.dress import dress
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
    shown["4-code"] = code = CodePage(PROVIDER, SystemClock())
    code.begin()
    code.show_code("48217305", NOW + timedelta(minutes=10))
    shown["4-burned"] = burned = CodePage(PROVIDER, SystemClock())
    burned.begin()
    burned.burned(0)
    shown["4-failed"] = failed = CodePage(PROVIDER, SystemClock())
    failed.begin()
    failed.failed("https://support.example.com is not reachable. Look whether this computer is online, then try again.")
    shown["5-live"] = _live(terminal=False)
    shown["5-terminal"] = _live(terminal=True)
    shown["6-done"] = done = DonePage()
    done.begin(ended(), "Anna")
    shown["6-answered"] = answered = DonePage()
    answered.begin(ended(), "Anna")
    answered.answered_with(Answer.FIXED)
    return shown


def _live(*, terminal: bool) -> LivePage:
    live = LivePage(SystemClock())
    live.begin("Anna", grants())
    for minute, sentence in enumerate(("Opened a terminal", "Ran: systemctl status cups", "Ran: systemctl restart cups",
                                       "Fetched the file /home/k.moeller/Invoices/2026-11.pdf")):  # fmt: skip
        live.did(NOW + timedelta(minutes=minute), sentence)
    live.screen_view.output(b"$ systemctl status cups\r\n\x1b[31m\xe2\x97\x8f\x1b[0m cups.service - CUPS Scheduler\r\n")
    live.screen_view.output(b"     Active: \x1b[1;31mfailed\x1b[0m (Result: exit-code)\r\n$ ")
    if terminal:
        press(live, "showTerminal")
    return live


def draw(folder: Path, suffix: str) -> None:
    """Draw all pages once."""
    for name, page in pages().items():
        window = QWidget()
        window.setProperty("part", "window")
        dress(window, theme.CUSTOMER)
        box = QVBoxLayout(window)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page)
        window.resize(*theme.CUSTOMER_WINDOW)
        window.show()
        for _ in range(5):
            QApplication.processEvents()
        window.grab().save(str(folder / f"{name}{suffix}.png"))
        if window.width() > theme.CUSTOMER_WINDOW[0]:
            print(name, suffix, "is too wide:", window.width())  # noqa: T201
        window.close()
    owner = QWidget()
    bar = LiveBar(owner)
    bar.show_for("Anna")
    bar.show_time("12:40")
    QApplication.processEvents()
    bar.grab().save(str(folder / f"5-bar{suffix}.png"))
    bar.close()


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
