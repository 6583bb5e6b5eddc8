"""Row readers that are code of others: what they may give, and how their faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.catalog.plugins import CodeRoot
from seahelm_lite.errors import CardError, DataError, SeahelmError
from seahelm_lite.sources.code import RowReader, row_reader


def _reader(tmp_path: Path, body: str, name: str = "reading.rows") -> RowReader:
    (tmp_path / "reading.py").write_text(body, encoding="utf-8")
    return row_reader(name, [CodeRoot("the trusted folder mine", tmp_path, None)])


def test_a_reader_gets_the_path_and_gives_rows(tmp_path: Path) -> None:
    reader = _reader(tmp_path, "def rows(path):\n    return [{'name': path.name}]\n")
    assert reader.read(tmp_path / "data.x") == [{"name": "data.x"}]


def test_a_module_of_a_trusted_folder_may_define_data_classes(tmp_path: Path) -> None:
    body = (
        "from __future__ import annotations\nfrom dataclasses import asdict, dataclass\n\n"
        "@dataclass\nclass R:\n    x: int\n\ndef rows(path):\n    return [asdict(R(1))]\n"
    )
    assert _reader(tmp_path, body).read(tmp_path) == [{"x": 1}]


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (
            "def rows(path):\n    raise ValueError('block 3 is odd')\n",
            DataError,
            "cannot read it: ValueError: block 3 is",
        ),
        ("def rows(path):\n    return iter([])\n", DataError, "gave a list_iterator, not a list of rows"),
        ("def rows(path):\n    return [{'a': 1}, 'b']\n", DataError, "(row 1): the reader"),
        ("def rows(path):\n    return [{1: 'a'}]\n", DataError, "gave no mapping of column names to values"),
        ("def other(path):\n    return []\n", CardError, "there is no function 'rows'"),
        ("rows = 3\n", CardError, "there is no function 'rows'"),
        ("import no_such_module\n", CardError, "cannot be imported: ModuleNotFoundError: No module named 'no_such_mod"),
        ("def rows(:\n", CardError, "cannot be imported: SyntaxError"),
    ],
)
def test_a_fault_of_a_reader_names_it_and_its_owner(
    body: str, kind: type[SeahelmError], told: str, tmp_path: Path
) -> None:
    with pytest.raises(kind) as caught:
        _reader(tmp_path, body).read(tmp_path / "data.x")
    assert told in str(caught.value)
    assert "the reader 'reading.rows' of the trusted folder mine" in str(caught.value)


@pytest.mark.parametrize("name", ["os.system", "json.loads", "reading.inner.rows", "kuih_suite.rows"])
def test_a_module_of_no_plugin_and_no_trusted_folder_is_refused_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(CardError, match=f"the reader '{name}' is not trusted"):
        _reader(tmp_path, "", name)


def test_a_module_that_two_owners_have_is_refused_with_both(tmp_path: Path) -> None:
    (tmp_path / "reading.py").write_text("")
    roots = [CodeRoot(f"the trusted folder {name}", tmp_path, None) for name in ("one", "two")]
    with pytest.raises(CardError, match="may be that of the trusted folder one and the trusted folder two"):
        row_reader("reading.rows", roots)


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("kuih", "__init__.py"),
        ("kuih.reading", "reading.py"),
        ("kuih.deep", "deep/__init__.py"),
        ("kuih.deep.er", None),
        ("kuihlapis", None),
        ("reading", None),
    ],
)
def test_modules_of_a_package_are_found_without_importing_it(module: str, file: str | None, tmp_path: Path) -> None:
    for name in ("__init__.py", "reading.py", "deep/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit")
    found = CodeRoot("the plugin kuih", tmp_path, "kuih").module_file(module)
    assert found == (tmp_path / file if file is not None else None)
