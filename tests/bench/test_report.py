"""What becomes of the rows: the figures for programs, and the page for people."""

import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.machine import describe
from tests.bench.report import Results, figures_of, page
from tests.bench.row import CannotMeasureError, Figure, Measured, Row, at_least, at_most

TITLES = {"bulk_data": "bulk data, against OpenSSH", "diagnostics": "diagnostics, against inxi"}
GOOD = at_most("diagnostics", 0.22034, 0.63551, "s", 0.5, "In turns.")
BAD = at_least("bulk_data", 40.0, 80.0, "MB/s", 1.5, "One stream. Missed for lack of cores.")


@pytest.mark.parametrize(
    ("row", "holds", "aim"),
    [
        (at_most("x", 1.0, 2.0, "s", 0.5, ""), True, "at most 0.5x"),
        (at_most("x", 1.1, 2.0, "s", 0.5, ""), False, "at most 0.5x"),
        (at_least("x", 3.0, 2.0, "MB/s", 1.5, ""), True, "at least 1.5x"),
        (at_least("x", 2.9, 2.0, "MB/s", 1.5, ""), False, "at least 1.5x"),
    ],
)
def test_an_aim_holds_or_it_does_not(row: Row, holds: bool, aim: str) -> None:
    assert (row.holds, row.aim) == (holds, aim)


def test_the_figures_are_those_that_scripts_rely_on() -> None:
    assert figures_of(GOOD) == {
        "ours": 0.2203,
        "peer": 0.6355,
        "unit": "s",
        "ratio": 0.3467,
        "aim": "at most 0.5x",
        "holds": True,
    }


def test_a_run_of_one_row_keeps_the_others_figures(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.add(GOOD, "2026-11-01", "a machine", 0.1)
    results.add(BAD, "2026-11-02", "a machine", 0.1)
    results.add(GOOD, "2026-11-03", "a machine", 0.1)
    kept = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert kept == {"diagnostics": figures_of(GOOD), "bulk_data": figures_of(BAD)}
    (tmp_path / "build" / "bench.json").unlink()  # as on another machine
    results.add(GOOD, "2026-11-04", "another machine", 0.1)
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == kept
    assert results.record()["diagnostics"]["day"] == "2026-11-04"
    assert results.record()["bulk_data"]["note"] == BAD.note


def test_the_page_shows_good_and_bad_figures_alike(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.add(GOOD, "2026-11-01", "a machine, 2 cores", 0.1)
    results.add(BAD, "2026-11-02", "a machine, 2 cores", 0.1)
    text = page(results.record(), TITLES)
    lines = text.splitlines()
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert rows == [
        "| bulk data, against OpenSSH | 40 MB/s | 80 MB/s | 0.50x | at least 1.5x | **missed** |",
        "| diagnostics, against inxi | 0.2203 s | 0.6355 s | 0.35x | at most 0.5x | holds |",
    ]
    assert "Missed for lack of cores." in text
    assert "2026-11-02, load before 0.1 a core" in text
    assert lines[-1] == "- a machine, 2 cores: `bulk_data`, `diagnostics`"


def test_figures_without_a_peer_have_a_table_of_their_own(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.add(GOOD, "2026-11-01", "a machine", 0.1)
    measured = Measured("relay_load", (Figure("memory", 1234.56, "MB"), Figure("processes", 1103, "")), "By hand.")
    results.add(measured, "2026-11-02", "a machine", 0.2)
    assert set(json.loads((tmp_path / "build" / "bench.json").read_text())) == {"diagnostics"}
    text = page(results.record(), TITLES | {"relay_load": "a full relay"})
    assert "## Without a peer: a full relay\n" in text
    assert "| memory | 1235 MB |\n| processes | 1103 |\n" in text
    assert "(`relay_load`, 2026-11-02, load before 0.2 a core). By hand." in text
    assert text.endswith("- a machine: `diagnostics`, `relay_load`\n")


def test_a_page_without_figures_is_still_a_page() -> None:
    text = page({}, TITLES)
    assert text.startswith("# Benchmarks\n")
    assert "Not measured yet: `bulk_data`, `diagnostics`." in text


def test_the_machine_is_named_without_its_name_or_a_path() -> None:
    import platform

    text = describe()
    assert "cores" in text
    assert "Python 3" in text
    assert f" {platform.node()}," not in text


def test_every_row_is_a_module_or_says_that_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cannot() -> Row:
        raise CannotMeasureError("inxi is not installed")

    monkeypatch.setattr(bench, "_ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    Results(tmp_path).add(BAD, "2026-11-02", "a machine", 0.1)
    monkeypatch.setattr(bench, "_measure", lambda name: cannot if name == "diagnostics" else lambda: GOOD)
    assert bench.main(["diagnostics"]) == 1
    assert "diagnostics: cannot be measured here: inxi is not installed" in capsys.readouterr().err
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == {"bulk_data": figures_of(BAD)}
    assert "40 MB/s" in (tmp_path / "docs" / "benchmarks.md").read_text()


def test_what_is_measured_together_has_a_row_for_each_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tuple(at_most(f"keystroke_{which}", 2.0, 1.0, "ms", 1.3, "By hand.") for which in ("p50", "p99"))
    monkeypatch.setattr(bench, "_ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(bench, "_measure", lambda _: lambda: rows)
    assert bench.main(["keystroke"]) == 0
    assert capsys.readouterr().out.count("2.00x, aim at most 1.3x: MISSED") == 2
    text = (tmp_path / "docs" / "benchmarks.md").read_text()
    assert text.count("| 2 ms | 1 ms | 2.00x | at most 1.3x | **missed** |") == 2


def test_an_unknown_row_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bench.main(["speed"])
    assert ended.value.code == 2
    assert "there is no row 'speed'; there are: bulk_data" in capsys.readouterr().err
