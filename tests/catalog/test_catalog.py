from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.definitions import read_task
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.errors import CardError, UnknownNameError
from seahelm_lite.prompts.export import check_file, export
from tests.conftest import REPOSITORY
from tests.small_task import SmallTask

TASK_FILES = sorted(path for path in (REPOSITORY / "tasks").rglob("*.yaml") if path.parent.name != "suites")
SUITE_FILES = sorted((REPOSITORY / "tasks" / "suites").glob("*.yaml"))

each_task_file = pytest.mark.parametrize("path", TASK_FILES, ids=lambda path: path.stem)


def _suite(folder: Path, name: str = "both", tasks: str = "[small]", optional: str = "[]") -> Path:
    path = folder / f"{name}.yaml"
    extras = f"    title: Both\n    optional: {optional}\n"
    path.write_text(
        f"group: {name}\ntask: {tasks}\nmetadata:\n  version: 1.0\n  seahelm_lite:\n{extras}", encoding="utf-8"
    )
    return path


def _fault(root: Path) -> CardError:
    with pytest.raises(CardError) as caught:
        load_catalog([root])
    return caught.value


def test_every_file_under_tasks_is_in_the_catalog(catalog: Catalog) -> None:
    assert sorted(task.file.path for task in catalog.tasks.values()) == TASK_FILES
    assert {path.stem for path in SUITE_FILES} <= set(catalog.suites)
    assert {"ms-core", "id-core", "th-core", "thai_exam", "regional_basics"} <= set(catalog.suites)


@each_task_file
def test_a_shipped_task_file_asks_what_its_card_derives(path: Path) -> None:
    check_file(read_task(path))


@each_task_file
def test_a_shipped_task_file_is_what_export_prints(path: Path) -> None:
    definition = read_task(path)
    printed = yaml.safe_load(export(definition, definition.card.protocols[0]).replace("!function ", ""))
    assert printed == definition.lm_eval


@each_task_file
def test_metadata_of_a_shipped_task_file_has_exactly_version_and_card(path: Path) -> None:
    definition = read_task(path)
    assert set(definition.lm_eval["metadata"]) == {"version", "seahelm_lite"}
    assert TaskCard.model_validate(definition.lm_eval["metadata"]["seahelm_lite"]) == definition.card


@each_task_file
def test_a_shipped_task_has_the_name_of_its_file_and_the_suite_of_its_folder(path: Path) -> None:
    definition = read_task(path)
    assert (definition.name, definition.card.suite) == (path.stem, path.parent.name)


@pytest.mark.parametrize("path", SUITE_FILES, ids=lambda path: path.stem)
def test_a_shipped_suite_has_only_tasks_that_exist(path: Path, catalog: Catalog) -> None:
    suite = catalog.suites[path.stem]
    assert set(suite.tasks) | set(suite.optional) <= set(catalog.tasks)
    assert suite.title


def test_the_list_of_everything_names_every_task_and_every_hub_set_as_optional(catalog: Catalog) -> None:
    whole = catalog.suites["sea-full"]
    assert set(whole.tasks) | set(whole.optional) == set(catalog.tasks)
    from_a_hub = {
        name
        for name, task in catalog.tasks.items()
        if any(pin.kind == "hub" for file in (*task.card.data.test, *task.card.data.shots) for pin in file.pins)
    }
    assert set(whole.optional) == from_a_hub


@pytest.mark.parametrize("path", SUITE_FILES, ids=lambda path: path.stem)
def test_a_list_names_a_task_once_and_what_only_a_hub_has_as_optional(path: Path, catalog: Catalog) -> None:
    suite, whole = catalog.suites[path.stem], catalog.suites["sea-full"]
    named = [*suite.tasks, *suite.optional]
    assert len(named) == len(set(named))
    assert set(suite.optional) == set(named) & set(whole.optional)


def test_malaymmlu_which_only_a_hub_has_is_optional(catalog: Catalog) -> None:
    definitions, optional = catalog.select(["ms-core"], [])
    assert "malaymmlu" in optional
    assert {task.name for task in definitions[-len(optional) :]} == optional


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("Soalan: {{ question }}", "Question: {{ question }}", "doc_to_text"),
        ("num_fewshot: 0", "num_fewshot: 5", "num_fewshot"),
        ("target_delimiter: ' '", "target_delimiter: ''", "target_delimiter"),
        ("test_split: test", "test_split: test\ntask_alias: x", "task_alias"),
        ("[:options|length]", "[:4]", "doc_to_choice"),
    ],
)
def test_a_task_file_changed_by_hand_is_refused_with_the_line(tmp_path: Path, old: str, new: str, key: str) -> None:
    path = SmallTask(tmp_path).write()
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    with pytest.raises(CardError) as caught:
        check_file(read_task(path))
    line = next(number for number, text in enumerate(lines, 1) if text.startswith(f"{key}:"))
    assert caught.value.where == f"{path}:{line}"
    assert caught.value.what.startswith(f"{key} is not what the card derives")
    assert "seahelm-lite tasks export small" in caught.value.remedy


