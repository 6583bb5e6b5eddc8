"""Rows of our own in the shape of data sets that only a hub has: their definitions are tried on these."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

MALAYMMLU_ROWS = [
    {
        "id": number,
        "prompt": f"{question}\n" + "\n".join(options),
        "answer": options["ABCDE".index(key)],
        "year": "Tingkatan 1",
        "subject": "Geografi",
        "subject_eng": "Geography",
        "category": "Social science",
        "level": "Secondary",
        "options": options,
        "num_options": len(options),
        "key": key,
    }
    for number, question, options, key in [
        (1, "Negeri manakah yang paling luas?", ["A. Perlis", "B. Sarawak", "C. Melaka"], "B"),
        (2, "Sungai terletak di", ["A. darat", "B. langit"], "A"),
        (3, "Ibu kota Malaysia ialah", ["A. Ipoh", "B. Kuala Lumpur", "C. Kuching", "D. Kangar"], "B"),
        (3137313, "Soalan yang tidak lengkap", ["A. satu", "B. dua"], "A"),
    ]
]
"""Rows of our own in the shape of MalayMMLU's file; the last has the id of a known bad one."""

INCLUDE: Sequence[Row] = [
    {
        "question": f"Soalan {n}?",
        "option_a": "satu",
        "option_b": "dua",
        "option_c": "tiga",
        "option_d": "empat",
        "answer": n,
        "domain": "STEM",
    }
    for n in range(4)
]
GLOBAL_PIQA: Sequence[Row] = [
    {"prompt": f"Goal {n}", "solution0": "this", "solution1": "or that", "label": n % 2} for n in range(4)
]
INDOMMLU: Sequence[Row] = [
    {
        "id": n,
        "sumber": "buku",
        "keterangan sumber": "",
        "kelas": "9.0",
        "nomor": n,
        "subject": "Kimia",
        "level": "SMP",
        "soal": f"Soal {n}?",
        "jawaban": "A. satu\nB. dua\nC. tiga",
        "kunci": "ABC"[n % 3],
        "is_for_fewshot": int(n == 3),
    }
    for n in range(4)
]


def _stingray(config: str) -> list[Row]:
    return [
        {
            "word": f"{config}{n}",
            "lang1_sentence": f"Kalimat {config} {n}.",
            "lang2_sentence": f"Ayat {config} {n}.",
            "semantic_appropriate_label": n % 3,
            "usage_correctness_lang1_answer": "Yes" if n % 2 else "No",
            "usage_correctness_lang2_answer": "No" if n % 2 else "Yes",
        }
        for n in range(4)
    ]


def write_hub_rows(mirror: Path) -> None:
    """Write them where a mirror of the hub has them."""
    hub = mirror / "hub"
    file = hub / "UMxYTLAILabs" / "MalayMMLU" / "main" / "MalayMMLU_0shot.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(MALAYMMLU_ROWS), encoding="utf-8")
    for language in ("Malay", "Tagalog", "Vietnamese", "Tamil", "Indonesian"):
        _lines(hub / "CohereForAI" / "include-base-44" / "main" / language / "test.jsonl", INCLUDE)
    for language in (
        "ind_latn", "tam_taml", "zsm_latn", "tgl_latn", "vie_latn", "tha_thai", "jav_latn", "sun_latn",
    ):  # fmt: skip
        _lines(hub / "mrlbenchmarks" / "global-piqa-nonparallel" / "main" / language / "test.jsonl", GLOBAL_PIQA)
    for config in ("id_ms", "id_ms_common"):
        _lines(hub / "StingrayBench" / "StingrayBench" / "main" / config / "test.jsonl", _stingray(config))
    table = hub / "indolem" / "IndoMMLU" / "main" / "IndoMMLU.csv"
    table.parent.mkdir(parents=True)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(INDOMMLU[0]))
        writer.writeheader()
        writer.writerows(INDOMMLU)


def _lines(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
