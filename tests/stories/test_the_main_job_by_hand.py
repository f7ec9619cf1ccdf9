"""The main job, typed by hand: every party a process of its own, with its own home and a real keyring."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.shop import Person, Shop

pytestmark = pytest.mark.keyring
SECRET_WORD = "Kørekortsag"


def test_a_customer_gets_help_and_a_colleague_reads_it_all_offline(shop: Shop, tmp_path: Path) -> None:
    lone, anna, bo = shop.person("lone"), shop.technician("Anna"), shop.technician("Bo")
    folder = tmp_path / "Invoices"
    folder.mkdir()
    (folder / "invoice.txt").write_text("42 kroner\n")
    parcel = tmp_path / "parcel.bin"
    parcel.write_bytes(os.urandom(300_000))

    # Lone asks; the person who types the command consents to what it names.
    asked = shop.asks_for_help(
        lone, f"The printer prints nothing. {SECRET_WORD}", f"terminal,files={folder}", name="Lone Møller"
    )
    case = asked.event("requested")["case"]
    code = asked.event("code")["code"]
    assert len(code) == 8
    assert code.isdigit()

    # Anna sees the case, takes it, and goes in with the code that Lone reads to her.
    anna.types("sync")
    (row,) = anna.types("cases", "--json").facts
    assert (row["case"], row["waiting"], row["customer"]) == (case, True, "Lone Møller")
    assert anna.types("take", row["reference"], "--json").facts["case"] == case
    session = anna.types(
        "connect", case, "--code", f"{code[:4]} {code[4:]}", "--json",
        "--run", "echo spooler-word; exit 3",
        "--put", f"{parcel}:{folder}/parcel.bin",
        "--get", f"{folder}/invoice.txt:{tmp_path}/fetched.txt",
        "--run", "echo $((6 * 7))",
    ).facts  # fmt: skip
    assert asked.event("joined")["technician"] == "Anna"
    ended = asked.event("ended")
    assert asked.end() == 0

    first, second = session["commands"]
    assert (first["exit_status"], first["stdout"]) == (3, "spooler-word\n")
    assert (second["exit_status"], second["stdout"]) == (0, "42\n")
    digest = hashlib.sha256(parcel.read_bytes()).hexdigest()
    assert session["files"][0]["sha256"] == digest
    assert (folder / "parcel.bin").read_bytes() == parcel.read_bytes()
    assert (tmp_path / "fetched.txt").read_text() == "42 kroner\n"
    assert session["audit_head"] == ended["audit_head"]

    # Notes and time, then the proposal; only the customer closes.
    assert not anna.types("note", case, "The spooler had stopped", "--certainty", "verified", "--json").facts["pending"]
    assert anna.types("work", case, "--from", "2026-01-05 14:00", "--to", "2026-01-05 14:14", "--json").code == 0
    assert anna.types("resolve", case, "--json").facts["status"] == "proposed solved"

    # Bo fetches everything; then the service is switched off, and he reads it all.
    assert bo.types("sync", "--json").facts["received"] >= 8
    shop.close()
    note, terminal = (bo.types("history", word, "--json").facts for word in ("stopped", "spooler-word"))
    assert ("note", case) in [(hit["where"], hit["case"]) for hit in note["hits"]]
    assert ("terminal", session["session"]) in [(hit["where"], hit["session"]) for hit in terminal["hits"]]
    assert "spooler-word" in bo.types("replay", session["session"], "--speed", "0").out
    story = bo.types("case", case, "--json").facts
    assert (story["status"], story["seconds_worked"]) == ("proposed solved", 14 * 60)

    _the_store_is_sealed(bo)
    _the_recording_plays_elsewhere(Path(session["recording"]))
    _the_audits_hold(anna, Path(session["audit"]), Path(ended["audit"]))


def _the_store_is_sealed(person: Person) -> None:
    for file in (path for path in person.home.iterdir() if path.name.startswith("store.db")):
        printed = subprocess.run(["strings", "-a", str(file)], capture_output=True, check=True).stdout
        for word in (b"spooler", b"Lone", b"printer", SECRET_WORD.encode(), b"SQLite format"):
            assert word not in printed, f"{word!r} stands in {file.name}"


def _the_recording_plays_elsewhere(recording: Path) -> None:
    played = subprocess.run(
        [Path(sys.executable).with_name("asciinema"), "cat", str(recording)], capture_output=True, text=True, check=True
    )
    assert "spooler-word" in played.stdout


def _the_audits_hold(anna: Person, hers: Path, lones: Path) -> None:
    assert hers.read_bytes() == lones.read_bytes()
    verified = anna.types("verify", str(hers), "--json").facts
    assert verified["complete"]
    content = bytearray(hers.read_bytes())
    line = content.count(b"\n", 0, len(content) // 2) + 1
    content[len(content) // 2] ^= 1
    hers.with_name("changed.jsonl").write_bytes(bytes(content))
    refused = anna.types("verify", str(hers.with_name("changed.jsonl")))
    assert refused.code == 1
    named = [int(number) for number in re.findall(r"\b\d+\b", refused.err)]
    assert min(named) <= line <= max(named), refused.err


def test_a_technician_types_in_the_customers_terminal(shop: Shop) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    done = anna.types("connect", case, "--code", code, typing="echo typed-$((40 + 2))\nexit\n")
    assert done.code == 0, done.err
    assert "typed-42" in done.out
    assert "Session ended: technician left" in done.out
    assert asked.event("ended")["reason"] == "technician left"
    assert asked.end() == 0
    assert "typed-42" in anna.types("history", "typed-42").out
