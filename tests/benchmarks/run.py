"""`seahelm-lite run` over 24,000 five-shot documents with a model that costs next to nothing: what the harness takes.

The model's answers are hashes of the prompts, and everything else is the real thing, in a process of its own: planning,
hashing, the response store, scoring, the samples file, the seal.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from seahelm_lite.catalog.task_card import Protocol
from tests.benchmarks.made_up import made_up_task

DOCUMENTS = 24_000
SHOTS = 5
RUNS = 3
BAR_S = 30
BAR_GIB = 2
PROTOCOLS: tuple[Protocol, ...] = ("ll-letter", "gen-letter")
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit in which the system tells peak memory."""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    cpu_seconds: float
    peak_gib: float
    """Of resident memory."""


def main() -> None:
    for protocol in PROTOCOLS:
        with tempfile.TemporaryDirectory() as folder:
            made_up_task(Path(folder), protocol, documents=DOCUMENTS, shots=SHOTS)
            costs = [_run(Path(folder), protocol, f"out-{number}") for number in range(RUNS)]
        print(
            f"{protocol}: {DOCUMENTS:,} documents, {SHOTS} shots: {statistics.median(c.seconds for c in costs):.1f} s "
            f"(bar {BAR_S}), {statistics.median(c.cpu_seconds for c in costs):.1f} CPU s, "
            f"peak memory {statistics.median(c.peak_gib for c in costs):.2f} GiB (bar {BAR_GIB}); median of {RUNS}"
        )


def _run(folder: Path, protocol: Protocol, out: str) -> Cost:
    command = [sys.executable, "-m", "tests.benchmarks.run", "run", "--model", "lmeval:hash", "--task", "made_up"]
    command += ["--trust", "tasks", "--mirror", "mirror", "--out", out]
    command += ["--protocol", protocol, "--shots", str(SHOTS)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_BYTES / 2**30)


def _as_the_command() -> int:
    """The real command line, to which lm-eval knows one model more."""
    from lm_eval.api.registry import register_model

    from seahelm_lite.cli.main import main as command_line
    from tests.hash_model import HashModel, number_of

    @register_model("hash")
    class Letters(HashModel):
        """Names a letter wherever it is asked for a text."""

        def _text(self, context: str) -> str:
            return f"Jawapan: {'ABCD'[number_of(context) % 4]}"

    return command_line()


if __name__ == "__main__":
    sys.exit(_as_the_command())
