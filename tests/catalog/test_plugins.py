"""Suites of installed packages and of trusted folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.errors import CardError, UnknownNameError
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.installed_plugin import READER, InstalledPlugin, write_with_reader
from tests.small_task import SmallTask, row


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for packages, and the small task in the place of the shipped ones."""
    SmallTask(tmp_path / "tasks").write()
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: tmp_path / name)
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def _where(tmp_path: Path) -> Where:
    catalog = load_catalog()
    return Where(None, tmp_path / "cache", offline=True, task_roots=catalog.roots, code=catalog.code)


def _list_of(plugin: InstalledPlugin, tasks: str) -> Path:
    path = plugin.tasks / "all.yaml"
    path.write_text(f"group: all\ntask: {tasks}\nmetadata: {{version: 1.0, seahelm_lite: {{title: All}}}}\n")
    return path


def test_an_installed_package_adds_its_tasks_and_suites(site: Path) -> None:
    plugin = InstalledPlugin(site).install()
    plugin.add("onde")
    _list_of(plugin, "[onde, small]")
    catalog = load_catalog()
    assert set(catalog.tasks) == {"small", "onde"}
    assert catalog.suites["kuih"].tasks == ("onde",)
    assert catalog.suites["all"].tasks == ("onde", "small")
    assert catalog.broken == ()


def test_finding_a_plugin_runs_none_of_its_code(site: Path) -> None:
    InstalledPlugin(site, files={"__init__.py": "raise SystemExit('it ran')"}).install().add("onde")
    assert "onde" in load_catalog().tasks


def test_folders_given_by_hand_are_all_there_is(site: Path, tmp_path: Path) -> None:
    InstalledPlugin(site).install().add("onde")
    assert set(load_catalog([tmp_path / "tasks"]).tasks) == {"small"}


def test_a_packaged_file_is_that_of_its_own_package_where_another_has_one_of_its_name(
    site: Path, tmp_path: Path
) -> None:
    plugin = InstalledPlugin(site).install()
    task = SmallTask(plugin.tasks, [row(7), row(8)], changes={"id": "onde", "suite": "kuih"})
    task.write()
    same = tmp_path / "tasks" / "onde" / "rows.jsonl"
    same.parent.mkdir()
    same.write_bytes(b"{}\n")
    documents = load_documents(load_catalog().task("onde").card, _where(tmp_path)).test
    assert [document.fields["question"] for document in documents] == ["Soalan 7?", "Soalan 8?"]


def _without_package(plugin: InstalledPlugin) -> None:
    (plugin.site / plugin.package / "__init__.py").unlink()
    (plugin.site / plugin.package).rmdir()


def _without_tasks(plugin: InstalledPlugin) -> None:
    """As installed."""


def _bad_yaml(plugin: InstalledPlugin) -> None:
    plugin.add("onde")
    (plugin.tasks / "onde" / "onde.yaml").write_text("task: [broken\n", encoding="utf-8")


def _unknown_member(plugin: InstalledPlugin) -> None:
    plugin.add("onde")
    _list_of(plugin, "[onde, qqq]")


def _twice(plugin: InstalledPlugin) -> None:
    path = SmallTask(plugin.tasks, changes={"id": "onde", "suite": "kuih"}).write()
    path.with_name("again.yaml").write_bytes(path.read_bytes())


def _code_of_others(plugin: InstalledPlugin) -> None:
    write_with_reader(plugin.add("onde"), "json.loads")


def _missing_module(plugin: InstalledPlugin) -> None:
    write_with_reader(plugin.add("onde"), "kuih_suite.absent.rows")


