"""No number is used twice, though no index tells which was the last: also where events come back to a restored home."""

import shutil
from contextlib import closing
from pathlib import Path
from uuid import UUID

from app.domain import events as ev
from app.store.opening import open_store, steps
from tests.store.parts import DEVICE, KEY, add_note, foreign, note, open_case, opened


def test_a_home_put_back_from_a_backup_goes_on_after_its_own_later_events(path: Path, tmp_path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
    kept = Path(shutil.copy(path, tmp_path / "kept.db"))
    with opened(path) as store:
        later = [add_note(store, case_id, "later") for _ in range(3)]
    with opened(kept) as store:
        for number, event in enumerate(later, 2):
            store.receive([ev.Confirmed(version=number, event=event)], f"e:{number}", more=number == 3)
        assert add_note(store, case_id, "now").device_seq == later[-1].device_seq + 1


def test_the_numbers_of_others_say_nothing_of_ours(path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
        store.receive([ev.Confirmed(version=2, event=foreign(case_id, note("theirs"), seq=700))], "e:2")
        assert add_note(store, case_id, "ours").device_seq == 2
    with opened(path, device=UUID(int=200)) as theirs:
        assert add_note(theirs, case_id, "by their own program").device_seq == 701


def test_where_the_number_is_not_known_it_is_looked_for_and_a_rebuild_does_so_too(path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
        add_note(store, case_id, "second")
    with closing(open_store(path, KEY, steps())) as connection:
        connection.execute("DELETE FROM fact WHERE name GLOB 'sequence *'")
    with opened(path) as store:
        assert add_note(store, case_id, "third").device_seq == 3
    with closing(open_store(path, KEY, steps())) as connection:
        connection.execute("UPDATE fact SET value = '1' WHERE name = ?", (f"sequence {DEVICE.hex}",))
    with opened(path) as store:
        store.rebuild()
        assert add_note(store, case_id, "fourth").device_seq == 4