def test_a_key_that_the_card_derives_and_the_file_lacks_is_named(tmp_path: Path) -> None:
    path = SmallTask(tmp_path).write()
    path.write_text(path.read_text(encoding="utf-8").replace("doc_to_target: answer\n", ""), encoding="utf-8")
    with pytest.raises(CardError, match="doc_to_target is not what the card derives: 'answer'"):
        check_file(read_task(path))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("task: [broken\n", "is not valid YAML"),
        ("nothing: ours\n", "unknown key 'nothing'"),
        ("- a list\n", "must be a mapping"),
        ("group: x\ntask: []\nmetadata: {version: 1, seahelm_lite: {title: x}}\n", "task: Tuple should have at least"),
        ("group: x\ntask: [small]\n", "the key 'metadata' is missing"),
        (
            "group: x\ntask: [small]\nmetadata: {version: 1, seahelm_lite: {titel: x}}\n",
            "'metadata.seahelm_lite.titel'",
        ),
    ],
)
def test_a_file_of_the_folder_that_cannot_be_used_is_an_error_and_never_skipped(
    tmp_path: Path, text: str, what: str
) -> None:
    SmallTask(tmp_path).write()
    path = tmp_path / "deep" / "er" / "other.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    error = _fault(tmp_path)
    assert error.where.startswith(f"{path}:")
    assert what in error.what


def test_two_tasks_of_one_name_clash_and_both_files_are_named(tmp_path: Path) -> None:
    first = SmallTask(tmp_path / "a").write()
    second = SmallTask(tmp_path / "b").write()
    error = _fault(tmp_path)
    assert error.where == f"{second}:1"
    assert str(first) in error.what


def test_two_suites_of_one_name_clash(tmp_path: Path) -> None:
    SmallTask(tmp_path).write()
    _suite(tmp_path)
    again = tmp_path / "again.yaml"
    again.write_bytes((tmp_path / "both.yaml").read_bytes())
    error = _fault(tmp_path)
    assert "the suite 'both' exists already" in error.what
    assert error.where == f"{tmp_path / 'both.yaml'}:1"


def test_a_suite_file_may_not_take_the_name_of_the_suite_on_a_card(tmp_path: Path) -> None:
    SmallTask(tmp_path).write()
    path = _suite(tmp_path, "small_suite")
    error = _fault(tmp_path)
    assert "'small_suite' is also the suite that tasks name on their cards" in error.what
    assert error.where == f"{path}:1"


@pytest.mark.parametrize(
    ("lists", "line"),
    [
        ({"tasks": "\n  - small\n  - smal"}, 4),
        ({"tasks": "[smal]"}, 2),
        ({"optional": "\n      - smal"}, 8),
    ],
)
def test_a_suite_that_names_an_unknown_task_tells_the_line_and_the_nearest(
    tmp_path: Path, lists: dict[str, str], line: int
) -> None:
    SmallTask(tmp_path).write()
    path = _suite(tmp_path, **lists)
    error = _fault(tmp_path)
    assert str(error) == f"{path}:{line}: there is no task 'smal'. Did you mean small?"


def test_tasks_whose_cards_name_a_suite_form_it(tmp_path: Path) -> None:
    SmallTask(tmp_path / "b", changes={"id": "two"}).write()
    SmallTask(tmp_path / "a", changes={"id": "one"}).write()
    assert load_catalog([tmp_path]).suites["small_suite"].tasks == ("one", "two")


def test_selected_tasks_come_once_each_in_the_order_named(catalog: Catalog) -> None:
    definitions, _ = catalog.select(["th-core"], ["copal_id_standard", "thai_exam_ic"])
    names = [task.name for task in definitions]
    core = catalog.suites["th-core"]
    assert names == [*core.tasks, *core.optional, "copal_id_standard"]


def test_an_optional_task_that_is_named_itself_is_not_optional(catalog: Catalog) -> None:
    others = set(catalog.suites["ms-core"].optional) - {"malaymmlu"}
    assert catalog.select(["ms-core"], ["malaymmlu"])[1] == others


@pytest.mark.parametrize(
    ("ask", "remedy"),
    [
        (lambda catalog: catalog.task("thai_exam_ci"), "Did you mean thai_exam_ic"),
        (lambda catalog: catalog.task("th-core"), "Did you mean th-core"),
        (lambda catalog: catalog.suite("thcore"), "Did you mean th-core"),
        (lambda catalog: catalog.select(["thcore"], []), "Did you mean th-core"),
        (lambda catalog: catalog.task("qqq"), "seahelm-lite tasks list"),
        (lambda catalog: catalog.suite("qqq"), "seahelm-lite tasks list --suites"),
    ],
)
def test_an_unknown_name_tells_the_nearest_or_the_command_that_lists_them(
    ask: Callable[[Catalog], object], remedy: str, catalog: Catalog
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        ask(catalog)
    assert remedy in caught.value.remedy