def _foreign_function(plugin: InstalledPlugin) -> None:
    plugin.add("onde")
    path = plugin.tasks / "onde" / "onde.yaml"
    text = path.read_text(encoding="utf-8").replace("doc_to_target: answer", "doc_to_target: !function kuih_suite.gold")
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without_package, "kuih_suite, which its entry point names, is not a package that is installed"),
        (_without_tasks, "kuih_suite, which its entry point names, has no folder `tasks`"),
        (_bad_yaml, "onde/onde.yaml:2: is not valid YAML"),
        (_unknown_member, "all.yaml:2: there is no task 'qqq'"),
        (_twice, "the task 'onde' exists already, in "),
        (_code_of_others, "names code, 'json.loads', which is no module of the plugin kuih (kuih 1.0)"),
        (_missing_module, "names code, 'kuih_suite.absent.rows', which is no module of the plugin kuih (kuih 1.0)"),
        (_foreign_function, "the task 'onde' names the function 'kuih_suite.gold', which is not one of ours"),
    ],
)
def test_a_broken_plugin_is_left_out_with_its_reason_and_the_others_still_work(
    spoil: object, reason: str, site: Path
) -> None:
    InstalledPlugin(site, "rempah", "rempah_suite").install().add("jintan", suite="rempah")
    assert callable(spoil)
    spoil(InstalledPlugin(site).install())
    catalog = load_catalog()
    assert set(catalog.tasks) == {"small", "jintan"}
    (broken,) = catalog.broken
    assert broken.owner == "the plugin kuih (kuih 1.0)"
    assert reason in broken.reason


def test_a_package_that_fails_while_its_parent_is_imported_is_broken(site: Path) -> None:
    files = {"__init__.py": "raise RuntimeError('no oven')", "inner/__init__.py": ""}
    InstalledPlugin(site, value="kuih_suite.inner", files=files).install()
    (broken,) = load_catalog().broken
    assert broken.reason == "kuih_suite.inner cannot be imported (RuntimeError: no oven)"


@pytest.mark.parametrize("ask", [lambda c: c.task("onde"), lambda c: c.suite("kuih"), lambda c: c.select(["kuih"], [])])
def test_asking_for_a_task_or_suite_of_a_broken_plugin_tells_why(ask: object, site: Path) -> None:
    plugin = InstalledPlugin(site).install()
    SmallTask(plugin.tasks / "kuih", changes={"id": "onde", "suite": "kuih"}).write().write_text("task: [\n")
    assert callable(ask)
    with pytest.raises(UnknownNameError) as caught:
        ask(load_catalog())
    assert "cannot be had: the plugin kuih (kuih 1.0) is left out: " in str(caught.value)
    assert "onde.yaml:2: is not valid YAML" in str(caught.value)


def test_an_unknown_name_mentions_the_plugins_that_were_left_out(site: Path) -> None:
    InstalledPlugin(site).install()
    with pytest.raises(UnknownNameError) as caught:
        load_catalog().task("qqq")
    assert caught.value.remedy == "See: seahelm-lite tasks list. Left out: the plugin kuih (kuih 1.0)."


def test_a_task_name_that_we_have_already_is_an_error_that_names_both(site: Path, tmp_path: Path) -> None:
    plugin = InstalledPlugin(site).install()
    plugin.add("small")
    with pytest.raises(CardError) as caught:
        load_catalog()
    ours, theirs = tmp_path / "tasks" / "small" / "small.yaml", plugin.tasks / "small" / "small.yaml"
    told = f"{theirs}:1: the task 'small' of the plugin kuih (kuih 1.0) exists already: seahelm-lite has it in {ours}."
    assert str(caught.value).startswith(told)


def test_a_suite_name_that_another_plugin_has_already_is_an_error_that_names_both(site: Path) -> None:
    InstalledPlugin(site).install().add("onde")
    other = InstalledPlugin(site, "rempah", "rempah_suite").install()
    other.add("jintan")
    with pytest.raises(
        CardError, match=r"the suite 'kuih' of the plugin rempah \(rempah 1\.0\) exists already: "
    ) as caught:
        load_catalog()
    assert "the plugin kuih (kuih 1.0) has it in " in str(caught.value)
    assert caught.value.where.startswith(f"{other.tasks / 'jintan' / 'jintan.yaml'}:")


def test_the_suite_of_a_card_may_not_be_a_list_that_we_have(site: Path, tmp_path: Path) -> None:
    extras = "metadata: {version: 1.0, seahelm_lite: {title: Core}}"
    (tmp_path / "tasks" / "core.yaml").write_text(f"group: core\ntask: [small]\n{extras}\n")
    InstalledPlugin(site).install().add("onde", suite="core")
    with pytest.raises(
        CardError, match=r"the suite 'core' of the plugin kuih .* exists already: seahelm-lite has it in"
    ):
        load_catalog()


