"""The units for systemd: they can be read, are hardened, and what they run is there."""

import os
import re
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from app.cli import relay, serve
from app.cli.main import COMMANDS
from app.service.admin import init
from app.service.restore import restore
from app.service.settings import ServiceSettings

FOLDER = Path(__file__).parents[2] / "installers" / "systemd"
UNITS = ("bistand", "bistand-relay")
NIGHTLY = "bistand-backup"
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectControlGroups": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "User": "bistand",
}


def read(name: str) -> dict[str, dict[str, list[str]]]:
    """The unit's sections, each with its settings; one that stands twice has two values."""
    sections: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in (FOLDER / f"{name}.service").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
            continue
        key, separator, value = line.partition("=")
        assert separator, line
        section.setdefault(key, []).append(value)
    return sections


@pytest.mark.parametrize("name", [*UNITS, NIGHTLY])
def test_a_unit_is_whole_and_hardened(name: str) -> None:
    unit = read(name)
    assert set(unit) == {"Unit", "Service", *(() if name == NIGHTLY else ("Install",))}  # its timer is installed
    assert {key: unit["Service"][key] for key in HARDENED} == {key: [value] for key, value in HARDENED.items()}
    assert not any("root" in value for values in unit["Service"].values() for value in values)


@pytest.mark.parametrize("name", UNITS)
def test_what_a_unit_runs_is_a_command_with_these_arguments(name: str) -> None:
    (line,) = read(name)["Service"]["ExecStart"]
    words = line.split()
    start = next(number for number, word in enumerate(words) if word.endswith("/bin/bistand"))
    command = words[start + 1]
    assert command in COMMANDS
    known = {serve: "serve", relay: "relay"}
    assert import_module(f"app.cli.{command}") in known
    helped = subprocess.run(
        [sys.executable, "-m", "app.cli.main", command, "--help"], capture_output=True, text=True, check=True
    )
    for word in words[start + 2 :]:
        if word.startswith("--"):
            assert re.search(rf"{word}\b", helped.stdout), word


def test_what_a_unit_calls_of_ours_is_there_and_can_be_run() -> None:
    assert os.access(FOLDER / "with-keyring", os.X_OK)
    assert "with-keyring" in read("bistand-relay")["Service"]["ExecStart"][0]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", [*UNITS, NIGHTLY])
def test_systemd_understands_a_unit(tmp_path: Path, name: str) -> None:
    units = sorted(FOLDER.glob(f"{name}.*"))
    for unit in units:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    files = [tmp_path / unit.name for unit in units if unit.suffix != ".conf"]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_timer_goes_off_every_night() -> None:
    (when,) = re.findall(r"^OnCalendar=(.*)$", (FOLDER / f"{NIGHTLY}.timer").read_text(), flags=re.MULTILINE)
    command = ["systemd-analyze", "calendar", "--iterations=3", "--base-time=2026-11-02 00:00 UTC", when]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"})
    assert [day in done.stdout for day in ("2026-11-02 02:30", "2026-11-03 02:30", "2026-11-04 02:30")] == [True] * 3


def test_the_nightly_backup_is_one_and_old_ones_go_once_it_is_written(tmp_path: Path) -> None:
    (line,) = read(NIGHTLY)["Service"]["ExecStart"]
    assert line.split()[0] == "/opt/bistand/installers/systemd/nightly-backup"
    data, backups = tmp_path / "data", tmp_path / "backups"
    backups.mkdir()
    old, other = backups / "bistand-20260101-023000.tar", backups / "mine.tar"
    for file in (old, other):
        file.write_bytes(b"of a month ago")
        os.utime(file, (time.time() - 30 * 86400,) * 2)
    failed = _nightly(data, backups)
    assert failed.returncode == 1
    assert "not set up" in failed.stderr
    assert old.exists()
    init(ServiceSettings(data=data), "The Shop")
    done = _nightly(data, backups)
    assert (done.returncode, done.stderr) == (0, "")
    (made,) = set(backups.iterdir()) - {other}
    assert made.name.startswith("bistand-2")
    restore(ServiceSettings(data=tmp_path / "again"), made)


def _nightly(data: Path, backups: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BISTAND": str(Path(sys.executable).parent / "bistand")}
    command = [FOLDER / "nightly-backup", data, backups]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(
    shutil.which("dbus-run-session") is None or shutil.which("gnome-keyring-daemon") is None,
    reason="dbus and gnome-keyring are not installed",
)
def test_a_keyring_of_the_units_own_outlives_a_restart_and_opens_with_its_password_alone(tmp_path: Path) -> None:
    credentials, state = tmp_path / "credentials", tmp_path / "state"
    credentials.mkdir()
    state.mkdir(mode=0o700)
    (credentials / "keyring").write_text("a password of the unit's own")
    written = _with_keyring(credentials, state, "keyring.set_password('bistand', 'relay', 'a token')")
    assert written.returncode == 0, written.stderr
    question = "print(keyring.get_password('bistand', 'relay'))"
    assert _with_keyring(credentials, state, question).stdout == "a token\n"
    content = b"".join(path.read_bytes() for path in (state / "keyrings").iterdir())  # beside it, a daemon tidies up
    assert content
    assert b"a token" not in content


def test_without_a_password_for_its_keyring_nothing_is_run(tmp_path: Path) -> None:
    done = _with_keyring(tmp_path, tmp_path, "print('run')")
    assert (done.returncode, done.stdout) == (1, "")
    assert "LoadCredential" in done.stderr


def _with_keyring(credentials: Path, state: Path, work: str) -> subprocess.CompletedProcess[str]:
    program = f"import keyring; {work}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DBUS", "XDG", "DISPLAY"))},
        "CREDENTIALS_DIRECTORY": str(credentials),
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"), str(state)),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    }
    return subprocess.run(
        [FOLDER / "with-keyring", sys.executable, "-c", program],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
