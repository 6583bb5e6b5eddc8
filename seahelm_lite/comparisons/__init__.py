"""Runs beside each other: on the same documents, with a test of every difference."""
