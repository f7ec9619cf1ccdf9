"""What the figures were measured on: never the machine's name nor a path."""

import os
import platform
import re
from pathlib import Path

import psutil


def describe() -> str:
    """Processor, cores, memory, system and Python, in one line."""
    memory = round(psutil.virtual_memory().total / 1e9)
    system = _system()
    return f"{_processor()}, {os.cpu_count()} cores, {memory} GB, {system}, Python {platform.python_version()}"


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", told.read_text() if told.exists() else "", re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"
