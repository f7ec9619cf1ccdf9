"""What can happen and what it means. Pure: no I/O, no clock, no Qt."""

import pydantic.main  # noqa: F401  # before any part of it: once Qt is loaded, its import hook trips over half-loaded ones