def test_a_plugins_own_reader_gives_its_rows(site: Path, tmp_path: Path) -> None:
    plugin = InstalledPlugin(site, package="kuih_one", files={"__init__.py": "", "deep/reading.py": READER}).install()
    write_with_reader(plugin.add("onde"), "kuih_one.deep.reading.rows")
    data = load_documents(load_catalog().task("onde").card, _where(tmp_path))
    assert len(data.test) == 6
    assert [source["source"] for source in data.sources] == [
        "packaged onde/rows.jsonl",
        "reader kuih_one.deep.reading.rows",
    ]


def test_other_code_is_other_data(site: Path, tmp_path: Path) -> None:
    plugin = InstalledPlugin(site, package="kuih_two", files={"__init__.py": "", "reading.py": READER}).install()
    write_with_reader(plugin.add("onde"), "kuih_two.reading.rows")
    before = load_documents(load_catalog().task("onde").card, _where(tmp_path)).data_hash
    (site / "kuih_two" / "reading.py").write_text(READER + "# another version\n", encoding="utf-8")
    assert load_documents(load_catalog().task("onde").card, _where(tmp_path)).data_hash != before


@pytest.fixture
def folder(site: Path, tmp_path: Path) -> Path:
    """A folder with a suite whose rows are read by a module beside it."""
    task = SmallTask(tmp_path / "mine", changes={"id": "onde", "suite": "kuih"})
    write_with_reader(task, "onde.reading.rows")
    (tmp_path / "mine" / "onde" / "reading.py").write_text(READER, encoding="utf-8")
    return tmp_path / "mine"


def test_a_trusted_folder_adds_its_suites_and_their_code_runs(folder: Path) -> None:
    catalog = load_catalog(trust=[folder, folder / ".." / "mine"])
    where = Where(None, folder / "cache", offline=True, task_roots=catalog.roots, code=catalog.code)
    assert set(catalog.tasks) == {"small", "onde"}
    assert len(load_documents(catalog.task("onde").card, where).test) == 6


def test_code_in_a_folder_that_is_not_trusted_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(CardError) as caught:
        load_catalog([folder])
    assert caught.value.what == (
        "the task 'onde' of the suite 'kuih' names code, 'onde.reading.rows', but its folder is not trusted"
    )
    assert caught.value.where.startswith(f"{folder / 'onde' / 'onde.yaml'}:")
    assert "--trust" in caught.value.remedy


def test_a_trusted_folder_may_not_name_a_module_outside_of_it(folder: Path) -> None:
    write_with_reader(SmallTask(folder, changes={"id": "onde", "suite": "kuih"}), "json.loads")
    with pytest.raises(CardError, match=r"names code, 'json\.loads', which is no module of the trusted folder "):
        load_catalog(trust=[folder])


@pytest.mark.parametrize(("name", "what"), [("absent", "is not there"), ("empty", "holds no task file")])
def test_a_folder_to_trust_has_to_hold_tasks(name: str, what: str, site: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CardError, match=what) as caught:
        load_catalog(trust=[tmp_path / name])
    assert caught.value.where == str(tmp_path / name)


@pytest.mark.parametrize("reader", ["rows", "../evil.rows", "a.b c", ".a.b", "a..b"])
def test_a_reader_is_a_module_and_a_function(reader: str, tmp_path: Path) -> None:
    write_with_reader(SmallTask(tmp_path), reader)
    with pytest.raises(CardError, match=r"reader: String should match pattern"):
        load_catalog([tmp_path])


def test_reader_and_format_code_go_together(tmp_path: Path) -> None:
    path = SmallTask(tmp_path).write()
    path.write_text(path.read_text(encoding="utf-8").replace("format: jsonl", "format: code"), encoding="utf-8")
    with pytest.raises(CardError, match="`reader` belongs to the format code, and to no other"):
        load_catalog([tmp_path])
