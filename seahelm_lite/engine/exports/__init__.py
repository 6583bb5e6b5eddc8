"""Runs in the file formats of others."""
