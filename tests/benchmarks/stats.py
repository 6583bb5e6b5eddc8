"""Coverage, errors, power and speed of the statistics."""

from __future__ import annotations

from tests.benchmarks import stats_coverage, stats_errors, stats_speed


def main() -> None:
    stats_speed.main()
    stats_coverage.main()
    stats_errors.main()
