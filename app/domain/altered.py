"""A frozen record with some fields changed, as `dataclasses.replace` makes it, in a tenth of the time.

Folding a log makes one for each event. `replace` asks every field for its value and calls the class with all of them;
here what the record holds is copied whole. So it is for plain frozen dataclasses without slots or `__post_init__`.
"""

from typing import Any, TypeVar

Fact = TypeVar("Fact")


def altered(fact: Fact, **changes: Any) -> Fact:
    """The same with these fields changed. Raises `TypeError` where it has no such field."""
    held = vars(fact)
    if not changes.keys() <= held.keys():
        raise TypeError(f"{type(fact).__name__} has no {', '.join(sorted(changes.keys() - held.keys()))}")
    new = object.__new__(type(fact))
    vars(new).update(held)
    vars(new).update(changes)
    return new
