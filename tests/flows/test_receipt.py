"""The customer's receipt: everything that was done, in plain words, and nothing in it can act."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain.events import AuditHead, EndReason, SessionEnded, SessionStarted
from app.flows.errors import ReceiptNotWrittenError
from app.flows.party import Party
from app.flows.read_session import commands_of, files_of
from app.flows.receipt import receipt_html, save_receipt
from tests.flows.conftest import Town

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def _line(kind: str, **details: object) -> bytes:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps({"at": at, "details": details, "kind": kind, "prev": "0" * 64, "seq": 1}).encode() + b"\n"


def _was_helped(lone: Party, case_id: UUID) -> None:
    """A session as its two ends leave it in the log."""
    audit = (
        _line("session", technician="Anna")
        + _line("command", what=f"echo {HOSTILE}")
        + _line("ended", what=f"echo {HOSTILE}", exit_status=3)
        + _line("file_received", what="/home/lone/<b>notes</b>.txt", bytes=1234567, sha256="a" * 64)
        + json.dumps({"seal": {}}).encode()
        + b'\n{"at":"torn'
    )
    session = uuid4()
    started = SessionStarted(
        session=session, technician=HOSTILE, customer_key="c", technician_key="t", relay="127.0.0.1"
    )
    ended = SessionEnded(
        session=session,
        reason=EndReason.CUSTOMER_STOPPED,
        seconds=840,
        commands=1,
        files=1,
        audit=lone.store.put_blob(audit),
        audit_head=AuditHead(lines=4, head="b" * 64, customer_signature="x", technician_signature="y"),
    )
    lone.write(case_id, started)
    lone.write(case_id, ended)


def test_it_tells_what_was_done_in_plain_words(town: Town) -> None:
    lone, case_id = town.customer_with_case("It hums & rattles")
    _was_helped(lone, case_id)
    page = receipt_html(lone, case_id)
    for sentence in (
        "Put the file",
        "(1.2 MB)",
        "14 min, 1 command, 1 file; customer stopped",
        "It hums &amp; rattles",
        "b" * 64,
    ):
        assert sentence in page
    session = lone.store.case(case_id).sessions[0]
    assert [(done.command, done.exit_status) for done in commands_of(lone, session)] == [(f"echo {HOSTILE}", 3)]
    assert [(file.bytes, file.sha256) for file in files_of(lone, session)] == [(1234567, "a" * 64)]


def test_without_a_session_it_says_that_nobody_was_in(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    assert "Nobody was on your computer" in receipt_html(lone, case_id)


def test_what_people_wrote_stays_text_in_a_real_browser(town: Town, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium on this machine (Ubuntu has none as a package)")
    lone, case_id = town.customer_with_case(HOSTILE)
    _was_helped(lone, case_id)
    receipt = tmp_path / "receipt.html"
    save_receipt(lone, case_id, receipt)
    dom = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", receipt.as_uri(),
        ],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert "owned</title>" not in dom
    assert "<title>Receipt" in dom
    assert "<img" not in dom
    assert "<script" not in dom
    assert "&lt;img src=x" in dom


def test_a_receipt_that_cannot_be_written_says_why(town: Town, tmp_path: Path) -> None:
    lone, case_id = town.customer_with_case()
    with pytest.raises(ReceiptNotWrittenError, match="No such file"):
        save_receipt(lone, case_id, tmp_path / "nowhere" / "receipt.html")
