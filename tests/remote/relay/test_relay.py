"""The relay's life: it starts, expires keys, restarts, and leaves nothing behind however it ends."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.domain.relay import Door
from app.remote.errors import RelayError, RelayStartError, SshdMissingError
from app.remote.keys import new_key, public_text
from app.remote.relay import sshd
from app.remote.relay.relay import Relay
from app.system.clock import new_id
from tests.remote.relay.clients import Party, echo

ROOT = Path(__file__).parents[3]
# A relay in a process of its own: admits one customer, says where, and stays until its input ends.
OWNER = """
import getpass, json, sys
from app.remote.relay.relay import Relay
from app.system.clock import new_id
with Relay(None) as relay:
    door = relay.admit_customer(new_id(), sys.argv[1])
    print(json.dumps({"door": door.model_dump(), "folder": str(relay._folder), "user": getpass.getuser()}), flush=True)
    sys.stdin.read()
"""


def own_relay(key: str, become: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*become, sys.executable, "-c", OWNER, key],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
    )


def first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def end_by_closing(owner: subprocess.Popen[bytes]) -> None:
    assert owner.stdin is not None
    owner.stdin.close()
    owner.wait(10)


def end_by_killing(owner: subprocess.Popen[bytes]) -> None:
    owner.kill()
    owner.wait(10)


@pytest.mark.parametrize("end", [end_by_closing, end_by_killing])
def test_nothing_is_left_however_the_owner_ends(tmp_path: Path, end: Callable[[subprocess.Popen[bytes]], None]) -> None:
    customer = Party(tmp_path, "customer")
    with own_relay(customer.key) as owner, echo() as target:
        told = first_line(owner)
        with customer.listening(Door.model_validate(told["door"]), target) as link:
            started = below(owner.pid)
            assert len(started) >= 5  # the keeper, two sshds, the two processes of the connection
            end(owner)
            _, alive = psutil.wait_procs(started, timeout=5)
            assert alive == []
            link.wait(5)
    assert not Path(told["folder"]).exists()


def test_killing_the_keeper_ends_the_doors() -> None:
    with own_relay(public_text(new_key())) as owner:
        first_line(owner)
        keeper, *doors = below(owner.pid)
        keeper.kill()
        _, alive = psutil.wait_procs(doors, timeout=5)
        assert alive == []
        end_by_closing(owner)


def test_sshd_never_runs_as_root() -> None:
    with Relay(None) as relay:
        assert relay.info.user != "root"
        keeper = psutil.Process(relay._doors._keeper.pid) if relay._doors else None
        assert keeper is not None
        assert {door.username() for door in keeper.children()} == {relay.info.user}
        assert relay._folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(psutil.Process().username() != "root", reason="an ordinary user runs all these tests as such")
def test_an_ordinary_user_can_run_a_relay(tmp_path: Path) -> None:
    # It may read what root can, and nothing else, because Python itself may lie in root's home.
    become = ["setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups"]
    become += [f"--{kind}-caps={rest}+dac_read_search" for kind, rest in (("inh", "-all,"), ("ambient", ""))]
    customer = Party(tmp_path, "customer")
    with own_relay(customer.key, become) as owner, echo() as target:
        told = first_line(owner)
        assert told["user"] == "daemon"
        door = Door.model_validate(told["door"])
        assert door.user == "daemon"
        with customer.listening(door, target):
            started = below(owner.pid)
            assert {process.username() for process in started} == {"daemon"}
            end_by_killing(owner)
            _, alive = psutil.wait_procs(started, timeout=5)
            assert alive == []
    assert not Path(told["folder"]).exists()


def test_a_key_that_has_run_out_ends_its_connection_and_stays_out(tmp_path: Path) -> None:
    customer = Party(tmp_path, "customer")
    with Relay(None, key_life=timedelta(seconds=2)) as relay, echo() as target:
        door = relay.admit_customer(new_id(), customer.key)
        with customer.listening(door, target) as link:
            link.wait(8)
        assert "Permission denied" in customer.run(door, "-N", "")[2]
        assert relay.info.sessions == 0


def test_sshd_itself_refuses_a_key_that_has_run_out(tmp_path: Path) -> None:
    customer = Party(tmp_path, "customer")
    with Relay(None, key_life=timedelta(minutes=-1)) as relay:
        door = relay.admit_customer(new_id(), customer.key)
        assert "Permission denied" in customer.run(door, "-N", "")[2]


def test_a_relay_that_starts_again_has_forgotten_all_keys(tmp_path: Path) -> None:
    customer = Party(tmp_path, "customer")
    with Relay(None) as first:
        door = first.admit_customer(new_id(), customer.key)
    with Relay(None, customers_port=door.port) as second:
        assert second.info.customers_port == door.port
        assert second.info.host_key != door.host_key
        moved = door.model_copy(update={"host_key": second.info.host_key})
        assert "Permission denied" in customer.run(moved, "-N", "")[2]
        assert "Host key verification failed" in customer.run(door, "-N", "")[2]


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        relay = Relay(None, technicians_port=port)
        with pytest.raises(RelayStartError, match=f"Port {port} on 127.0.0.1 is in use already"):
            relay.start()
        relay.close()


def test_a_missing_sshd_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sshd, "_ELSEWHERE", ())
    with pytest.raises(SshdMissingError, match="apt-get install openssh-server"):
        Relay(None).start()


def test_a_closed_relay_admits_nobody() -> None:
    relay = Relay(None)
    relay.start()
    relay.close()
    relay.close()
    assert not relay.is_open
    with pytest.raises(RelayError, match="not running"):
        relay.admit_customer(new_id(), public_text(new_key()))


def test_the_config_leaves_out_what_an_older_sshd_does_not_take(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with Relay(None) as relay:
        config = sshd.door_config(sshd.Side.CUSTOMER, relay._folder, "127.0.0.1", 7022, relay._account)
        taken = sshd.as_installed(sshd.find_sshd(), config, relay._folder / "trial", relay._account)
        assert set(config.splitlines()) - set(taken.splitlines()) <= {"PerSourcePenalties no"}
        with pytest.raises(RelayStartError, match="does not take its config"):
            sshd.as_installed(sshd.find_sshd(), "NoSuchThing yes\n", relay._folder / "trial", relay._account)
