"""The root of all errors that a person may read. Each room draws its own tree under it."""


class BistandError(Exception):
    """Something a person can act on: the text says what is wrong and what helps.

    `exit_code` is what a command ends with.
    """

    exit_code = 1


class UsageError(BistandError):
    """What was typed makes no sense as it stands."""

    exit_code = 2


class RefusedError(BistandError):
    """The rules say no to this, in the state the case is in. The text is a sentence for people."""
