"""The Qt binding itself. One release loses a reference to None with each call on Python 3.11, and ends the process."""

import sys

from PySide6.QtCore import QObject

CALLS = 500


def test_calls_into_qt_lose_no_references() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < CALLS // 2
