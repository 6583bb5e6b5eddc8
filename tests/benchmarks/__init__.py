"""Measurements: ratios in one run, medians, never asserted. `make bench [BENCH=name]`; results in RESULTS.md."""
