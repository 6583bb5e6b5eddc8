"""Evaluate language models on suites for the languages of Southeast Asia.

See the README for the command line."""

__version__ = "0.1.0"
