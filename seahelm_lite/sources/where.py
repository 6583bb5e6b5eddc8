"""Where pinned data is looked for, and where it was found."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seahelm_lite.catalog.pins import Pin
from seahelm_lite.catalog.plugins import CodeRoot
from seahelm_lite.errors import SourceError

Place = Literal["mirror", "cache", "network", "packaged"]

_ON = ("1", "true", "yes", "on")
_OFF = ("", "0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Where:
    """The places of this machine, in the order they are looked at: mirror, cache, network."""

    mirror: Path | None
    """Folder with `github.com/<owner>/<repo>/<commit>/<path>` and `hub/<org>/<name>/<revision>/...`; never written."""
    cache: Path
    """Folder that downloads are kept in, laid out like a mirror."""
    offline: bool
    """True: no socket is opened."""
    task_roots: tuple[Path, ...] = ()
    """Folders that paths of packaged files start from."""
    code: tuple[CodeRoot, ...] = ()
    """Whose modules a card may name to read a file's rows."""
    opens_held_out: bool = False
    """Whether held-out items may be decrypted: a run does it, and nothing that shows or writes items."""
    others: tuple[Path, ...] = ()
    """Further mirrors at hand: never used, but a changed file is compared with the pinned version in one of them."""

    @classmethod
    def from_environment(
        cls,
        mirror: Path | str | None = None,
        offline: bool | None = None,
        task_roots: Iterable[Path] = (),
        code: Iterable[CodeRoot] = (),
    ) -> Where:
        """Read `SEAHELM_LITE_MIRROR`, `SEAHELM_LITE_CACHE` and `SEAHELM_LITE_OFFLINE`; arguments win.

        Raises:
            SourceError: If the mirror is not a folder, or the switch is neither on nor off.
        """
        usual = os.environ.get("SEAHELM_LITE_MIRROR") or None
        mirror = mirror or usual
        folder = Path(mirror).expanduser() if mirror is not None else None
        if folder is not None and not folder.is_dir():
            raise SourceError(
                "the mirror is not a folder",
                where=str(folder),
                remedy="Correct --mirror or SEAHELM_LITE_MIRROR, or leave it out.",
            )
        return cls(
            mirror=folder,
            cache=_cache(),
            offline=_offline() if offline is None else offline,
            task_roots=tuple(task_roots),
            code=tuple(code),
            others=(Path(usual).expanduser(),) if usual not in (None, mirror) else (),
        )


@dataclass(frozen=True, slots=True)
class Verification:
    """A pin whose data was found and is what the pin says."""

    pin: Pin
    place: Place
    path: Path
    """The file; for a hub pin the mirror's folder, or the cached rows."""
    sha256: str
    """Of the file, or of the rows; the one to write down where the pin has none yet."""


def _cache() -> Path:
    own = os.environ.get("SEAHELM_LITE_CACHE")
    if own:
        return Path(own).expanduser()
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification says that a relative value is to be ignored.
    return (base if base.is_absolute() else Path.home() / ".cache") / "seahelm-lite"


def _offline() -> bool:
    value = os.environ.get("SEAHELM_LITE_OFFLINE", "").strip().lower()
    # A switch that is misspelt and so ignored would open sockets on a machine that must not.
    if value not in _ON + _OFF:
        raise SourceError(f"SEAHELM_LITE_OFFLINE={value!r} is neither on nor off", remedy="Use 1 or 0.")
    return value in _ON
