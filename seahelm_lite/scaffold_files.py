"""The files of a new suite: the text of its test, and writing everything whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from seahelm_lite.errors import SeahelmError
from seahelm_lite.records import sha256_hex

Layout = Literal["checkout", "folder"]
"""Whether a suite's test runs among those of a checkout of ours, or beside the suite in a folder to trust."""

_COMMON = (
    "seahelm_lite.lint.report import lint",
    "seahelm_lite.prompts.asking import Asker, Asking",
    "seahelm_lite.prompts.export import check_file",
    "seahelm_lite.sources.documents import load_documents",
    "seahelm_lite.sources.where import Where",
)
_HASHING = "seahelm_lite.records import sha256_hex"
_IMPORTS: Mapping[Layout, Sequence[str]] = {
    "checkout": (
        "seahelm_lite.catalog.catalog import Catalog",
        *_COMMON,
        "tests.conftest import skip_without_data",
    ),
    "folder": (
        "seahelm_lite.catalog.catalog import Catalog, load_catalog",
        "seahelm_lite.errors import AbsentSourceError",
        *_COMMON[:-1],
        "seahelm_lite.sources.load import verify",
        *_COMMON[-1:],
    ),
}
_LINE = 120

_PLACES = """

@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(trust=[Path(__file__).resolve().parent.parent])


@pytest.fixture(scope="module")
def where(catalog: Catalog) -> Where:
    \"""SEAHELM_LITE_MIRROR or the cache, and no network.\"""
    places = Where.from_environment(offline=True, task_roots=catalog.roots, code=catalog.code)
    try:
        for file in catalog.task(TASK).card.data.test:
            for pin in file.pins:
                verify(pin, places)
    except AbsentSourceError as error:
        pytest.skip(str(error))
    return places
"""
_TESTS = """

def test_its_task_file_asks_what_its_card_derives(catalog: Catalog) -> None:
    check_file(catalog.task(TASK))


def test_neither_its_rows_nor_its_card_have_an_error(catalog: Catalog, where: Where) -> None:
{skip}    found = lint(catalog.task(TASK).card, where).findings
    assert [finding for finding in found if finding.severity == "error"] == []


def test_the_first_question_is_asked_as_ever(catalog: Catalog, where: Where) -> None:
{skip}    card = catalog.task(TASK).card
    asker = Asker(TASK, card, card.protocols[0], Asking(layout="plain"))
    request = asker.requests(load_documents(card, where).test[0])[0]
    assert {asked} == FIRST_PROMPT
"""


def suite_test(name: str, prompt: str, *, own: bool, layout: Layout) -> str:
    """The text of a test file: the suite loads, lints without errors, and asks its first question as recorded.

    Args:
        name: Of the task.
        prompt: What its first document is asked with.
        own: Whether the items are the author's, so that the prompt itself may stand in the file; else its hash does.
        layout: Where it will run.
    """
    recorded = f"FIRST_PROMPT = {json.dumps(prompt if own else sha256_hex(prompt), ensure_ascii=False)}"
    recorded += "  # noqa: E501" if len(recorded) > _LINE else ""
    what = "What the first document is asked with" if own else "SHA-256 of what the first document is asked with"
    imports = _IMPORTS[layout] if own else sorted([*_IMPORTS[layout], _HASHING], key=str.casefold)
    others = "from pathlib import Path\n\nimport pytest\n\n" if layout == "folder" else ""
    tests = _TESTS.format(
        skip="    skip_without_data(TASK)\n" if layout == "checkout" else "",
        asked="request.context" if own else 'sha256_hex(request.context or "")',
    )
    return (
        f'"""The suite {name}: it loads, its rows and its card have no errors, and it asks as it always did."""\n\n'
        f"from __future__ import annotations\n\n{others}" + "".join(f"from {line}\n" for line in imports) + "\n"
        f'TASK = "{name}"\n{recorded}\n'
        f'"""{what}, as it was when the suite was made."""\n' + (_PLACES if layout == "folder" else "") + tests
    )


def write_suite(tasks: Path, name: str, files: Mapping[str, bytes], test: Path, test_text: bytes) -> None:
    """Write a suite, whole or not at all.

    Args:
        tasks: The folder that gets a folder of the suite's name.
        name: Of the suite.
        files: Path below `tasks` to content.
        test: The file of its test.
        test_text: Its content.

    Raises:
        SeahelmError: If the folder or the test is there already, or cannot be written.
    """
    for path in (tasks / name, test):
        if path.exists():
            raise SeahelmError("is there already, and nothing is overwritten", where=str(path))
    stage: Path | None = None
    try:
        tasks.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".new-", dir=tasks))
        inside = test.is_relative_to(tasks / name)
        staged = {**files, test.relative_to(tasks).as_posix(): test_text} if inside else files
        for inner, content in staged.items():
            (stage / inner).parent.mkdir(parents=True, exist_ok=True)
            (stage / inner).write_bytes(content)
        if not inside:
            test.parent.mkdir(parents=True, exist_ok=True)
            test.write_bytes(test_text)
        try:
            os.rename(stage / name, tasks / name)
        except OSError:
            if not inside:
                test.unlink()
            raise
    except OSError as error:
        raise SeahelmError(f"cannot be written: {error.strerror}", where=str(error.filename or tasks)) from None
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
