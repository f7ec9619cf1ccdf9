"""Which emulator a terminal stands on: Ghostty's core where this machine has it, pyte where it has not."""

from app.widgets.terminal.emulator import Emulator
from app.widgets.terminal.libghostty import library


def new_emulator(columns: int = 80, rows: int = 24) -> Emulator:
    """An empty screen of this size."""
    if (ghostty := library()) is not None:
        from app.widgets.terminal.ghostty_emulator import GhosttyEmulator

        return GhosttyEmulator(ghostty, columns, rows)
    from app.widgets.terminal.pyte_emulator import PyteEmulator

    return PyteEmulator(columns, rows)
