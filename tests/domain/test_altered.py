"""`altered` makes what `dataclasses.replace` makes."""

from dataclasses import FrozenInstanceError, replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.altered import altered
from app.domain.case import Case

_CHANGES = st.fixed_dictionaries({}, optional={"about": st.text(), "machine": st.text(), "solution": st.text()})


@given(_CHANGES, _CHANGES)
def test_it_is_what_replace_makes(first: dict[str, str], second: dict[str, str]) -> None:
    case = Case(UUID(int=1))
    once = altered(case, **first)
    assert once == replace(case, **first)  # type: ignore[arg-type]
    assert altered(once, **second) == replace(once, **second)  # type: ignore[arg-type]
    assert case == Case(UUID(int=1))


def test_a_field_that_is_not_there_is_none() -> None:
    with pytest.raises(TypeError, match="Case has no colour"):
        altered(Case(UUID(int=1)), colour="red")


def test_it_is_as_frozen_as_it_was() -> None:
    with pytest.raises(FrozenInstanceError):
        altered(Case(UUID(int=1)), about="x").about = "y"  # type: ignore[misc]
