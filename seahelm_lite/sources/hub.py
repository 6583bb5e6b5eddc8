"""Rows of a dataset of the Hugging Face hub: from a mirror folder, from rows kept earlier, or from the network.

A mirror folder `hub/<org>/<name>/<revision>/` is the dataset's repository, or the part of it that a pin needs: its
`README.md`, which declares configs and column types, and the data files. It is read by the same library under the same
rules as the hub itself, so that both give the same rows. Without a `README.md`, a config is the folder of that name and
a split is recognised by its name in a file's (`<config>/test-00000-of-00001.parquet`, `data/test.jsonl`).
"""

# mypy: disable-error-code="import-untyped,import-not-found"
from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from seahelm_lite.catalog.pins import HubPin
from seahelm_lite.errors import AbsentSourceError, ChangedSourceError, DataError, SourceError
from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.sources.differences import differences
from seahelm_lite.sources.fetch import REMEDY_MISSING
from seahelm_lite.sources.files import write_atomically
from seahelm_lite.sources.text_files import Row
from seahelm_lite.sources.where import Place, Verification, Where

_FRONT_MATTER = re.compile(r"\s*---\n(.*?)\n---", re.DOTALL)

_REMEDY_MIRROR = "Put README.md and the data files of that revision there, or leave the mirror out."
_REMEDY_NETWORK = (
    "Check the network; for a gated set accept its terms on the hub and set HF_TOKEN; or pass --mirror with the "
    "folder hub/<org>/<name>/<revision>."
)

_FORGET_S = 300
_unreached: dict[str, float] = {}
"""When an address of the hub was last found to be out of reach. The library tries for half a minute; that is bearable
once, and not for each of the sets of a long list."""


def hub_rows(pin: HubPin, where: Where) -> list[Row]:
    """The rows of a pinned split; raises as `load_hub`."""
    return load_hub(pin, where)[0]


def rows_sha256(rows: Iterable[Row]) -> str:
    """SHA-256 of rows: each as one line of canonical JSON.

    Raises:
        DataError: If a value has no JSON form.
    """
    return sha256_hex(_lines(rows, "rows"))


def load_hub(pin: HubPin, where: Where) -> tuple[list[Row], Verification]:
    """The rows of a pinned split, and what they were found to be.

    Values are those of the canonical form (an integral float is an integer) wherever the rows came from.

    Raises:
        SourceError: If the dataset is in none of the places (all are named), cannot be reached, is gated, or its rows
            have another hash than the pin. A mirror folder that cannot be read is an error, never passed over.
        DataError: If a value has no JSON form.
    """
    folder = where.mirror / "hub" / pin.id / pin.revision if where.mirror is not None else None
    cached = _cached(pin, where)
    if folder is not None and folder.is_dir():
        text = _lines(_from_mirror(pin, folder), pin.describe())
        remedy = "Replace this folder with the pinned revision, or leave the mirror out."
        return _verified(pin, "mirror", folder, text, remedy, where)
    if cached.is_file():
        return _verified(pin, "cache", cached, _kept(cached), "Delete the file, and the rows are loaded again.", where)
    if where.offline:
        mirror = f"mirror {folder}" if folder is not None else "no mirror given"
        looked = f"{mirror}; cache {cached}; network not tried, being offline"
        raise AbsentSourceError(f"{pin.describe()} was not found ({looked})", remedy=REMEDY_MISSING)
    text = _lines(_from_network(pin), pin.describe())
    remedy = "Nothing was kept. Check the revision and the split of the pin."
    loaded = _verified(pin, "network", cached, text, remedy, where)
    write_atomically(cached, text.encode())
    return loaded


def _verified(
    pin: HubPin, place: Place, path: Path, text: str, remedy: str, where: Where
) -> tuple[list[Row], Verification]:
    found = sha256_hex(text)
    if pin.sha256 is not None and found != pin.sha256:
        changed = ChangedSourceError((pin.sha256, found), where=f"{pin.describe()}, {path}", remedy=remedy)
        old = _as_pinned(pin, where)
        raise changed if old is None else changed.with_rows(differences(_rows(old), _rows(text)))
    return _rows(text), Verification(pin, place, path, found)


def _rows(text: str) -> list[Row]:
    # JSON text may hold U+2028 and its like, which `splitlines` would cut at.
    return [json.loads(line) for line in text.split("\n")[:-1]]


def _as_pinned(pin: HubPin, where: Where) -> str | None:
    """The rows as pinned, where they are in the cache or in a mirror that is not the one in use."""
    cached = _cached(pin, where)
    if cached.is_file() and sha256_hex(kept := _kept(cached)) == pin.sha256:
        return kept
    for folder in (root / "hub" / pin.id / pin.revision for root in where.others):
        if folder.is_dir():
            # A mirror that is not in use may be as broken as it likes.
            with suppress(SourceError, DataError):
                text = _lines(_from_mirror(pin, folder), pin.describe())
                if sha256_hex(text) == pin.sha256:
                    return text
    return None


