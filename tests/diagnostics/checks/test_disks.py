"""How disks are judged."""

import psutil
import pytest

from app.diagnostics.checks.disks import Disk, DisksCheck, judge, read_only_in
from app.domain.finding import Level

GB = 1_000_000_000
MB = 1_000_000


@pytest.mark.parametrize(
    ("disk", "level"),
    [
        (Disk("/", 500 * GB, 200 * GB), Level.OK),
        (Disk("/", 500 * GB, 15 * GB), Level.NOTICE),
        (Disk("/", 500 * GB, 2 * GB), Level.PROBLEM),
        (Disk("/archive", 4000 * GB, 100 * GB), Level.OK),
        (Disk("/boot", 500 * MB, 120 * MB), Level.OK),
        (Disk("/boot", 500 * MB, 10 * MB), Level.PROBLEM),
        (Disk("/", 500 * GB, 200 * GB, names_left=0.5), Level.PROBLEM),
        (Disk("/", 500 * GB, 200 * GB, broken=True), Level.PROBLEM),
    ],
)
def test_a_disk_is_judged_by_its_share_and_its_size(disk: Disk, level: Level) -> None:
    assert disk.level is level


def test_the_worst_disk_sets_level_and_sentence_and_all_are_evidence() -> None:
    outcome = judge([Disk("C:", 100 * GB, 60 * GB), Disk("D:", 100 * GB, int(2.14 * GB))])
    assert outcome.level is Level.PROBLEM
    assert outcome.sentence == "The disk D: is full: 2.1 GB is left."
    facts = [(fact.name, fact.value, fact.unit) for fact in outcome.evidence]
    assert ("C: free", 60.0, "GB") in facts
    assert ("D: free", 2.14, "GB") in facts
    assert ("D: free", 2.1, "%") in facts


def test_a_disk_that_turned_read_only_may_be_failing() -> None:
    outcome = judge([Disk("/", 100 * GB, 60 * GB, broken=True)])
    assert outcome.sentence == "The disk / can be read but nothing can be saved on it. It may be failing."
    assert ("/ can be saved on", False) in [(fact.name, fact.value) for fact in outcome.evidence]


def test_no_disks_at_all_is_unknown() -> None:
    assert judge([]).level is Level.UNKNOWN


def test_a_disk_that_its_owner_mounts_read_only_is_not_broken() -> None:
    fstab = (
        "# /dev/sdz /old ext4 ro 0 0\n/dev/sda1 / ext4 errors=remount-ro 0 1\n/dev/sdb1 /photos ext4 noexec,ro 0 2\n"
    )
    assert read_only_in(fstab) == {"/photos"}


def test_this_machine_has_a_disk() -> None:
    assert DisksCheck().run().evidence


def test_where_a_container_hides_the_disks_the_root_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: [])
    outcome = DisksCheck().run()
    assert outcome.level is not Level.UNKNOWN
    assert any(fact.name.startswith("/ ") for fact in outcome.evidence)
