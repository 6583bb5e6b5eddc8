"""Intervals. Pure numpy and scipy; imports nothing of ours."""
