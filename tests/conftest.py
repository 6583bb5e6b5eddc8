"""Fixtures that several test folders share."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.sources.where import Where
from tests.hub_rows import write_hub_rows

# Whoever starts the tests in the background has them ignore Ctrl-C, which some of them send to themselves.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


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
