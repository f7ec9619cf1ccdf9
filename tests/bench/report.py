"""Keeps the figures and writes the page. Pure but for `Results`, which reads and writes the two files in build/.

`bench.json` holds the bare figures for programs, `bench-alone.json` those that have no peer; `bench-notes.json` holds
what the page needs beside them: how each was measured, when and on what. All outlive a run, so a run of some rows keeps
the others' figures.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.row import Measured, Row

_FIGURES = ("ours", "peer", "unit", "ratio", "aim", "holds")

Table = Mapping[str, Mapping[str, Any]]
"""By row's name, its fields."""


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of the latest run of each row, kept in `folder`."""

    folder: Path

    def add(self, row: Row | Measured, day: str, machine: str, load: float) -> None:
        """Keep this row's figures in place of earlier ones.

        `day` is its date, `machine` what it ran on, `load` how many tasks a core had in the minute before: on a
        machine that is busy with other things the figures say less.
        """
        notes = dict(self.notes()) | {row.name: {"note": row.note, "day": day, "machine": machine, "load": load}}
        self.folder.mkdir(parents=True, exist_ok=True)
        if isinstance(row, Row):
            _write(self.folder / "bench.json", dict(self.figures()) | {row.name: figures_of(row)})
        else:
            told = {one.what: {"value": _rounded(one.value), "unit": one.unit} for one in row.figures}
            _write(self.folder / "bench-alone.json", dict(self.alone()) | {row.name: told})
        _write(self.folder / "bench-notes.json", notes)

    def figures(self) -> Table:
        """What bench.json holds."""
        return _read(self.folder / "bench.json")

    def alone(self) -> Table:
        """The figures that have no peer: by row's name, by what each is of, its value and unit."""
        return _read(self.folder / "bench-alone.json")

    def notes(self) -> Table:
        """How, when and where each row was measured."""
        return _read(self.folder / "bench-notes.json")


def figures_of(row: Row) -> dict[str, Any]:
    """The part of a row that bench.json holds."""
    fields = asdict(row)
    return {name: _rounded(fields[name]) for name in _FIGURES}


def page(figures: Table, notes: Table, titles: Mapping[str, str], alone: Table | None = None) -> str:
    """The page in Markdown: a table in the order of `titles`, then how each row was measured."""
    alone = alone or {}
    known = [name for name in titles if name in figures or name in alone]
    lines = [
        "# Benchmarks",
        "",
        "Measured by `make bench`, each row against a peer in the same run. The page is written by that run; figures",
        "are ratios to the peer's, so that they can be compared between machines. One that misses its aim says so.",
        "",
        "| what | ours | peer | ratio | aim | |",
        "|---|---|---|---|---|---|",
        *(_line(titles[name], figures[name]) for name in known if name in figures),
        "",
        *(line for name in known if name in alone for line in _alone(titles[name], alone[name])),
        "## How they were measured",
        "",
    ]
    for name in known:
        told = notes.get(name, {})
        when = f"{told.get('day', 'no date')}, load before {told.get('load', '?')} a core"
        lines += [f"**{titles[name]}** (`{name}`, {when}). {told.get('note', '')}".rstrip(), ""]
    if missing := [f"`{name}`" for name in titles if name not in known]:
        lines += [f"Not measured yet: {', '.join(missing)}.", ""]
    lines += ["## The machine", ""]
    machines: dict[str, list[str]] = {}
    for name in known:
        machines.setdefault(str(notes.get(name, {}).get("machine", "not noted")), []).append(f"`{name}`")
    lines += [f"- {machine}: {', '.join(names)}" for machine, names in machines.items()]
    return "\n".join(lines).rstrip() + "\n"


def _line(title: str, row: Mapping[str, Any]) -> str:
    ours, peer = (f"{row[side]:g} {row['unit']}" for side in ("ours", "peer"))
    verdict = "holds" if row["holds"] else "**missed**"
    return f"| {title} | {ours} | {peer} | {row['ratio']:.2f}x | {row['aim']} | {verdict} |"


def _alone(title: str, figures: Mapping[str, Any]) -> list[str]:
    """A table of its own for figures that have no peer."""
    rows = (f"| {what} | {one['value']:g} {one['unit']}".rstrip() + " |" for what, one in figures.items())
    return [f"## Without a peer: {title}", "", "| what | figure |", "|---|---|", *rows, ""]


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _read(path: Path) -> Table:
    if not path.exists():
        return {}
    table: Table = json.loads(path.read_text())
    return table


def _write(path: Path, table: Table) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(table, indent=2) + "\n")
    draft.replace(path)
