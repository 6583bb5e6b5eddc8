"""The files of a corpus, cut into shares of work, and the texts in them as they are compared."""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from seahelm_lite.errors import SourceError
from seahelm_lite.sources.overlap.normalise import RECORD_END, normalised

Kind = Literal["text", "lines", "json", "parquet"]

_KINDS: dict[str, Kind] = {".txt": "text", ".jsonl": "lines", ".json": "json", ".parquet": "parquet"}
_PACKED = {".gz": "gzip", ".zst": "zstd"}

_SHARE = 32 << 20
"""Bytes of a plain file that are one share of the work."""
_BLOCK = 1 << 18
"""Bytes that are read at once: what is made of them stays in the cache."""
_ROWS = 1024


class UnreadableError(Exception):
    """A file of a corpus that cannot be read, or not to its end; its text says why."""


@dataclass(frozen=True)
class CorpusFile:
    """A file that can be searched."""

    path: Path
    name: str
    """Within the corpus, with `/` between folders."""
    kind: Kind
    packed: str | None
    """Its compression, where it has one."""
    size: int


@dataclass(frozen=True)
class Share:
    """A part of a file: the bytes that begin in a range. What is no plain text is one share."""

    file: CorpusFile
    start: int
    stop: int


def find_files(folder: Path) -> tuple[list[CorpusFile], dict[str, int]]:
    """The files of a corpus that can be searched, by name, and how many others there are, by ending.

    Raises:
        SourceError: If it is no folder, or holds no file that can be searched.
    """
    kinds = f"{', '.join(_KINDS)}, and the first three packed as .gz or .zst"
    if not folder.is_dir():
        raise SourceError("the corpus is no folder", where=str(folder), remedy="Name the folder that holds its files.")
    files: list[CorpusFile] = []
    others: Counter[str] = Counter()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        packed = _PACKED.get(path.suffix.lower())
        kind = _KINDS.get((Path(path.stem) if packed else path).suffix.lower())
        if kind is None or (packed and kind == "parquet"):
            others[path.suffix.lower() or "no ending"] += 1
        else:
            name = path.relative_to(folder).as_posix()
            files.append(CorpusFile(path, name, kind, packed, path.stat().st_size))
    if not files:
        raise SourceError("holds no file that can be searched", where=str(folder), remedy=f"Searched are {kinds}.")
    return files, dict(sorted(others.items()))


def shares_of(file: CorpusFile) -> list[Share]:
    """The file in shares of the work."""
    if file.packed or file.kind in ("json", "parquet"):
        return [Share(file, 0, file.size)]
    return [Share(file, start, min(start + _SHARE, file.size)) for start in range(0, max(file.size, 1), _SHARE)]


def blocks(share: Share) -> Iterator[bytes]:
    """The text of a share as it is compared, in blocks.

    Blocks of a text follow each other without a gap, also from one share of a file to the next. Records (lines of
    JSON, a JSON file, rows of a table) are whole, and kept apart.

    Raises:
        UnreadableError: If the file cannot be read; what was read before was given.
    """
    try:
        yield from {"text": _text, "lines": _lines, "json": _json, "parquet": _parquet}[share.file.kind](share)
    except UnreadableError:
        raise
    except (OSError, EOFError) as error:
        raise UnreadableError(" ".join(str(getattr(error, "strerror", None) or error).split())) from None
    except (ValueError, NotImplementedError, RecursionError) as error:  # pyarrow's own errors are among them
        raise UnreadableError(" ".join(str(error).split())[:300]) from None


def _text(share: Share) -> Iterator[bytes]:
    odd = False
    for raw in _raw(share, b" \n"):
        text, strange = _decoded(raw)
        odd = odd or strange
        yield normalised(text)
    _tell(odd)


