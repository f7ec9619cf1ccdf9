"""Fixtures for tests of what stands in front of the database: once is enough, on SQLite."""

import pytest


@pytest.fixture
def db() -> None:
    """In place of both databases."""


@pytest.fixture(scope="module")
def db_once() -> None:
    """In place of both databases."""
