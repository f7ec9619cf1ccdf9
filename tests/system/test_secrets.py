"""Secrets in a real Secret Service, and a clear error where there is none."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest

from app.system.secrets import MemorySecrets

_PROGRAM = """
import sys
from uuid import UUID
from app.system.secrets import KeyringSecrets
mine, other = KeyringSecrets(UUID(sys.argv[1])), KeyringSecrets(UUID(sys.argv[2]))
mine.set("token", "först")
mine.set("token", "dansk kørsel")
assert other.get("token") is None, "two homes share a secret"
print(mine.get("token"))
mine.forget("token")
mine.forget("token")
assert mine.get("token") is None
"""


def _run(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _PROGRAM, str(uuid4()), str(uuid4())]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.keyring
def test_a_real_keyring_keeps_each_homes_secrets_apart(secret_service: dict[str, str]) -> None:
    done = _run({**os.environ, **secret_service})
    assert (done.returncode, done.stdout.strip()) == (0, "dansk kørsel"), done.stderr


def test_without_a_keyring_the_error_names_the_fix() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DBUS")}
    done = _run({**environment, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    assert done.returncode != 0
    assert "gnome-keyring" in done.stderr
    assert "--ephemeral" in done.stderr


@pytest.mark.parametrize("backend", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"])
def test_a_keyring_that_keeps_nothing_is_no_keyring(backend: str) -> None:
    done = _run({**os.environ, "PYTHON_KEYRING_BACKEND": backend})
    assert "NoKeyringError" in done.stderr


def test_secrets_in_memory() -> None:
    secrets = MemorySecrets()
    secrets.set("a", "1")
    secrets.forget("b")
    assert secrets.get("a") == "1"
    secrets.forget("a")
    assert secrets.get("a") is None
