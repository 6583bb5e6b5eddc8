"""Turning answers into scores: extraction, metrics. Pure, offline, re-runnable."""
