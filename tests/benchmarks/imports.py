"""What it costs to start: CPU seconds of a whole process, beside an empty Python."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

RUNS = 15
BAR_S = 0.3


def main() -> None:
    floor = _median_cpu([sys.executable, "-c", "pass"])
    for name, command in (
        ("seahelm-lite -h", [sys.executable, "-m", "seahelm_lite", "-h"]),
        ("import seahelm_lite", [sys.executable, "-c", "import seahelm_lite"]),
    ):
        print(f"{name}: {_median_cpu(command):.3f} CPU s (bar {BAR_S}, an empty Python {floor:.3f})")


def _median_cpu(command: list[str]) -> float:
    return statistics.median(_cpu(command) for _ in range(RUNS))


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
