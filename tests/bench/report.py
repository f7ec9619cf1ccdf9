"""Keeps the figures and writes the page. Pure but for `Results`, which reads and writes the files.

`docs/benchmarks.json` is the record: the newest figures of each row, how they were measured, when and on what. It
belongs to the project as the page does, so that a run of some rows, on whatever machine, keeps the others' figures.
`build/bench.json` has the bare figures of those with a peer, for programs.
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
    """The figures of the latest run of each row, kept in `root`, the project's folder."""

    root: Path

    def add(self, row: Row | Measured, day: str, machine: str, load: float) -> None:
        """Keep this row's figures in place of earlier ones.

        `day` is its date, `machine` what it ran on, `load` how many tasks a core had in the minute before: on a
        machine that is busy with other things the figures say less.
        """
        told = {"figures": figures_of(row)} if isinstance(row, Row) else {"alone": _alone_of(row)}
        kept = dict(self.record()) | {
            row.name: {**told, "note": row.note, "day": day, "machine": machine, "load": load},
        }
        _write(self._record, kept)
        compared = {name: one["figures"] for name, one in kept.items() if "figures" in one}
        _write(self.root / "build" / "bench.json", compared)

    def record(self) -> Table:
        """By row: its `figures`, or those that have no peer (`alone`), then note, day, machine and load."""
        if not self._record.exists():
            return {}
        table: Table = json.loads(self._record.read_text())
        return table

    @property
    def _record(self) -> Path:
        return self.root / "docs" / "benchmarks.json"


def figures_of(row: Row) -> dict[str, Any]:
    """The part of a row that bench.json holds."""
    fields = asdict(row)
    return {name: _rounded(fields[name]) for name in _FIGURES}


def _alone_of(measured: Measured) -> dict[str, Any]:
    """Figures that have no peer: by what each is of, its value and unit."""
    return {one.what: {"value": _rounded(one.value), "unit": one.unit} for one in measured.figures}


def page(record: Table, titles: Mapping[str, str]) -> str:
    """The page in Markdown: a table in the order of `titles`, then how each row was measured."""
    known = [name for name in titles if name in record]
    lines = [
        "# Benchmarks",
        "",
        "Measured by `make bench`, each row against a peer in the same run. The page is written by that run; figures",
        "are ratios to the peer's, so that they can be compared between machines. One that misses its aim says so.",
        "",
        "| what | ours | peer | ratio | aim | |",
        "|---|---|---|---|---|---|",
        *(_line(titles[name], record[name]["figures"]) for name in known if "figures" in record[name]),
        "",
        *(line for name in known if "alone" in record[name] for line in _alone(titles[name], record[name]["alone"])),
        "## How they were measured",
        "",
    ]
    for name in known:
        told = record[name]
        when = f"{told['day']}, load before {told['load']} a core"
        lines += [f"**{titles[name]}** (`{name}`, {when}). {told['note']}".rstrip(), ""]
    if missing := [f"`{name}`" for name in titles if name not in known]:
        lines += [f"Not measured yet: {', '.join(missing)}.", ""]
    lines += ["## The machine", ""]
    machines: dict[str, list[str]] = {}
    for name in known:
        machines.setdefault(record[name]["machine"], []).append(f"`{name}`")
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


def _write(path: Path, table: Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n")
    draft.replace(path)
