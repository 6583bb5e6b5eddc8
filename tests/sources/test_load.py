from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seahelm_lite.errors import CardError, SourceError
from seahelm_lite.sources import HubPin, PackagedPin, Where, load_rows
from tests.sources.conftest import CONTENT, pin_of, put

HUB = HubPin(id="org/name", split="test", revision="main")


def test_a_pin_and_a_format_give_rows(offline: Where) -> None:
    put(offline.mirror, CONTENT)
    assert load_rows(pin_of(CONTENT), "csv", offline) == [{"premise": "Hujan turun.", "label": "1"}]


def test_columns_give_rows_of_several_pins(offline: Where) -> None:
    put(offline.mirror, b"Sik.\r\n", "a.txt")
    put(offline.cache, b"Tidak.\r\n", "b c.txt")
    columns = {"dialect": pin_of(b"Sik.\r\n", "a.txt"), "malay": pin_of(b"Tidak.\r\n", "b c.txt")}
    assert load_rows(None, "parallel_lines", offline, columns) == [{"dialect": "Sik.", "malay": "Tidak."}]


def test_a_packaged_file_gives_rows(offline: Where) -> None:
    content = b'{"soalan": "Apa?"}\n'
    (offline.task_roots[0] / "suite").mkdir(parents=True)
    (offline.task_roots[0] / "suite" / "ms.jsonl").write_bytes(content)
    pin = PackagedPin(path="suite/ms.jsonl", sha256=hashlib.sha256(content).hexdigest())
    assert load_rows(pin, "jsonl", offline) == [{"soalan": "Apa?"}]


def test_a_hub_pin_needs_no_format(offline: Where) -> None:
    with pytest.raises(SourceError, match="hub org/name@main default/test was not found"):
        load_rows(HUB, None, offline)


def test_pins_and_format_that_do_not_fit_are_refused(offline: Where) -> None:
    pin = pin_of(CONTENT)
    with pytest.raises(CardError, match="either one pin or `columns`"):
        load_rows(None, "csv", offline)
    with pytest.raises(CardError, match="either one pin or `columns`"):
        load_rows(pin, "parallel_lines", offline, {"a": pin})
    with pytest.raises(CardError, match="needs a format"):
        load_rows(pin, None, offline)
    with pytest.raises(CardError, match="column 'a' of parallel_lines needs a file"):
        load_rows(None, "parallel_lines", offline, {"a": HUB})


def test_importing_the_room_imports_no_heavy_library() -> None:
    code = "import sys, seahelm_lite.sources; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["datasets", "pandas", "pyarrow", "huggingface_hub", "numpy", "lm_eval", "torch"]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code, *heavy],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
