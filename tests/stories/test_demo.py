"""`bistand demo`: the whole story by itself, every figure from where it really lies, and nothing left running."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from app.remote.recording import searchable_text

_DEMO = [sys.executable, "-m", "app.cli.main", "demo", "--headless", "--out"]


def test_the_demo_tells_the_whole_story_in_facts(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = subprocess.run([*_DEMO, str(out), "--json"], capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert set(facts) == {"case", "diagnostics", "session", "work", "sync", "offline"}
    assert facts["case"]["status"] == "closed"
    assert facts["diagnostics"]["checks"] == sum(facts["diagnostics"]["findings"].values()) >= 9
    assert facts["diagnostics"]["redactions"] >= 1
    assert [command["exit_status"] for command in facts["session"]["commands"]] == [0, 0]
    assert facts["session"]["files"][0]["name"].endswith("if-it-happens-again.txt")
    assert 0 < facts["session"]["connect_seconds"] < 60
    assert len(facts["session"]["audit_head"]) == 64
    assert facts["work"]["notes"] == 1
    assert facts["work"]["seconds"] > 0
    assert facts["sync"]["sent"] >= 5
    assert facts["sync"]["received"] >= 10
    assert facts["offline"]["service_running"] is False
    assert facts["offline"]["found"] >= 2
    _the_files_are_real(out)


def _the_files_are_real(out: Path) -> None:
    for picture in ("gethelp.png", "desk.png"):
        assert (out / picture).read_bytes().startswith(b"\x89PNG")
    assert "3 chairs, 1 table" in searchable_text(out / "session.cast")
    assert len(json.loads((out / "diagnostics.json").read_text())["findings"]) >= 9
    receipt = (out / "receipt.html").read_text()
    assert "What Anna did on your computer" in receipt
    assert "solved, confirmed by you" in receipt


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    demo = subprocess.Popen([*_DEMO, str(tmp_path)], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert demo.stdout is not None
    told = next(line for line in demo.stdout if "looks around in the terminal" in line)
    started = psutil.Process(demo.pid).children(recursive=True)
    assert len(started) >= 4, f"service, relay and session were expected after: {told}"
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=30) == 130
    demo.stdout.close()
    assert psutil.wait_procs(started, timeout=10)[1] == []
