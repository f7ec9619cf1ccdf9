"""The key: made once, kept in the keyring, the same for programs that start at once."""

import re
import threading
from pathlib import Path

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
