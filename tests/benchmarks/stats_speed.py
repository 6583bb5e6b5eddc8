"""Seconds and memory of the statistics of large boards, each as a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np

from seahelm_lite.stats.comparisons import TaskTable, compare_all, rank_intervals, tie_groups
from seahelm_lite.stats.joint_draws import first_shares, headline_draws, percentile_intervals
from tests.benchmarks.measuring import peak_mib

MODELS, TASKS, DOCUMENTS, CLUSTERS, DRAWS = 100, 60, 500, 150, 10_000
BAR_S, BAR_MIB = 20, 4096
RECORDED = {"thai_exam_ic": (95, 95), "openthai_onet_m6": (164, 153)}
"""Documents and clusters of th-exam-recorded."""
RECORDED_MODELS, RECORDED_BAR_S = 102, 30


def main() -> None:
    for name in _SIDES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.stats_speed", name], check=True)


def _intervals() -> None:
    tasks = _large()
    wall, cpu = time.perf_counter(), time.process_time()
    drawn = headline_draws(tasks, seed=1, draws=DRAWS)
    bounds, first = percentile_intervals(drawn), first_shares(drawn)
    taken = f"{time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s"
    width = np.mean([hi - lo for lo, hi in bounds])
    print(f"intervals of {MODELS} models x {TASKS} tasks x {DRAWS:,} joint draws: {taken} (bar {BAR_S} s), ", end="")
    print(f"peak {peak_mib():,.0f} MiB (bar {BAR_MIB:,}); mean width {width:.4f}, most often first {max(first):.0%}")


def _decisions() -> None:
    tasks = _large()
    wall, cpu = time.perf_counter(), time.process_time()
    compared = compare_all(tasks, seed=1, draws=DRAWS)
    taken = f"{time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s"
    pairs = MODELS * (MODELS - 1) // 2
    told = f"{compared.better(0.05).sum():,} of {pairs:,} pairs told apart"
    print(f"decisions of {MODELS} models x {TASKS} tasks x {DRAWS:,} joint draws: {taken}, ", end="")
    print(f"peak {peak_mib():,.0f} MiB; {told}")


def _recorded() -> None:
    generator = np.random.default_rng(7)
    rates = np.sort(generator.uniform(0.25, 0.95, RECORDED_MODELS))[::-1]
    tasks = []
    for name, (documents, clusters) in RECORDED.items():
        difficulty = generator.normal(scale=0.25, size=documents)
        scores = (generator.random((RECORDED_MODELS, documents)) < rates[:, None] + difficulty).astype(np.float64)
        tasks.append(TaskTable(scores, [f"{name}/{n % clusters}" for n in range(documents)], 0.5))
    wall = time.perf_counter()
    compared = compare_all(tasks, seed=1, draws=DRAWS)
    better = compared.better(0.05)
    ranks, groups = rank_intervals(better), tie_groups(better)
    taken = time.perf_counter() - wall
    neighbours = sum(bool(better[place, place + 1]) for place in range(RECORDED_MODELS - 1))
    print(f"{RECORDED_MODELS} models of the size of th-exam-recorded: {taken:.1f} s (bar {RECORDED_BAR_S} s), ", end="")
    print(f"peak {peak_mib():,.0f} MiB; {max(groups)} groups, {neighbours} neighbours told apart, ", end="")
    print(f"median rank range {np.median([hi - lo + 1 for lo, hi in ranks]):.0f} places")


def _large() -> list[TaskTable]:
    """Half of the tasks right or wrong and half graded; every sixth translates the items of the one before."""
    generator = np.random.default_rng(5)
    rates = np.linspace(0.3, 0.8, MODELS)
    tasks = []
    for task in range(TASKS):
        difficulty = generator.normal(scale=0.2, size=DOCUMENTS)
        chance = np.clip(rates[:, None] + difficulty, 0.02, 0.98)
        whole = task % 2 == 0
        scores = generator.random((MODELS, DOCUMENTS)) < chance if whole else generator.beta(4 * chance, 4 - 4 * chance)
        items = task - 1 if task % 6 == 5 else task
        names = [f"{items}/{n % CLUSTERS}" for n in range(DOCUMENTS)]
        tasks.append(TaskTable(np.asarray(scores, dtype=np.float64), names, 1 / TASKS))
    return tasks


_SIDES = {"intervals": _intervals, "decisions": _decisions, "recorded": _recorded}

if __name__ == "__main__":
    _SIDES[sys.argv[1]]()
