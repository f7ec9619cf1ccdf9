"""How people name a case."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reference import UnknownCaseError, find, is_named, reference


@given(st.uuids())
def test_a_case_is_found_by_every_name_it_goes_by(case_id: UUID) -> None:
    short = reference(case_id)
    spoken = short.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for name in (str(case_id), str(case_id).upper(), str(case_id)[:13], short, spoken):
        assert find(f" {name} ", [case_id]) == case_id


@given(st.uuids(), st.uuids())
def test_what_is_on_a_case_goes_by_its_ids_and_the_short_name_of_its_first(first: UUID, other: UUID) -> None:
    spoken = reference(first).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for name in (str(first), str(other).upper(), reference(first), spoken):
        assert is_named(f" {name} ", first, other)
    for name in ("", str(first)[:13], reference(first)[:5]):
        assert not is_named(name, first, other)


@given(st.text(max_size=60))
def test_a_name_that_fits_nothing_is_a_clear_error(untrusted: str) -> None:
    with pytest.raises(UnknownCaseError, match="bistand cases"):
        find(untrusted, [])


def test_two_cases_by_one_name_are_not_guessed_between() -> None:
    twins = [UUID(int=5), UUID(int=5 + (1 << 100))]
    with pytest.raises(UnknownCaseError, match="More than one"):
        find(reference(twins[0]), twins)
