"""The keyring that the tests lean on comes back where it crashes, with all that was in it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from tests.secret_service import secret_service

_HOME = str(UUID(int=7))
_KEEP = (
    f"from uuid import UUID; from app.system.secrets import KeyringSecrets as K; K(UUID({_HOME!r})).set('a', 'kept')"
)
_TELL = f"from uuid import UUID; from app.system.secrets import KeyringSecrets as K; print(K(UUID({_HOME!r})).get('a'))"


@pytest.mark.keyring
def test_a_keyring_that_crashed_is_started_again_with_what_was_in_it(tmp_path: Path) -> None:
    with secret_service(tmp_path) as told:
        environment = {**os.environ, **told}
        subprocess.run([sys.executable, "-c", _KEEP], env=environment, check=True)
        (pid,) = map(int, (tmp_path / "pids").read_text().split())
        keyring = psutil.Process(pid)
        keyring.send_signal(signal.SIGKILL)
        psutil.wait_procs([keyring], timeout=10)
        asked = subprocess.run([sys.executable, "-c", _TELL], env=environment, check=True, capture_output=True)
        assert asked.stdout == b"kept\n"
        assert len((tmp_path / "pids").read_text().split()) == 2
