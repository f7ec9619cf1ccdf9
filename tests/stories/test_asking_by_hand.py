"""A technician asks for more while the session runs; the customer answers at a console, and takes it back again."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.stories.shop import Running, Shop

pytestmark = pytest.mark.keyring
GETPASS = f"""exec {sys.executable} -c 'import getpass; print("it was", len(getpass.getpass("Secret: ")), "long")'"""


def _types(customer: Running, line: str) -> None:
    """The customer types a line."""
    assert customer.process.stdin is not None
    customer.process.stdin.write(f"{line}\n")
    customer.process.stdin.flush()


def _did(customer: Running, kind: str) -> None:
    """Wait until this was done, and said."""
    while customer.event("did")["kind"] != kind:
        pass


def _ssh(config: Path, command: str) -> int:
    words = ["ssh", "-F", str(config), "customer", command]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60).returncode


def test_the_customer_answers_and_takes_back(shop: Shop, tmp_path: Path) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    config = tmp_path / "session config"
    with socket.create_server(("127.0.0.1", 0)) as printer:
        port = printer.getsockname()[1]
        asked = shop.asks_for_help(lone, "It hums", f"files-ro={tmp_path},port=127.0.0.1:{port}")
        case, code = asked.event("requested")["case"], asked.event("code")["code"]
        going = anna.starts(
            "connect", case, "--code", code, "--json", "--stay", "--ask", "terminal:5", "--why", "To see the spooler",
            "--run", "echo $((6 * 7))", "--forward", f"0:127.0.0.1:{port}", "--ssh-config", str(config),
        )  # fmt: skip
        wish = asked.event("asked")
        assert (wish["case"], wish["technician"], wish["why"]) == (case, "Anna", "To see the spooler")
        assert (wish["wish"]["capability"], wish["minutes"]) == ("terminal", 5)
        for line in ("", "maybe", "allow 7", "yes please"):
            _types(asked, line)
        assert not config.exists()  # she still waits
        _types(asked, "y")
        ready = going.event("ready")
        assert ready["case"] == case
        with socket.create_connection(("127.0.0.1", ready["forwards"][0]["port"])), printer.accept()[0] as accepted:
            assert accepted.getsockname()[1] == port
        assert _ssh(config, "exit 3") == 3
        _types(asked, "pause")
        _did(asked, "paused")
        assert _ssh(config, "exit 3") == 255
        _types(asked, "go on")
        _did(asked, "resumed")
        assert _ssh(config, "exit 4") == 4
        _types(asked, "take back 3")  # the folder, the port, and then the terminal
        _did(asked, "grants")
        assert _ssh(config, "exit 3") == 255
        _types(asked, "stop")
        assert asked.event("ended")["reason"] == "customer stopped"
        assert asked.end() == 0
        facts = going.lines.get(timeout=60)
        assert going.end() == 0
    assert facts is not None
    assert (facts["reason"], facts["commands"][0]["stdout"]) == ("customer stopped", "42\n")
    assert facts["forwards"] == ready["forwards"]
    assert not config.exists()
    said = "".join(going.errors)
    for sentence in ("allows you to: ", "has paused", "go on", f"ssh -F '{config}' customer"):
        assert sentence in said, said


def test_what_cannot_be_shared_is_told_to_both(shop: Shop, tmp_path: Path) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", f"files-ro={tmp_path}")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    going = anna.starts("connect", case, "--code", code, "--json", "--ask", "files=/proc", "--why", "x", "--stay")
    asked.event("asked")
    _types(asked, "yes")
    assert "never shared" in asked.event("refused")["why"]
    assert asked.event("ended")["reason"] == "technician left"
    assert asked.end() == 0
    assert going.end() == 1
    assert "does not want you to read the folder proc" in "".join(going.errors)
    assert "So it is not allowed after all." in "".join(asked.errors)


def test_nothing_is_allowed_by_refusing_nor_by_the_end_of_input(shop: Shop, tmp_path: Path) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", f"files-ro={tmp_path}")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    going = anna.starts(
        "connect", case, "--code", code, "--json", "--ask", "terminal", "--ask", f"write={tmp_path}", "--why", "x",
        "--run", "touch planted",
    )  # fmt: skip
    asked.event("asked")
    assert asked.process.stdin is not None
    asked.process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        going.process.wait(2.0)
    going.interrupt()
    ended = asked.event("ended")
    assert asked.end() == 0
    assert going.end() == 130
    lines = [json.loads(line) for line in Path(ended["audit"]).read_text().splitlines()]
    granted = [line["details"]["what"] for line in lines if line.get("kind") == "grant"]
    assert granted == [str(tmp_path)]
    assert not any(line.get("kind") == "command" for line in lines)

    asked = shop.asks_for_help(lone, "It still hums", f"files-ro={tmp_path}")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    refused: list[str] = []

    def ask() -> None:
        done = anna.types("connect", case, "--code", code, "--ask", "terminal", "--why", "x", "--run", "id")
        refused.extend((str(done.code), done.err))

    thread = threading.Thread(target=ask)
    thread.start()
    asked.event("asked")
    _types(asked, "no")
    thread.join(60)
    assert refused[0] == "1"
    assert "does not want you to use a terminal" in refused[1]
    asked.event("ended")
    assert asked.end() == 0


def test_a_password_is_typed_at_the_console(shop: Shop, tmp_path: Path) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    words = [sys.executable, "-m", "app.cli.main", "connect", case, "--code", code]
    with subprocess.Popen(
        words, env=anna.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as going:
        assert going.stdin is not None
        assert going.stdout is not None
        going.stdin.write(f"{GETPASS}\n".encode())
        going.stdin.flush()
        prompt = asked.event("secret_asked")
        assert prompt["program"].startswith("python")
        assert not prompt["protected"]
        _types(asked, "password")
        _types(asked, "correct horse")
        _did(asked, "secret_typed")
        shown = going.stdout.read()
        going.stdin.close()
    assert b"it was 13 long" in shown
    assert b"correct horse" not in shown
    assert asked.event("ended")["reason"] == "technician left"
    assert asked.end() == 0
    assert "the technician started it" in "".join(asked.errors)
    for path in (found for found in tmp_path.rglob("*") if found.is_file()):
        assert b"correct horse" not in path.read_bytes(), path
