"""A whole corpus searched for texts, on as many processes as there are cores."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.sources.overlap.files import CorpusFile, Share, UnreadableError, blocks, shares_of
from seahelm_lite.sources.overlap.search import Searcher

_ALONE = 32 << 20
"""Bytes of a corpus up to which further processes take longer to begin than to search."""


@dataclass(frozen=True)
class Looked:
    """What came of searching a corpus."""

    found: frozenset[int]
    """Places of the texts that were met."""
    sha256: str
    """Of the canonical JSON of the list of files: name, size and SHA-256 of each."""
    unread: dict[str, str]
    """Name of a file that could not be read, or not to its end, to the reason."""


@dataclass(frozen=True)
class _Result:
    """What came of a share."""

    found: frozenset[int]
    head: bytes
    """The first bytes of a text: all that a text looked for can have of it that began in the share before."""
    tail: bytes
    """The last ones."""
    whole: bool
    """Whether the head is all there is."""
    fault: str | None


def look(texts: Sequence[bytes], files: Sequence[CorpusFile], advance: Callable[[int], None]) -> Looked:
    """Search the files of a corpus.

    Args:
        texts: What is looked for, each once, in the form of `normalised`.
        files: The files.
        advance: Told how many further bytes of the files were searched.
    """
    shares = [share for file in files for share in shares_of(file)]
    searcher = Searcher(texts)  # also searches where one share of a file meets the next
    found: set[int] = set()
    unread: dict[str, str] = {}
    hashes: dict[str, str] = {}
    last: tuple[CorpusFile, bytes] | None = None
    for share, result, digest in _results(searcher, shares):
        file = share.file
        if digest is not None:
            hashes[file.name] = digest
        before = last[1] if last is not None and last[0] == file else b""
        joined = before + result.head
        if before:
            searcher.search(joined)
        last = (file, (joined if result.whole else result.tail)[-max(searcher.longest - 1, 1) :])
        found |= result.found
        if result.fault is not None:
            unread.setdefault(file.name, result.fault)
        advance(share.stop - share.start)
    listed = [[file.name, file.size, hashes[file.name]] for file in files if file.name in hashes]
    return Looked(frozenset(found | searcher.found), sha256_hex(canonical_json(listed)), unread)


def _results(searcher: Searcher, shares: Sequence[Share]) -> Iterator[tuple[Share, _Result, str | None]]:
    """What came of each share, in order; beside the first share of a file, the hash of the file."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or sum(share.stop - share.start for share in shares) <= _ALONE:
        _begin(searcher)
        for share in shares:
            yield share, _search(share), None if share.start else _hash(share.file)
        return
    # Started anew and not forked: a fork takes over locks that threads of this process may hold.
    pool = ProcessPoolExecutor(min(cores, len(shares)), get_context("spawn"), initializer=_begin, initargs=(searcher,))
    try:
        waiting: list[tuple[Share, Future[_Result], Future[str | None] | None]] = []
        for share in shares:
            hashed = None if share.start else pool.submit(_hash, share.file)
            waiting.append((share, pool.submit(_search, share), hashed))
        for share, searched, hashed in waiting:
            yield share, searched.result(), hashed.result() if hashed is not None else None
    finally:
        pool.shutdown(cancel_futures=True)


_searcher: Searcher
"""That of this process, which has its tables once for all shares."""


def _begin(searcher: Searcher) -> None:
    global _searcher  # noqa: PLW0603
    _searcher = searcher


def _search(share: Share) -> _Result:
    keep = max(_searcher.longest - 1, 1)
    head = left = b""
    total, fault = 0, None
    before = set(_searcher.found)
    try:
        for block in blocks(share):
            total += len(block)
            if len(head) < keep:
                head = (head + block)[:keep]
            data = left + block
            _searcher.search(data)
            left = data[-keep:]
    except UnreadableError as error:
        fault = str(error)
    return _Result(frozenset(_searcher.found - before), head, left, total <= keep, fault)


def _hash(file: CorpusFile) -> str | None:
    try:
        with file.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None  # the search has the reason
