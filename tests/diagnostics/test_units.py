"""Amounts, in evidence and in sentences."""

import pytest

from app.diagnostics import units


def test_sizes_in_evidence_are_numbers_in_gb() -> None:
    fact = units.size("free", 2_147_483_648)
    assert (fact.value, fact.unit) == (2.15, "GB")
    assert units.gigabytes(135_291_469_824) == 135.3


@pytest.mark.parametrize(("language", "spoken"), [("en", "2.1 GB"), ("da", "2,1 GB"), ("de", "2,1 GB")])
def test_sizes_in_sentences_follow_the_language(monkeypatch: pytest.MonkeyPatch, language: str, spoken: str) -> None:
    monkeypatch.setattr(units, "language", lambda: language)
    assert units.spoken_size(2_147_483_648) == spoken
    assert units.spoken_size(640_000_000) == "640 MB"
