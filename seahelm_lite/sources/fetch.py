"""Finding the file of a pin: mirror, then cache, then network, and never without checking its hash."""

from __future__ import annotations

import http.client
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from seahelm_lite.catalog.pins import FilePin, GithubPin, PackagedPin
from seahelm_lite.errors import AbsentSourceError, ChangedSourceError, SourceError
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.files import file_sha256, write_atomically
from seahelm_lite.sources.where import Place, Verification, Where

REMEDY_MISSING = "Pass --mirror, or run `seahelm-lite data fetch` with a network."

_TRIES = 3
_TIMEOUT_S = 30.0
_PAUSE_S = 1.0
"""Before the second try; doubled before the third."""
_WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})


def locate(pin: FilePin, where: Where) -> Path:
    """The pinned file on this machine, fetched if need be; raises as `find`."""
    return find(pin, where).path


def find(pin: FilePin, where: Where) -> Verification:
    """Find the file of a pin and check its hash.

    Raises:
        SourceError: If it is nowhere to be found (every place looked at is named).
        ChangedSourceError: If the first copy found has another hash. A wrong copy is never passed over for the next
            place: whoever set up a mirror wants to know.
    """
    return _find_packaged(pin, where) if isinstance(pin, PackagedPin) else _find_github(pin, where)


def _find_packaged(pin: PackagedPin, where: Where) -> Verification:
    # Folders of several owners may have a file of that name; the hash says which is meant.
    found = [path for root in where.task_roots if (path := root / pin.path).is_file()]
    if found:
        path = next((path for path in found if file_sha256(path) == pin.sha256), found[0])
        return _checked(pin, "packaged", path, "Install the package again, or write the new hash into the card.")
    looked = ", ".join(str(root) for root in where.task_roots) or "no tasks folder is known"
    raise SourceError(f"{pin.describe()} was not found ({looked})", remedy="Install the package that ships it again.")


_AT_COMMIT = re.compile(r"github\.com/(?P<repo>[^/]+/[^/]+)/(?P<commit>[0-9a-f]{40})/(?P<path>.+)")


def upstream_name(path: str) -> str | None:
    """The part of a path that says which file of which repository at which commit it is, in the layout of a mirror.

    None where the path does not say.
    """
    found = _AT_COMMIT.search(path)
    return None if found is None or ".." in found["path"].split("/") else found[0]


def read_upstream(name: str, where: Where) -> bytes:
    """A file named by repository and commit in the layout of a mirror, whose hash nobody has written down yet.

    The commit fixes its content; whoever reads it writes down the hash.

    Raises:
        AbsentSourceError: If it is neither in the mirror, nor in the cache, nor on the network.
    """
    places = [root / name for root in (where.mirror, where.cache) if root is not None]
    for path in places:
        if path.is_file():
            return path.read_bytes()
    looked = ", ".join(str(path) for path in places)
    found = _AT_COMMIT.fullmatch(name)
    if where.offline or found is None:
        raise AbsentSourceError(f"was not found ({looked})", where=name, remedy="Pass --mirror, or correct the path.")
    url = f"{_github_base()}/{found['repo']}/{found['commit']}/{quote(found['path'])}"
    try:
        data = _download(url)
    except (OSError, http.client.HTTPException) as error:
        fault = f"was not found ({looked}; network {url}: {error or type(error).__name__})"
        raise AbsentSourceError(fault, where=name, remedy="Pass --mirror, or correct the path.") from error
    write_atomically(where.cache / name, data)
    return data


def _find_github(pin: GithubPin, where: Where) -> Verification:
    relative = Path("github.com", pin.repo, pin.commit, pin.path)
    cached = where.cache / relative
    if where.mirror is not None and (mirrored := where.mirror / relative).is_file():
        remedy = "Replace this copy with the pinned version, or leave the mirror out."
        return _checked(pin, "mirror", mirrored, remedy, lambda: _as_pinned(pin, where))
    if cached.is_file():
        return _checked(pin, "cache", cached, "Delete it, and it is fetched again.", lambda: _as_pinned(pin, where))
    mirror = f"mirror {where.mirror / relative}" if where.mirror is not None else "no mirror given"
    looked = f"{mirror}; cache {cached}"
    if where.offline:
        raise _missing(pin, f"{looked}; network not tried, being offline")
    url = f"{_github_base()}/{pin.repo}/{pin.commit}/{quote(pin.path)}"
    try:
        data = _download(url)
    except (OSError, http.client.HTTPException) as error:
        raise _missing(pin, f"{looked}; network {url}: {error or type(error).__name__}") from error
    if (found := sha256_hex(data)) != pin.sha256:
        remedy = "Nothing was kept. Check the pin, and any proxy on the way."
        raise ChangedSourceError(
            (pin.sha256, found), where=url, remedy=remedy, changed=data, pinned=_as_pinned(pin, where)
        )
    write_atomically(cached, data)
    return Verification(pin, "network", cached, pin.sha256)


def _checked(
    pin: FilePin, place: Place, path: Path, remedy: str, as_pinned: Callable[[], Path | None] = lambda: None
) -> Verification:
    if (found := file_sha256(path)) != pin.sha256:
        raise ChangedSourceError((pin.sha256, found), where=str(path), remedy=remedy, changed=path, pinned=as_pinned())
    return Verification(pin, place, path, found)


def _as_pinned(pin: GithubPin, where: Where) -> Path | None:
    """A file with the pinned content in any place at hand, under the pinned commit or another one."""
    for root in filter(None, (where.mirror, where.cache, *where.others)):
        repository = root / "github.com" / pin.repo
        commits = sorted(repository.iterdir()) if repository.is_dir() else []
        for path in (commit / pin.path for commit in commits):
            if path.is_file() and file_sha256(path) == pin.sha256:
                return path
    return None


def _missing(pin: GithubPin, looked: str) -> AbsentSourceError:
    return AbsentSourceError(f"{pin.describe()} was not found ({looked})", remedy=REMEDY_MISSING)


def _github_base() -> str:
    base = os.environ.get("SEAHELM_LITE_GITHUB_BASE") or "https://raw.githubusercontent.com"
    # urllib would also follow file: and ftp: addresses.
    if urlsplit(base).scheme not in ("http", "https"):
        raise SourceError(f"SEAHELM_LITE_GITHUB_BASE={base!r} is not an http(s) address", remedy="Correct or unset it.")
    return base.rstrip("/")


def _download(url: str) -> bytes:
    """The whole body; a body shorter than announced counts as a failed try."""
    request = Request(url, headers={"User-Agent": "seahelm-lite"})
    for attempt in range(1, _TRIES + 1):
        try:
            with urlopen(request, timeout=_TIMEOUT_S) as response:
                return bytes(response.read())
        except (OSError, http.client.HTTPException) as error:
            hopeless = isinstance(error, HTTPError) and error.code not in _WORTH_RETRYING
            if hopeless or attempt == _TRIES:
                raise
            time.sleep(_PAUSE_S * 2 ** (attempt - 1))
    raise AssertionError("unreachable: the last try returns or raises")
