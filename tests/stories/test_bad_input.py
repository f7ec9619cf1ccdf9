"""What people type wrong, and what goes wrong around them: a clear sentence, the right exit code, nothing lost."""

import resource
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.stories.shop import Person, Shop

pytestmark = pytest.mark.keyring


@pytest.fixture
def person(tmp_path: Path, secret_service: dict[str, str]) -> Person:
    """Somebody with a fresh machine and no service anywhere."""
    return Person(tmp_path / "home", secret_service)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["frobnicate"], 2, "no command"),
        (["case"], 2, "CASE"),
        (["case", "7QF-2MK"], 2, "bistand sync"),
        (["connect", "7QF-2MK", "--code", "12345678"], 1, "bistand enrol"),
        (["connect", "7QF-2MK", "--code", "12345678", "--watch"], 1, "bistand enrol"),
        (["connect", "7QF-2MK", "--code", "12345678", "--type"], 2, "--watch"),
        (["connect", "7QF-2MK", "--code", "12345678", "--watch", "--run", "true"], 2, "--type alone"),
        (["connect", "7QF-2MK", "--code", "12345678", "--ask", "colleague=", "--why", "x"], 2, "cannot be asked for"),
        (["note", "x", "text", "--certainty", "quite"], 2, "certainty"),
        (["gethelp", "--console"], 2, "--about"),
        (["gethelp", "--console", "--about", "x", "--grant", "everything"], 2, "cannot be granted"),
        (["gethelp", "--console", "--about", "x", "--grant", "files=/nonexistent"], 2, "no folder"),
        (["gethelp", "--console", "--about", "x", "--for", "ever"], 2, "length of time"),
        (["gethelp", "--console", "--about", "x"], 1, "--provider"),
        (["sync"], 1, "bistand enrol"),
        (["diagnose", "--only", "soul"], 2, "no check"),
        (["verify", "/nonexistent"], 2, "no file"),
        (["replay", "yesterday"], 2, "no session"),
        (["replay", str(uuid4())], 1, "no recording"),
        (["report", "--customer", "Lone", "--agreement", "x", "--out", "y.pdf"], 2, "--month"),
        (["export", "/nonexistent/all.jsonl"], 1, "No such file"),
        (["serve", "--port", "70000"], 2, "65535"),
        (["serve"], 1, "admin init"),
        (["serve", "--host", "0.0.0.0", "--no-relay"], 1, "admin init"),
    ],
)
def test_a_clear_sentence_and_the_right_exit_code(person: Person, words: list[str], code: int, says: str) -> None:
    done = person.types(*words)
    assert done.code == code, done.err
    assert says in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_without_a_keyring_the_error_names_the_fix_and_nothing_is_written(tmp_path: Path) -> None:
    person = Person(tmp_path / "home", {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    done = person.types("cases")
    assert done.code == 1
    assert "gnome-keyring" in done.err
    assert "--ephemeral" in done.err
    assert not (tmp_path / "home" / "store.db").exists()
    assert person.types("cases", "--ephemeral").code == 0


def test_no_display(person: Person) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        person.environment.pop(name, None)
    for command, instead in (("desk", "bistand connect"), ("gethelp", "--console")):
        done = person.types(command)
        assert done.code == 1
        assert instead in done.err


def test_a_store_from_a_newer_version_is_left_alone(person: Person) -> None:
    assert person.types("cases").code == 0
    subprocess.run([sys.executable, "-m", "tests.stories.newer"], env=person.environment, check=True)
    before = (person.home / "store.db").read_bytes()
    done = person.types("cases")
    assert done.code == 1
    assert "newer" in done.err
    assert (person.home / "store.db").read_bytes() == before


def test_a_service_that_is_not_there_keeps_the_technicians_words(shop: Shop) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    case = shop.asks_for_help(lone, "It hums").event("requested")["case"]
    assert anna.types("sync").code == 0
    shop.close()
    refused = anna.types("sync")
    assert refused.code == 1
    assert shop.url in refused.err
    assert anna.types("note", case, "Written on a train", "--certainty", "assumed", "--json").facts["pending"]
    assert "Written on a train" in anna.types("case", case).out
    shop.open(port=int(shop.url.rsplit(":", 1)[1]))
    assert anna.types("sync", "--json").facts["sent"] == 1


def test_the_wrong_code_burns_it_and_the_right_one_then_fails_too(shop: Shop) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert anna.types("connect", case, "--code", wrong, "--run", "true").code == 1
    burnt = anna.types("connect", case, "--code", code, "--run", "true")
    assert burnt.code == 1
    assert "code" in burnt.err
    # That second try was a wrong guess as well: its code is void too, and the third one lets her in.
    fresh = asked.event("code")["code"]
    fresh = asked.event("code")["code"]
    assert fresh != code
    assert anna.types("connect", case, "--code", fresh, "--run", "true").code == 0
    assert asked.end() == 0


@pytest.mark.parametrize("code", ["1234", "letters!", "123456789", ""])
def test_a_code_that_is_none_is_told_at_once_and_burns_nothing(shop: Shop, code: str) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, right = asked.event("requested")["case"], asked.event("code")["code"]
    done = anna.types("connect", case, "--code", code)
    assert done.code == 2
    assert "digits" in done.err
    assert anna.types("connect", case, "--code", right, "--run", "true").code == 0


def test_a_full_disk_while_recording_ends_the_session_and_says_why(shop: Shop) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    anna.types("sync")
    (anna.home / "recordings").mkdir(exist_ok=True)
    done = anna.types(
        "connect", case, "--code", code, "--run", "head -c 2000000 /dev/zero", preexec_fn=_only_small_files
    )
    assert done.code == 1
    assert "record" in done.err
    assert asked.event("ended")["reason"] == "recording failed"
    assert asked.end() == 0


def test_ctrl_c_stops_the_session_first(shop: Shop, tmp_path: Path) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    connected = anna.starts("connect", case, "--code", code, "--json", "--run", f"echo > {tmp_path}/runs; sleep 1000")
    asked.event("joined")
    deadline = time.monotonic() + 30
    while not (tmp_path / "runs").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    asked.interrupt()
    ended = asked.event("ended")
    assert ended["reason"] == "customer stopped"
    assert asked.end() == 0
    assert connected.end() == 1
    assert "stopped" in "".join(connected.errors)


def test_without_sshd_the_service_says_what_to_install(tmp_path: Path, secret_service: dict[str, str]) -> None:
    owner = Person(tmp_path / "owner", secret_service)
    assert owner.types("admin", "init").code == 0
    # As on a machine without the package: sshd is nowhere where one would look for it.
    program = (
        "import sys, app.remote.relay.sshd as places; from app.cli.main import main; places._ELSEWHERE = (); "
        "sys.exit(main(['serve', '--port', '0']))"
    )
    environment = {**owner.environment, "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "openssh-server" in done.stderr


def _only_small_files() -> None:
    """As on a disk that is nearly full: no file grows beyond 400 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


def test_who_lets_nobody_in_is_told_so_and_their_request_is_kept(shop: Shop) -> None:
    lone = shop.person("lone")
    done = lone.types("gethelp", "--console", "--provider", shop.url, "--about", "It hums")
    assert done.code == 0, done.err
    assert "--grant" in done.err
    assert "It hums" in lone.types("cases").out
