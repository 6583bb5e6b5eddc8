"""Fixtures that several test folders share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.sources.where import Where
from tests.hub_rows import write_hub_rows

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

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


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The mirror of real data beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the mirror of real data (../shared/data) is not here")
    return SHARED_DATA


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror with rows of our own for what only a hub has, and the real data where it is here."""
    folder = tmp_path_factory.mktemp("mirror")
    hub = folder / "hub" / "UMxYTLAILabs" / "MalayMMLU" / "main"
    hub.mkdir(parents=True)
    (hub / "MalayMMLU_0shot.json").write_text(json.dumps(MALAYMMLU_ROWS), encoding="utf-8")
    write_hub_rows(folder)
    if SHARED_DATA.is_dir():
        (folder / "github.com").symlink_to(SHARED_DATA / "github.com")
    return folder


@pytest.fixture
def where(mirror: Path, catalog: Catalog, tmp_path: Path) -> Where:
    """Places to look for data: the mirror, an empty cache, no network."""
    return Where(mirror=mirror, cache=tmp_path / "cache", offline=True, task_roots=catalog.roots)


def needs_real_data(task: str) -> bool:
    """Whether a task's data is neither in the repository nor made up by `mirror`."""
    data = _tasks()[task].card.data
    return any(pin.kind == "github" for file in (*data.test, *data.shots) for pin in file.pins)


@cache
def _tasks() -> Mapping[str, TaskDefinition]:
    return load_catalog().tasks


def skip_without_data(task: str) -> None:
    """Skip, saying why, where a task needs the mirror of real data and it is not here."""
    if needs_real_data(task) and not SHARED_DATA.is_dir():
        pytest.skip(f"{task} needs the mirror of real data (../shared/data), which is not here")
