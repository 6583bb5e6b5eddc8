"""Turning a task and a protocol into requests."""