def _lines(share: Share) -> Iterator[bytes]:
    odd, bad = False, 0
    for raw in _raw(share, b"\n"):
        text, strange = _decoded(raw)
        odd = odd or strange
        records = []
        for line in text.split("\n"):
            if not line or line.isspace():
                continue
            try:
                records.append("\n".join(_strings(json.loads(line))))
            except ValueError:
                bad += 1
        yield normalised("".join(record + RECORD_END for record in records))
    if bad:
        told = "1 line is no JSON, and was" if bad == 1 else f"{bad} lines are no JSON, and were"
        raise UnreadableError(f"{told} passed over")
    _tell(odd)


def _json(share: Share) -> Iterator[bytes]:
    with _opened(share.file) as file:
        text, odd = _decoded(file.read())
    try:
        values = [json.loads(text)]
    except json.JSONDecodeError as error:
        # Many a file of lines is called .json.
        if error.msg != "Extra data":
            raise
        values = [json.loads(line) for line in text.split("\n") if line.strip()]
    for value in values:
        yield normalised("\n".join(_strings(value)) + RECORD_END)
    _tell(odd)


def _parquet(share: Share) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(share.file.path) as file:
        columns = [column.name for column in file.schema_arrow if _holds_text(column.type)]
        if not columns:
            return
        for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            yield normalised("".join("\n".join(_strings(row)) + RECORD_END for row in rows))


def _holds_text(kind: Any) -> bool:
    """Whether values of an Arrow type are texts, or have texts in them."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _holds_text(kind.value_type)
    if kind.num_fields:
        return any(_holds_text(kind.field(place).type) for place in range(kind.num_fields))
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _strings(value: Any) -> list[str]:
    """The texts in a value, in its order; names of members are none."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict):
        for member in value.values():
            _gather(member, found)
    elif isinstance(value, (list, tuple)):
        for member in value:
            _gather(member, found)


def _raw(share: Share, cuts: bytes) -> Iterator[bytes]:
    """The bytes of a share in blocks that end behind one of some bytes, or at the end of the file.

    A share begins behind the first such byte at or after its start and goes on to the first at or after its stop, so
    that each is of exactly one share.
    """
    plain = share.file.packed is None
    with _opened(share.file) as file:
        position = share.start
        if share.start:
            file.seek(share.start)
            position += len(_up_to_cut(file, cuts))
        left, ended = b"", plain and position > share.stop
        while not ended:
            block = file.read(min(_BLOCK, share.stop - position) if plain else _BLOCK)
            position += len(block)
            ended = not block or (plain and position == share.stop)
            if ended and plain:
                block += _up_to_cut(file, cuts)
            if RECORD_END.encode() in block:
                raise UnreadableError("holds NUL bytes, so it is no text in UTF-8")
            end = max(block.rfind(cuts[place : place + 1]) for place in range(len(cuts))) + 1
            if end:
                yield left + block[:end]
                left = b""
            left += block[end:]
        if left:
            yield left


def _up_to_cut(file: IO[bytes], cuts: bytes) -> bytes:
    """Read on to behind the first of some bytes, or to the end."""
    parts: list[bytes] = []
    while block := file.read(1 << 16):
        places = [place for cut in range(len(cuts)) if (place := block.find(cuts[cut : cut + 1])) >= 0]
        if places:
            end = min(places) + 1
            file.seek(end - len(block), os.SEEK_CUR)
            return b"".join([*parts, block[:end]])
        parts.append(block)
    return b"".join(parts)


@contextlib.contextmanager
def _opened(file: CorpusFile) -> Iterator[IO[bytes]]:
    if file.packed is None:
        with file.path.open("rb") as plain:
            yield plain
        return
    import pyarrow as pa

    with pa.input_stream(str(file.path), compression=file.packed) as unpacked:
        yield unpacked


def _decoded(raw: bytes) -> tuple[str, bool]:
    """Bytes as text, and whether some were not UTF-8: nothing is found across them."""
    try:
        return raw.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), True


def _tell(odd: bool) -> None:
    if odd:
        raise UnreadableError("holds bytes that are not UTF-8, and were passed over")
