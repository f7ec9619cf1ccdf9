"""The demo with a display: both windows open, and the person plays the customer and the technician."""

from uuid import UUID

from app.cli.demo.world import World
from app.wiring import show_both_windows


def play(world: World) -> UUID | None:
    """Open both windows and stay until they are closed. Returns the case, or None where there is none."""
    world.narrator.tell("Two windows open: Lone's, who needs help, and Anna's desk. Play both.")
    world.narrator.tell(f"Lone's folder with the trouble in it: {world.documents}")
    world.narrator.tell("Close both windows when you are done; then Bo reads it all with the service switched off.")
    return show_both_windows(world.lone, world.anna)
