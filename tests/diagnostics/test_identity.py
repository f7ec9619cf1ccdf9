"""What is known of a machine."""

import getpass
import socket
from pathlib import Path

import pytest

from app.diagnostics.identity import domains_in, gather_identity, hosts_in


def test_this_machine_is_known_by_its_name_and_its_homes() -> None:
    identity = gather_identity()
    host = socket.gethostname()
    assert host in identity.hosts or host in ("localhost", "debian", "ubuntu")
    assert str(Path.home()) in identity.homes
    assert getpass.getuser() in (*identity.users, "root")
    assert identity == gather_identity(), "the order decides the numbers"


def test_words_that_every_machine_has_are_nobodys_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "root")
    monkeypatch.setenv("LOGNAME", "Administrator")
    monkeypatch.setenv("SUDO_USER", "Anna.Berg")
    users = gather_identity().users
    assert "Anna.Berg" in users
    assert {"root", "administrator", "user", "debian"}.isdisjoint(name.casefold() for name in users)


def test_a_hosts_file_gives_names_of_old_but_no_blocked_advertisers() -> None:
    text = "127.0.0.1 localhost\n127.0.1.1 pc-old.moller.dk pc-old # renamed\n0.0.0.0 ads.example\n\n"
    assert hosts_in(text) == ["localhost", "pc-old.moller.dk", "pc-old"]


def test_a_resolvers_file_gives_the_domain_but_no_common_word() -> None:
    assert domains_in("nameserver 10.0.0.1\nsearch lan moller.dk.\ndomain berg.no\n") == ["moller.dk", "berg.no"]
