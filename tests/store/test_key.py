"""The key: made once, kept in the keyring, the same for programs that start at once."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from app.store.key import store_key
from app.system.secrets import MemorySecrets


def test_a_key_is_made_once_and_random() -> None:
    secrets, others = MemorySecrets(), MemorySecrets()
    key = store_key(secrets)
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert store_key(secrets) == key
    assert store_key(others) != key


class _SlowSecrets(MemorySecrets):
    """Two that look at once both find nothing, unless one of them waits for the other."""

    def __init__(self) -> None:
        super().__init__()
        self._looking = threading.Barrier(2)

    def get(self, name: str) -> str | None:
        found = super().get(name)
        if found is None:
            try:
                self._looking.wait(0.2)
            except threading.BrokenBarrierError:
                return super().get(name)
        return found


def test_two_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    secrets, keys = _SlowSecrets(), list[str]()
    threads = [threading.Thread(target=lambda: keys.append(store_key(secrets, tmp_path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 2
    assert len(set(keys)) == 1


_PROGRAM = """
import sys
from pathlib import Path
from uuid import UUID
from app.store.key import store_key
from app.system.secrets import KeyringSecrets
from tests.store.parts import open_case, opened
path = Path(sys.argv[1])
with opened(path, key=store_key(KeyringSecrets(UUID(sys.argv[2])), path.parent)) as store:
    open_case(store)
    print(len(store.cases()))
"""


@pytest.mark.keyring
def test_a_store_opens_again_with_the_key_from_a_real_keyring(path: Path, secret_service: dict[str, str]) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(path), str(uuid4())]
    environment = {**os.environ, **secret_service}
    done = [subprocess.run(command, env=environment, capture_output=True, text=True, check=False) for _ in range(2)]
    assert [one.stdout.strip() for one in done] == ["1", "2"], done[-1].stderr
    other = [*command[:-1], str(uuid4())]
    refused = subprocess.run(other, env=environment, capture_output=True, text=True, check=False)
    assert "WrongKeyError" in refused.stderr
