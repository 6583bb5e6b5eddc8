"""Where the files that ship with the package are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder(name: str) -> Path:
    """The folder `tasks`, `leaderboards` or `site` of this installation.

    Raises:
        FileNotFoundError: If the installation is damaged and the folder is missing.
    """
    for parent in (_PACKAGE / "shipped", _PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation of seahelm-lite; reinstall it")
