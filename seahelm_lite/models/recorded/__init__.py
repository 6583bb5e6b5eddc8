"""Answers that were recorded elsewhere: readers of the logs of other harnesses and benchmarks."""
