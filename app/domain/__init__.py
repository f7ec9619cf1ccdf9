"""What can happen and what it means. Pure: no I/O, no clock, no Qt."""

import pydantic.errors  # noqa: F401  # before the rest of it: where Qt is loaded, its import hook asks half-loaded modules
