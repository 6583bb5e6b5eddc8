"""Evaluate language models on suites for the languages of Southeast Asia.

The README shows the command line; everything it does is callable: `evaluate` runs a model, `load_run` reads a run,
`compare` puts runs beside each other, `bridge` tells how far protocols are apart, `build_site` renders boards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seahelm_lite.bridging import bridge
    from seahelm_lite.comparing import compare
    from seahelm_lite.pages import build_site
    from seahelm_lite.runs import evaluate, load_run

__version__ = "0.1.0"
__all__ = ["__version__", "bridge", "build_site", "compare", "evaluate", "load_run"]


def __getattr__(name: str) -> Any:
    """Import the callables when they are first asked for, so that importing the package costs next to nothing."""
    if name in ("evaluate", "load_run"):
        from seahelm_lite import runs

        return getattr(runs, name)
    if name == "bridge":
        from seahelm_lite.bridging import bridge

        return bridge
    if name == "compare":
        from seahelm_lite.comparing import compare

        return compare
    if name == "build_site":
        from seahelm_lite.pages import build_site

        return build_site
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
