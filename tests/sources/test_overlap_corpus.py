"""Files of a corpus of every kind, and what is found in them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seahelm_lite.errors import SourceError
from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.sources.overlap import files as corpus_files
from seahelm_lite.sources.overlap import looking
from seahelm_lite.sources.overlap.files import find_files
from seahelm_lite.sources.overlap.normalise import normalised

TEXT = "ใครเป็นผู้ประดิษฐ์อักษรไทยขึ้นเป็นครั้งแรกในสมัยกรุงสุโขทัยเป็นราชธานี"
OTHER = "Siapakah yang menulis surat kepada ketua kampung tentang jambatan yang runtuh itu?"
TEXTS = [normalised(TEXT), normalised(OTHER), normalised(f"{OTHER} Pak Mat")]


def look(folder: Path) -> looking.Looked:
    files, _ = find_files(folder)
    return looking.look(TEXTS, files, lambda _: None)


def text(content: str) -> bytes:
    return content.encode()


def lines(content: str) -> bytes:
    return b'{"a": 1}\n\n' + json.dumps({"meta": {"url": "x"}, "parts": ["y", content]}).encode() + b"\n"


def one_json(content: str) -> bytes:
    return json.dumps({"data": [{"text": content}, None, 3.5]}, ensure_ascii=False).encode()


def lines_called_json(content: str) -> bytes:
    return b'\xef\xbb\xbf{"a": "b"}\n' + json.dumps([content]).encode()


def table(content: str) -> bytes:
    sink = pa.BufferOutputStream()
    nested = [{"role": "user", "parts": [content]}, None]
    columns = {"n": [1, 2], "nested": nested, "text": pa.array(["a", "b"], pa.large_string())}
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, "zstd", asbytes=True))


KINDS: list[tuple[str, Callable[[str], bytes]]] = [
    ("a.txt", text),
    ("deep/er/A.TXT", text),
    ("a.jsonl", lines),
    ("a.json", one_json),
    ("lines.json", lines_called_json),
    ("a.parquet", table),
    ("a.txt.gz", lambda content: gzip.compress(text("x " * 9)) + gzip.compress(text(content))),
    ("a.jsonl.gz", lambda content: gzip.compress(lines(content))),
    ("a.jsonl.zst", lambda content: zstd(lines(content))),
    ("a.json.zst", lambda content: zstd(one_json(content))),
]


@pytest.mark.parametrize(("name", "made"), KINDS, ids=[name for name, _ in KINDS])
def test_a_text_is_found_in_files_of_every_kind(name: str, made: Callable[[str], bytes], tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made(f"Awal. {TEXT[:30]}\n{TEXT[30:]} akhir"))
    assert (look(tmp_path).found, look(tmp_path).unread) == ({0}, {})
    path.write_bytes(made(TEXT.replace("ผู้", "คน")))
    assert look(tmp_path).found == set()


def test_members_of_a_record_stand_one_after_the_other_and_records_apart(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"soalan": OTHER, "jawapan": "Pak Mat"}))
    assert look(tmp_path).found == {1, 2}
    (tmp_path / "a.jsonl").write_text(json.dumps({"soalan": OTHER}) + "\n" + json.dumps({"jawapan": "Pak Mat"}))
    assert look(tmp_path).found == {1}


@pytest.mark.parametrize("share", [1, 7, 64, 500])
@pytest.mark.parametrize("block", [5, 64, 4096])
def test_a_text_is_found_wherever_blocks_and_shares_of_a_file_end(
    share: int, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_files, "_SHARE", share)
    monkeypatch.setattr(corpus_files, "_BLOCK", block)
    spaced = " ".join(TEXT[place : place + 5] for place in range(0, len(TEXT), 5))
    (tmp_path / "a.txt").write_text(f"{'awal ' * 9}{spaced}   \n\n{' ' * 600}{OTHER}")
    (tmp_path / "b.txt").write_text("Pak Mat")
    assert look(tmp_path).found == {0, 1}
    (tmp_path / "a.txt").write_text(f"{'awal ' * 9}{OTHER[:40]}{' ' * 600}{OTHER[40:]} \t Pak Mat")
    (tmp_path / "b.jsonl").write_text("".join(json.dumps({"t": f"{n} {TEXT}"}) + "\n" for n in range(3)))
    assert look(tmp_path).found == {0, 1, 2}


def test_a_large_corpus_is_searched_by_several_processes_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("kata " * 2000 + OTHER + " kata" * 2000)
    (tmp_path / "b.jsonl").write_text(json.dumps([TEXT]))
    (tmp_path / "c.txt").write_bytes(b"\x00\x01")
    alone = look(tmp_path)
    monkeypatch.setattr(looking, "_ALONE", 0)
    monkeypatch.setattr(corpus_files, "_SHARE", 10_040)
    monkeypatch.setattr(looking.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert look(tmp_path) == alone
    assert alone.found == {0, 1}


def test_a_corpus_is_known_by_the_names_sizes_and_hashes_of_its_files(tmp_path: Path) -> None:
    contents = {"b/c.txt": b"dua", "a.jsonl": b'"satu"'}
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    listed = [[name, len(data), hashlib.sha256(data).hexdigest()] for name, data in sorted(contents.items())]
    assert look(tmp_path).sha256 == sha256_hex(canonical_json(listed))


BAD: list[tuple[str, bytes, str]] = [
    ("a.txt", text(TEXT)[:90] + b"\x00", "holds NUL bytes, so it is no text in UTF-8"),
    ("a.txt", OTHER.encode("utf-16"), "holds NUL bytes, so it is no text in UTF-8"),
    ("a.txt", TEXT.encode("tis-620"), "holds bytes that are not UTF-8, and were passed over"),
    ("a.jsonl", b'{"a": \n"b"}\n{"c": "d"}\n', "2 lines are no JSON, and were passed over"),
    ("a.jsonl", b'{"a"\n{"c": "d"}\n', "1 line is no JSON, and was passed over"),
    ("a.json", b'{"a": ', "Expecting value: line 1 column 7 (char 6)"),
    ("a.json", b"[" * 100_000, "maximum recursion depth exceeded"),
    ("a.parquet", b"PAR1 no table", "Parquet magic bytes not found"),
    ("a.txt.gz", b"no gzip at all", ""),
    ("a.txt.gz", gzip.compress(b"kata " * 100_000)[:-200], ""),
    ("a.jsonl.zst", b"no zstd at all", ""),
]


@pytest.mark.parametrize(("name", "content", "reason"), BAD)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_searched(
    name: str, content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "whole.txt").write_text(TEXT)
    looked = look(tmp_path)
    assert looked.found == {0}
    assert list(looked.unread) == [name]
    assert reason in looked.unread[name]
    assert "\n" not in looked.unread[name]


def test_lines_that_are_no_json_do_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a":\n' + json.dumps(TEXT) + "\nbukan json\n")
    assert look(tmp_path).found == {0}


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda folder: folder / "absent", "the corpus is no folder"),
        (lambda folder: _file(folder / "file.txt"), "the corpus is no folder"),
        (lambda folder: folder, "holds no file that can be searched"),
    ],
)
def test_a_corpus_that_is_none_is_refused(made: Callable[[Path], Path], reason: str, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(b"%PDF")
    with pytest.raises(SourceError, match=reason):
        find_files(made(tmp_path))


def _file(path: Path) -> Path:
    path.write_text("x")
    return path


def test_files_of_other_kinds_are_counted(tmp_path: Path) -> None:
    for name in ("a.txt", "b.pdf", "c.PDF", "d.parquet.gz", "LICENSE"):
        (tmp_path / name).write_text("x")
    files, others = find_files(tmp_path)
    assert [file.name for file in files] == ["a.txt"]
    assert others == {".gz": 1, ".pdf": 2, "no ending": 1}


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    for name in ("a.txt", "b.jsonl", "c.txt.gz"):
        content: Any = gzip.compress(b"") if name.endswith("gz") else b""
        (tmp_path / name).write_bytes(content)
    assert (look(tmp_path).found, look(tmp_path).unread) == (set(), {})
