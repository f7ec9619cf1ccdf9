"""The customer's receipt: everything that was done, in plain words, and nothing in it can act."""

import shutil
import subprocess
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain.events import AuditHead, EndReason, SessionEnded, SessionStarted
from app.flows.ask_colleague import ask_colleague
from app.flows.choose import choose, offer_alternatives, way
from app.flows.errors import ReceiptNotWrittenError
from app.flows.give_estimate import give_estimate
from app.flows.party import Party
from app.flows.read_session import commands_of, files_of
from app.flows.receipt import receipt_html, save_receipt
from app.flows.synchronise import synchronise
from app.flows.take_case import take_case
from app.remote.audit import AuditWriter
from app.remote.audit_lines import Opening, statement
from app.remote.keys import new_key, public_text, sign
from app.remote.verify import verify
from app.system.clock import SystemClock
from tests.flows.conftest import Town

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def _audit(case_id: UUID, session: UUID, folder: Path) -> tuple[bytes, Opening]:
    """A real audit, signed by both ends, in which a technician tried to make the receipt act."""
    customer, technician = new_key(), new_key()
    opening = Opening(
        session=session,
        case=case_id,
        customer_key=public_text(customer),
        technician_key=public_text(technician),
        technician=HOSTILE,
        relay="127.0.0.1:7022",
    )
    path = folder / f"{session}.audit.jsonl"
    writer = AuditWriter(path, opening, customer, SystemClock())
    writer.append("colleague_came", what=f"Bo {HOSTILE}", key="ssh-ed25519 AAAA")
    writer.append("command", what=f"echo {HOSTILE}")
    writer.append("ended", what=f"echo {HOSTILE}", exit_status=3)
    writer.append("file_received", what="/home/lone/<b>notes</b>.txt", bytes=1234567, sha256="a" * 64)
    half = writer.half_seal()
    writer.seal(half, sign(technician, "audit head", statement(session, half)))
    writer.close()
    return path.read_bytes(), opening


def _was_helped(lone: Party, case_id: UUID, *, changed: bool = False) -> str:
    """A session as its two ends leave it in the log. Returns the head of its audit."""
    session = uuid4()
    audit, opening = _audit(case_id, session, lone.home.recordings)
    head = verify(audit).head
    started = SessionStarted(
        session=session,
        technician=HOSTILE,
        customer_key=opening.customer_key,
        technician_key=opening.technician_key,
        relay=opening.relay,
    )
    ended = SessionEnded(
        session=session,
        reason=EndReason.CUSTOMER_STOPPED,
        seconds=840,
        commands=1,
        files=1,
        audit=lone.store.put_blob(audit.replace(b"1234567", b"1234568") if changed else audit),
        audit_head=AuditHead(lines=5, head=head, customer_signature="claimed", technician_signature="claimed"),
    )
    lone.write(case_id, started)
    lone.write(case_id, ended)
    return head


def test_it_tells_what_was_done_in_plain_words(town: Town) -> None:
    lone, case_id = town.customer_with_case("It hums & rattles")
    head = _was_helped(lone, case_id)
    page = receipt_html(lone, case_id)
    for sentence in (
        "Put the file",
        "Also there, as you allowed: Bo &lt;img",
        "(1.2 MB)",
        "14 min, 1 command, 1 file; customer stopped",
        "It hums &amp; rattles",
        head,
    ):
        assert sentence in page
    session = lone.store.case(case_id).sessions[0]
    assert [(done.command, done.exit_status) for done in commands_of(lone, session)] == [(f"echo {HOSTILE}", 3)]
    assert [(file.bytes, file.sha256) for file in files_of(lone, session)] == [(1234567, "a" * 64)]


def test_it_tells_what_was_agreed_on_the_way_and_nothing_that_colleagues_said_among_themselves(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    take_case(anna, case_id)
    give_estimate(anna, case_id, None, 40)
    give_estimate(anna, case_id, None, 90, "The drum is <b>glued</b> in")
    ask_colleague(anna, case_id, "Is Lone always like that?")
    offer_alternatives(anna, case_id, "Which way?", [way("Repair", ["Cheap"]), way("Buy", [], ["Dear"])])
    synchronise(lone)
    choose(lone, case_id, None)
    page = receipt_html(lone, case_id)
    for words in (
        "Takes about 40 min of work",
        "Why: The drum is &lt;b&gt;glued&lt;/b&gt; in",
        "1. Repair (+ Cheap)",
        "leaves the choice to the technician",
    ):
        assert words in page
    assert "always like that" not in page


def test_a_head_that_the_audit_does_not_prove_is_not_called_signed(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    head = _was_helped(lone, case_id, changed=True)
    page = receipt_html(lone, case_id)
    assert "(1.2 MB)" in page
    assert head not in page
    assert "Signed by both ends" not in page


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
