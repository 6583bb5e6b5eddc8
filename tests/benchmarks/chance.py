"""The random baseline over 20 seeds against the chance that each multiple-choice task declares."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.errors import AbsentSourceError
from seahelm_lite.sources.where import Where
from tests.agreement import LEVEL, Agreement, agreement, family
from tests.conftest import SHARED_DATA
from tests.hub_rows import write_hub_rows


def main() -> None:
    catalog = load_catalog()
    tasks = family(catalog)
    found: list[Agreement] = []
    with tempfile.TemporaryDirectory() as folder:
        mirror = Path(folder)
        write_hub_rows(mirror)
        if SHARED_DATA.is_dir():
            (mirror / "github.com").symlink_to(SHARED_DATA / "github.com")
        where = Where(mirror=mirror, cache=mirror / "cache", offline=True, task_roots=catalog.roots)
        for task in tasks.values():
            try:
                found.append(agreement(task, where))
            except AbsentSourceError as error:
                print(f"{task.name}: not tested, {error.what}", file=sys.stderr)
    threshold = LEVEL / len(tasks)
    for each in sorted(found, key=lambda each: each.p):
        print(f"{each.p:9.2g}  {each.accuracy:.4f} of {each.chance:.4f}  {each.documents:4}  {each.task}")
    failed = [each.task for each in found if each.p < threshold]
    print(
        f"{len(found)} of {len(tasks)} tasks tested over 20 seeds; smallest p {min(each.p for each in found):.2g}, "
        f"threshold {threshold:.2g}; disagree: {', '.join(failed) or 'none'}"
    )
