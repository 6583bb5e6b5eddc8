"""A corpus of real text searched for 20,000 texts of tasks: `data overlap`."""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.errors import SourceError
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.overlap.files import CorpusFile, find_files
from seahelm_lite.sources.overlap.looking import look
from seahelm_lite.sources.overlap.texts import sought_in
from seahelm_lite.sources.where import Where
from tests.conftest import SHARED_DATA

TEXTS = 20_000
BYTES = 600_000_000
"""Getting 20,000 texts and two processes ready takes some three seconds, which a corpus is large beside."""
BAR_MB_S = 50
PASSES = 3


def main() -> None:
    if not SHARED_DATA.is_dir():
        print("skipped: the mirror of real data (../shared/data) is not here")
        return
    texts = _texts()
    with tempfile.TemporaryDirectory() as folder:
        files = _corpus(Path(folder))
        size = sum(file.size for file in files) / 1e6
        cores = len(os.sched_getaffinity(0))
        print(f"{size:.0f} MB of real text in many languages, {len(texts):,} texts, {cores} cores; medians of {PASSES}")
        found = look(texts, files, lambda _: None).found
        whole = [_seconds(lambda: look(texts, files, lambda _: None)) for _ in range(PASSES)]
        floor = [_seconds(lambda: look([], files, lambda _: None)) for _ in range(PASSES)]
    for name, passes in (("searched", whole), ("read, hashed and normalised alone", floor)):
        wall, cpu = (sorted(each)[PASSES // 2] for each in zip(*passes, strict=True))
        bar = f" (bar {BAR_MB_S})" if passes is whole else ""
        print(f"  {name}: {size / wall:.0f} MB/s{bar}, {size / cpu:.0f} MB for each CPU second")
    print(f"  {len(found):,} texts found; every second one was changed in its last letter, so that it is nowhere")


def _texts() -> list[bytes]:
    """Texts of tasks at hand in many languages: every second one as it is, the others changed in their last byte."""
    catalog = load_catalog()
    where = Where(mirror=SHARED_DATA, cache=SHARED_DATA, offline=True, task_roots=catalog.roots)
    found: dict[bytes, None] = {}
    for name in sorted(catalog.tasks, key=sha256_hex):
        task = catalog.tasks[name]
        if len(found) >= TEXTS:
            break
        try:
            documents = load_documents(task.card, where).test
        except SourceError:
            continue
        found.update((sought.text, None) for sought in sought_in(task.card, documents))
    return [text if place % 2 else text[:-1] + b"\x01" for place, text in enumerate(list(found)[:TEXTS])]


def _corpus(folder: Path) -> list[CorpusFile]:
    """The running text of the mirror's files as a crawl has it: half plain text, half pages in lines of JSON."""
    texts = [text for file in find_files(SHARED_DATA)[0] for text in _texts_of(file) if len(text) > 20]
    pages = ["\n".join(texts[start : start + 40]) for start in range(0, len(texts), 40)]
    times = 1 + BYTES // (2 * sum(len(page.encode()) for page in pages))
    with (folder / "crawl.txt").open("w", encoding="utf-8") as plain, (folder / "crawl.jsonl").open("w") as lines:
        for number in range(times):
            for place, page in enumerate(pages):
                plain.write(page + "\n\n")
                lines.write(json.dumps({"url": f"{number}/{place}", "text": page}, ensure_ascii=False) + "\n")
    return find_files(folder)[0]


def _texts_of(file: CorpusFile) -> list[str]:
    """The texts in a file of the mirror; none where it is no JSON."""
    if file.kind == "text":
        return file.path.read_text(encoding="utf-8", errors="replace").split("\n")
    try:
        content = file.path.read_text(encoding="utf-8-sig")
        values = (
            [json.loads(line) for line in content.split("\n") if line] if file.kind == "lines" else json.loads(content)
        )
    except ValueError:
        return []
    found: list[str] = []
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, (list, dict)):
            waiting += value if isinstance(value, list) else value.values()
    return found


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and those of the processor in this process and those that it started."""
    began, before = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - began, _cpu() - before


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
