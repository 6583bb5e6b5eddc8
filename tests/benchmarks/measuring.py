"""Timing that the benchmarks share."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def cpu_seconds(work: Callable[[], Result], *, runs: int = 3) -> tuple[float, Result]:
    """Median CPU seconds of this process over some runs, and the last result."""
    seconds = []
    for _ in range(runs):
        before = time.process_time()
        result = work()
        seconds.append(time.process_time() - before)
    return statistics.median(seconds), result


def peak_mib() -> float:
    """Of this process alone: `ru_maxrss` begins with what the process that started it had in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
