"""A second technician comes into a running session: asked for, allowed, let in by a code of their own, sent away."""

import json
import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.stories.shop import Person, Running, Shop

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(300)]  # a dozen programs are started, one after another


def _types(customer: Running, line: str) -> None:
    """Somebody types a line."""
    assert customer.process.stdin is not None
    customer.process.stdin.write(f"{line}\n")
    customer.process.stdin.flush()


def _did(customer: Running, kind: str) -> dict[str, Any]:
    """Wait until this was done, and said."""
    while (done := customer.event("did"))["kind"] != kind:
        pass
    return done


class Screen:
    """What a colleague sees, in whatever pieces it comes."""

    def __init__(self, bo: Running) -> None:
        self._bo = bo
        self._rest = ""

    def shows(self, text: str) -> None:
        """Wait until this is there, after what was waited for before."""
        while text not in self._rest:
            self._rest += self._bo.event("shown")["text"]
        self._rest = self._rest.partition(text)[2]


@contextmanager
def _at_a_shell(technician: Person, case: str, code: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A technician at a shell of the customer's, who types by a pipe."""
    command = [sys.executable, "-m", "app.cli.main", "connect", case, "--code", code, *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=technician.environment, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        except BaseException as error:
            process.kill()
            error.add_note(f"the technician's: {process.communicate()}")
            raise
        process.kill()


def _type(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())
    process.stdin.flush()


def test_a_colleague_looks_on_as_long_as_the_customer_wants(shop: Shop) -> None:
    lone, anna, bo, cy = shop.person("lone"), *map(shop.technician, ("Anna", "Bo", "Cy"))
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    with _at_a_shell(anna, case, code, "--ask", "colleague=Bo:20", "--why", "Bo knows this printer") as going:
        wish = asked.event("asked")
        assert (wish["wish"]["capability"], wish["wish"]["name"], wish["wish"]["may_type"]) == (
            "colleague",
            "Bo",
            False,
        )
        done = bo.types("connect", case, "--code", code, "--watch", "--json")  # before anything is allowed
        assert done.code == 1
        _types(asked, "y")
        shown = asked.event("colleague_code")
        assert shown["colleague"] == "Bo"
        done = cy.types("connect", case, "--code", shown["code"], "--watch")
        assert done.code == 1
        assert "another name than Cy" in done.err
        assert asked.event("colleague_code_burned")["stranger"] == "Cy"
        done = bo.types("connect", case, "--code", shown["code"])
        assert done.code == 1
        assert "Anna is on the customer's computer already" in done.err
        fresh = asked.event("colleague_code")["code"]
        looking = shop.keep(bo.starts("connect", case, "--code", fresh, "--watch", "--json"))
        assert looking.event("watching")["case"] == case
        view = Screen(looking)
        assert _did(asked, "colleague_came")["detail"] == "Bo"
        _type(going, "echo $((6 * 7)) is it")
        view.shows("42 is it")
        _types(asked, "take back 2")
        assert looking.event("ended")["reason"] == "taken back"
        assert looking.end() == 0
        _did(asked, "colleague_left")
        _types(asked, "stop")
        ended = asked.event("ended")
        assert asked.end() == 0
        assert going.wait(60) == 0
        assert going.stderr is not None
        told = going.stderr.read().decode()
    for sentence in ("Bo types: bistand connect", "Bo is here now.", "Bo is not here any more."):
        assert sentence in told, told
    lines = [json.loads(line) for line in Path(ended["audit"]).read_text().splitlines()]
    said = {line["kind"]: line["details"] for line in lines if "kind" in line}
    assert said["session"]["technician"] == "Anna"
    assert said["colleague_came"]["what"] == said["colleague_left"]["what"] == "Bo"
    assert said["colleague_came"]["key"] != said["session"]["technician_key"]
    words = "".join(asked.errors)
    for sentence in ("Anna asks that Bo may look on", "Read this code to Bo", "Bo is here now", "called Cy knew"):
        assert sentence in words, words
    receipt = lone.home / "receipt.html"
    assert lone.types("receipt", case, "--out", str(receipt)).code == 0
    assert "Also there, as you allowed: Bo" in receipt.read_text()


def test_a_colleague_types_where_that_is_allowed_and_stop_ends_both(shop: Shop, tmp_path: Path) -> None:
    lone, anna, bo = shop.person("lone"), shop.technician("Anna"), shop.technician("Bo")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    with _at_a_shell(anna, case, code, "--ask", "colleague=Bo:type", "--why", "Bo knows this printer") as going:
        asked.event("asked")
        _types(asked, "y")
        code = asked.event("colleague_code")["code"]
        looking = shop.keep(bo.starts("connect", case, "--code", code, "--watch", "--type", "--json"))
        looking.event("watching")
        view = Screen(looking)
        _type(going, "echo $((6 * 7)) is it")
        view.shows("42 is it")
        _types(looking, f"touch {tmp_path}/typed; echo $((50 + 5)) too")
        view.shows("55 too")
        assert (tmp_path / "typed").exists()
        _types(asked, "stop")
        assert looking.event("ended")["reason"] == "customer stopped"
        assert looking.end() == 0
        ended = asked.event("ended")
        assert asked.end() == 0
        assert going.wait(60) == 0
    lines = [json.loads(line) for line in Path(ended["audit"]).read_text().splitlines()]
    typed = [line["details"] for line in lines if line.get("kind") == "colleague_typed"]
    assert [line["what"] for line in typed] == ["Bo"]
    assert "touch" not in json.dumps(typed)


def test_at_a_terminal_a_key_leaves_and_the_session_goes_on(shop: Shop) -> None:
    lone, anna, bo = shop.person("lone"), shop.technician("Anna"), shop.technician("Bo")
    asked = shop.asks_for_help(lone, "It hums", "terminal")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    with _at_a_shell(anna, case, code, "--ask", "colleague=Bo:type", "--why", "Bo knows this printer") as going:
        asked.event("asked")
        _types(asked, "y")
        words = ["connect", case, "--code", asked.event("colleague_code")["code"], "--watch", "--type", "--json"]
        keys, screen = os.openpty()
        command, pipe = [sys.executable, "-m", "app.cli.main", *words], subprocess.PIPE
        started = subprocess.Popen(
            command, env=bo.environment, stdin=screen, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )
        looking = shop.keep(Running(started))
        looking.event("watching")
        view = Screen(looking)
        _type(going, "PS1='rea''dy: '; echo $((6 * 7)) is it")
        view.shows("ready: ")
        os.write(keys, b"\x03")  # Ctrl-C is the far shell's, and it drops what is typed until it asks again
        view.shows("ready: ")
        os.write(keys, b"echo $((50 + 5)) too\n")
        view.shows("55 too")
        os.write(keys, b"\x1d")
        assert looking.event("ended")["reason"] == "left"
        assert looking.end() == 0
        assert termios.tcgetattr(screen)[3] & termios.ECHO  # it is left as it was
        for end in (keys, screen):
            os.close(end)
        _did(asked, "colleague_left")
        _type(going, "exit")
        assert asked.event("ended")["reason"] == "technician left"
        assert asked.end() == 0
        assert going.wait(60) == 0
