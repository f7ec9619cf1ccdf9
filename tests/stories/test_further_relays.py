"""Relays on machines of their own, as programs of their own: the service has none."""

import signal

import pytest

from tests.proxies import SmallProxy, small_proxy
from tests.stories.shop import Person, Running, Shop

pytestmark = pytest.mark.keyring


def relay(shop: Shop, name: str, *words: str) -> tuple[Person, Running]:
    """A further relay on a machine of its own, once it is ready."""
    machine = shop.person(name)
    code = shop.owner.types("admin", "relay", "add", name, "--json").facts["code"]
    running = start(shop, machine, "--code", code, *words)
    assert running.event("ready")["service_heard"]
    return machine, running


def start(shop: Shop, machine: Person, *words: str) -> Running:
    """The relay on this machine, on free ports."""
    free = ("--customers-port", "0", "--technicians-port", "0", "--json")
    return shop.keep(machine.starts("relay", "--service", shop.url, *free, *words))


def health(running: Running) -> dict[str, object]:
    """What it tells of itself when it is asked."""
    running.process.send_signal(signal.SIGUSR1)
    return running.event("health")


def test_a_session_through_a_relay_on_another_machine(shop: Shop) -> None:
    port = int(shop.url.rsplit(":", 1)[1])
    shop.close()
    shop.open(port, "--no-relay")
    machine, running = relay(shop, "east")

    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    while (waits := health(running))["waiting"] == 0:  # the code is shown before the link is there
        assert waits["sessions"] == 1
    assert waits["service_heard"]
    done = anna.types("connect", case, "--code", code, "--json", "--run", "echo $((40 + 2))").facts
    assert done["commands"][0]["stdout"] == "42\n"
    assert asked.event("ended")["reason"] == "technician left"
    assert asked.end() == 0
    after = health(running)
    assert [after[name] for name in ("sessions", "keys", "admissions", "expulsions")] == [0, 0, 2, 2]

    # It stops at Ctrl-C, and starts again without a code: its token is in the keyring, and nowhere else.
    running.interrupt()
    assert running.end() == 0, "".join(running.errors)
    again = start(shop, machine)
    assert again.event("ready")["service_heard"]
    kept = [path for path in machine.home.rglob("*") if path.is_file()]
    assert [path.name for path in kept] == ["identity"]


def test_a_relay_that_cannot_start_says_why(shop: Shop) -> None:
    east = shop.person("east")
    for words, code, sentence in (
        ((), 1, "bistand admin relay add NAME"),
        (("--code", "1234"), 1, "This code does not work"),
        (("--host", "0.0.0.0"), 2, "--relay-host NAME"),
        (("--customers-port", "70000"), 2, "between 0 and 65535"),
    ):
        done = east.types("relay", "--service", shop.url, *words)
        assert (done.code, done.out) == (code, "")
        assert sentence in done.err


def test_both_parties_reach_the_relay_through_their_proxies(shop: Shop) -> None:
    port = int(shop.url.rsplit(":", 1)[1])
    shop.close()
    shop.open(port, "--relay-host", "relay.test")  # a name that only their proxies know
    lone, anna = shop.person("lone"), shop.technician("Anna")
    with small_proxy() as office, small_proxy(SmallProxy(user="anna", password="word")) as train:
        lone.environment["HTTPS_PROXY"] = f"http://127.0.0.1:{office.port}"
        anna.environment["ALL_PROXY"] = f"socks5h://anna:word@127.0.0.1:{train.port}"
        asked = shop.asks_for_help(lone, "It hums", "terminal")
        case, code = asked.event("requested")["case"], asked.event("code")["code"]
        done = anna.types("connect", case, "--code", code, "--json", "--run", "echo $((40 + 2))").facts
        assert done["commands"][0]["stdout"] == "42\n"
        assert asked.event("ended")["reason"] == "technician left"
        assert asked.end() == 0
    for proxy in (office, train):
        assert {place.rpartition(":")[0] for place in proxy.asked} == {"relay.test"}
    assert set(office.asked).isdisjoint(train.asked)  # two doors