def _cached(pin: HubPin, where: Where) -> Path:
    """One file per config, split and selection of files; the name is for readers, the digest tells them apart."""
    digest = sha256_hex(canonical_json([pin.config, pin.split, pin.data_files]))[:8]
    name = f"{quote(pin.config or 'default', safe='')}.{quote(pin.split)}.{digest}.rows.jsonl"
    return where.cache / "hub" / pin.id / pin.revision / name


def _kept(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot be read: {error}", where=str(path), remedy="Delete it.") from error


def _lines(rows: Iterable[Row], name: str) -> str:
    return "".join(f"{_line(number, row, name)}\n" for number, row in enumerate(rows))


def _line(number: int, row: Row, name: str) -> str:
    try:
        line = canonical_json(row)
        line.encode()  # text of half a surrogate pair cannot be written
        return line
    except (TypeError, ValueError) as error:
        raise DataError(
            f"a value has no JSON form: {error} (columns: {', '.join(map(str, row))})",
            where=f"{name}#{number}",
            remedy="Pin other files of the set with `data_files`; only text, numbers, lists and mappings are read.",
        ) from None


def _from_mirror(pin: HubPin, folder: Path) -> list[Row]:
    _refuse_addresses(folder)
    options: dict[str, Any] = {"name": pin.config}
    if pin.config is not None and not (folder / "README.md").is_file():
        options = {"data_dir": pin.config}
    try:
        return _load(pin, str(folder.resolve()), **options)
    except Exception as error:  # the library's own, pyarrow's and the file system's have no common base
        raise SourceError(
            f"{pin.describe()} cannot be read from the mirror: {_sentence(error)}",
            where=str(folder),
            remedy=_REMEDY_MIRROR,
        ) from error


def _refuse_addresses(folder: Path) -> None:
    """A card may declare data files by their address; from a mirror that would open a socket, offline or not."""
    readme = _FRONT_MATTER.match(_card_text(folder / "README.md"))
    cards = {"README.md": readme[1] if readme else "", ".huggingface.yaml": _card_text(folder / ".huggingface.yaml")}
    for name, text in cards.items():
        try:
            card = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise SourceError(
                f"not YAML: {_sentence(error)}", where=str(folder / name), remedy=_REMEDY_MIRROR
            ) from None
        if isinstance(card, dict) and "://" in str(card.get("configs")):
            raise SourceError(
                "declares data files by an address, which is no part of a mirror",
                where=str(folder / name),
                remedy="Name files of the folder with `data_files` in the pin and leave this file out.",
            )


def _card_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot be read: {error}", where=str(path), remedy=_REMEDY_MIRROR) from error


def _from_network(pin: HubPin) -> list[Row]:
    if Path(pin.id).is_dir():
        raise SourceError(
            f"the folder {pin.id} of the working directory would be loaded instead of the hub's dataset",
            remedy="Run from another folder.",
        )
    address = os.environ.get("HF_ENDPOINT", "")
    if time.monotonic() - _unreached.get(address, -_FORGET_S) < _FORGET_S:
        raise AbsentSourceError(
            f"{pin.describe()} was not asked for: the hub could not be reached a moment ago", remedy=_REMEDY_NETWORK
        )
    try:
        return _load(pin, pin.id, name=pin.config, revision=pin.revision)
    except Exception as error:  # the library's own, its HTTP client's and pyarrow's have no common base
        if isinstance(error, ConnectionError):
            _unreached[address] = time.monotonic()
        raise AbsentSourceError(
            f"{pin.describe()} cannot be loaded from the hub: {_sentence(error)}", remedy=_REMEDY_NETWORK
        ) from error


def _load(pin: HubPin, path: str, **options: Any) -> list[Row]:
    # Heavy, and needed for hub pins only.
    import datasets

    data_files = {pin.split: pin.data_files} if pin.data_files is not None else None
    # In a cache folder of its own: from the shared one the library serves *any* revision when the hub is down.
    with _quiet(), tempfile.TemporaryDirectory(prefix="seahelm-lite-", ignore_cleanup_errors=True) as folder:
        data = datasets.load_dataset(
            path,
            split=pin.split,
            data_files=data_files,
            cache_dir=folder,
            # Row counts of the README hold for all its files; ours are checked by their hash.
            verification_mode="no_checks",
            **options,
        )
        return [dict(row) for row in data]


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars: only the command line draws."""
    from datasets import utils as rows_library
    from huggingface_hub import utils as hub_library

    loud = [
        library
        for library in (rows_library, hub_library)
        if not library.are_progress_bars_disabled()  # a user who switched them off keeps them off
    ]
    for library in loud:
        library.disable_progress_bars()
    try:
        yield
    finally:
        for library in loud:
            library.enable_progress_bars()


def _sentence(error: Exception) -> str:
    # The library wraps what went wrong in "An error occurred while generating the dataset".
    texts = [str(error) or type(error).__name__, *([str(error.__cause__)] if error.__cause__ is not None else [])]
    text = " ".join(" ".join(texts).split())
    return text if len(text) <= 300 else f"{text[:300]}…"
