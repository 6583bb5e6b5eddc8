"""Readers on real sources, where a mirror stands beside the checkout or SEAHELM_LITE_MIRROR names one."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from seahelm_lite.sources import GithubPin, Where, load_rows

BESIDE = Path(__file__).parents[2] / ".." / "shared" / "data"
MIRROR = Path(os.environ.get("SEAHELM_LITE_MIRROR") or BESIDE)
MESOLITICA = {"repo": "mesolitica/malaysian-dataset", "commit": "297ebe60c9c2a55c9f8b760a71ba3bad2ff09859"}
SARAWAK = {"repo": "matbahasa/Melayu_Sarawak", "commit": "a175f691f9db94d7b4f971e7a93b7cc001c0ed47"}

KERTAS_1 = "15f19194ca019ae151f057472c7b17b46234a2fddcfc511bf428e4868378df6f"
BM_A_PT3 = "73497fc034259b0c22e48fc8f543d0a72d0b5e080d2ae93b233d4e22ddb17d00"
SARAWAK_01 = "d125680f1edf57f86860d44524cc57da3538c1a47ee6bfbbc8f07771f2abe98a"
JADI_IDE = "a55504502bdda8c3921de75bd786df9f6867ad18f9734c7ce07f64f531b580d1"
SARAWAK_01_T = "5ad4713ca89f0c22baa070cf8001a49f8ff4f630573453e50c2e5092aa34da05"

pytestmark = pytest.mark.skipif(
    not (MIRROR / "github.com").is_dir(), reason=f"no mirror at {MIRROR}; set SEAHELM_LITE_MIRROR"
)


@pytest.fixture
def where(tmp_path: Path) -> Where:
    return Where(mirror=MIRROR, cache=tmp_path / "cache", offline=True)


def test_kertas_1_has_180_quizzes_of_which_98_have_a_usable_key(where: Where) -> None:
    path = "llm-benchmark/tatabahasabm.tripod.com-bm-kertas-1/tatabahasabm.tripod.com-bm-kertas1.json"
    pin = GithubPin(**MESOLITICA, path=path, sha256=KERTAS_1)
    rows = load_rows(pin, "json_sets", where)
    assert len(rows) == 180
    assert sum(row["answer"] in ("A", "B", "C", "D") for row in rows) == 98
    assert sum(row["answer"] is None for row in rows) == 81


def test_bm_a_pt3_has_54_questions_with_four_options_and_a_key(where: Where) -> None:
    pin = GithubPin(**MESOLITICA, path="llm-benchmark/BM-pt3/BM-A-pt3", sha256=BM_A_PT3)
    rows = load_rows(pin, "text_records", where)
    assert len(rows) == 54
    assert all(len(row["options"]) == 4 and all(row["options"]) and row["soalan"] for row in rows)
    assert {row["jawapan"][0] for row in rows} == {"A", "B", "C", "D"}
    # One record has the key alone, without a comma and the address of the answer sheet.
    assert [row["no"] for row in rows if "," not in row["jawapan"]] == ["11"]


def test_sarawak_and_standard_malay_align_line_by_line(where: Where) -> None:
    columns = {
        "sarawak": GithubPin(**SARAWAK, path="Sarawak201801.txt", sha256=SARAWAK_01),
        "malay": GithubPin(**SARAWAK, path="terjemahan/Sarawak201801-t.txt", sha256=SARAWAK_01_T),
    }
    rows = load_rows(None, "parallel_lines", where, columns)
    assert len(rows) == 15
    assert all(row["sarawak"] and row["malay"] and not row["malay"].endswith("\r") for row in rows)


def test_the_javanese_dialect_sheet_has_16498_tweets_in_three_dialects(where: Where) -> None:
    pin = GithubPin(
        repo="fathanick/Javanese-Dialect-Identification-from-Twitter-Data",
        commit="a664051e59be33f3fb54b1a672179e0e4fc55521",
        path="Update 16K_Dataset.xlsx",
        sha256=JADI_IDE,
    )
    rows = load_rows(pin, "xlsx", where)
    labels = Counter(row["Label"] for row in rows)
    assert labels == {"Jawa Standar": 5500, "Jawa Ngapak": 5500, "Jawa Timur": 5498}
    assert [row["A"] for row in rows[:3]] == [0, 1, 2]
