"""A long log that is cut off on its way: what came is in lists and search, with a service or without."""

import threading

import pytest

from app.domain.progress import Progress, Work
from app.sync.errors import NoServiceError, SyncStoppedError
from app.sync.synchroniser import Synchroniser
from tests.service.parts import Shop
from tests.sync.parts import Device, Devices


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.events.LARGEST_PAGE", 4)
    monkeypatch.setattr("app.service.looks._NEAR", 0)
    monkeypatch.setattr("app.store.following._AT_ONCE", 3)


class At:
    """Does something once the work of this kind has come to this step."""

    def __init__(self, what: Work, step: int, error: Exception | None = None, shop: Shop | None = None) -> None:
        self._what, self._left, self._error, self._shop = what, step, error, shop
        self.told: list[Work] = []

    def __call__(self, progress: Progress) -> None:
        self.told.append(progress.what)
        self._left -= progress.what is self._what
        if self._left == 0 and progress.what is self._what:
            if self._shop is not None:
                self._shop.stop()
            if self._error is not None:
                raise self._error


@pytest.fixture
def anna(devices: Devices) -> Device:
    """A new technician of a shop with 30 cases."""
    kim = devices.customer("Kim")
    for number in range(30):
        kim.open_case(f"Case {number}")
    kim.sync.once()
    return devices.technician("Anna")


def test_where_the_service_goes_what_came_is_found_without_it(anna: Device, shop: Shop) -> None:
    told = At(Work.FETCH, 2, shop=shop)
    with pytest.raises(NoServiceError):
        Synchroniser(anna.store, anna.client, told).pull()
    came = len(anna.store.case_ids())
    assert 8 <= came < 30
    assert (anna.store.to_follow(), len(anna.store.cases()), len(anna.store.search("case", 99))) == (0, came, came)
    shop.start()
    anna.client = type(anna.client)(shop.url, token=lambda: anna.token)
    anna.sync.once()
    assert len(anna.store.cases()) == len(anna.store.search("case", 99)) == 30


def test_stopped_by_the_person_it_ends_at_once_and_goes_on_without_a_service(anna: Device, shop: Shop) -> None:
    told = At(Work.FETCH, 2, SyncStoppedError())
    with pytest.raises(SyncStoppedError) as kept:
        Synchroniser(anna.store, anna.client, told).pull()
    for thread in threading.enumerate():
        if thread.name in ("sync fetch", "sync read"):
            thread.join(10)
            assert not thread.is_alive(), "an error that is kept keeps it at work"
    assert kept.value.__traceback__ is not None
    assert (set(told.told), anna.store.to_follow(), anna.store.cases()) == ({Work.FETCH}, 8, ())
    shop.stop()
    with pytest.raises(NoServiceError):
        anna.sync.pull()
    assert (anna.store.to_follow(), len(anna.store.cases())) == (0, 8)


def test_what_an_earlier_program_left_does_not_wait_for_news(anna: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SyncStoppedError):
        Synchroniser(anna.store, anna.client, At(Work.FOLLOW, 2, SyncStoppedError())).pull()
    left = anna.store.to_follow()
    assert 0 < left < 30
    waits: list[float] = []
    real = type(anna.client).pull

    def pull(client: object, cursor: str | None, wait: float = 0) -> object:
        waits.append(wait)
        return real(client, cursor, wait)  # type: ignore[arg-type]

    monkeypatch.setattr(type(anna.client), "pull", pull)
    anna.sync.pull(wait=25)
    assert (waits, anna.store.to_follow(), len(anna.store.cases())) == ([0], 0, 30)
