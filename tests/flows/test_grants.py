"""What a customer grants while the session runs: only what is there, and nothing comes back that was taken back."""

import threading
from pathlib import Path

import pytest

from app.domain.consent import FilesGrant, FilesWish, Grants, TerminalGrant, TerminalWish
from app.domain.events import ConsentGiven
from app.flows import host_session
from app.flows.errors import NoSuchFolderError
from app.flows.grants import grant_for
from app.flows.host_session import Asked
from app.flows.party import Party
from tests.flows.conftest import Town
from tests.remote.chain import soon


def test_a_folder_that_is_there_can_be_granted(tmp_path: Path) -> None:
    granted = grant_for(FilesWish(folder=str(tmp_path), write=True), soon())
    assert isinstance(granted, FilesGrant)
    assert (granted.folder, granted.write) == (str(tmp_path), True)


@pytest.mark.parametrize("folder", ["nowhere", "/nowhere/at/all", "Invoices", "/\0", "/" + "x" * 4000])
def test_a_folder_that_is_not_there_cannot(folder: str) -> None:
    with pytest.raises(NoSuchFolderError):
        grant_for(FilesWish(folder=folder), soon())


def test_what_is_taken_back_does_not_come_back_with_what_is_allowed_at_that_moment(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lone, case_id = town.customer_with_case()
    monkeypatch.setattr(host_session, "send_soon", lambda _: None)
    folder = FilesGrant(folder=str(tmp_path), until=soon())
    session = host_session.host_session(lone, case_id, Grants(grants=(folder,)), lambda _: None)
    set_to: list[Grants] = []
    monkeypatch.setattr(session._hosted, "set_grants", lambda grants, _asked: set_to.append(grants))
    writes, may_go_on = threading.Event(), threading.Event()
    plain_write = Party.write

    def slow(party: Party, case: object, body: object) -> object:
        if isinstance(body, ConsentGiven) and not writes.is_set():
            writes.set()
            assert may_go_on.wait(10)
        return plain_write(party, case, body)  # type: ignore[arg-type]  # handed on as they come

    monkeypatch.setattr(Party, "write", slow)
    asked = Asked(1, "Anna", TerminalWish(), 10, "to look")
    allowing = threading.Thread(target=session.allow, args=(asked,))
    taking_back = threading.Thread(target=session.take_back, args=(folder,))
    allowing.start()
    assert writes.wait(10)
    taking_back.start()
    taking_back.join(0.2)
    may_go_on.set()
    for thread in (allowing, taking_back):
        thread.join(10)
    assert [type(grant) for grant in session.grants.grants] == [TerminalGrant]
    assert set_to[-1] == session.grants
    session.close()
