from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.errors import CardError, DataError, SourceError
from seahelm_lite.sources import Format, read_rows


def write(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("format", "content", "rows"),
    [
        ("jsonl", '{"q": "a\u2028b"}\r\n\n{"q": 2}', [{"q": "a\u2028b"}, {"q": 2}]),
        ("jsonl", '\ufeff{"q": null}\n', [{"q": None}]),
        ("jsonl", "", []),
        ("json", '\ufeff[{"q": "e\u0301"}, {"q": 1.5}]', [{"q": "e\u0301"}, {"q": 1.5}]),
        (
            "json_examples",
            '\ufeff{"name": "x", "examples": [{"q": "a\u2028b"}, {"target": null}]}',
            [{"q": "a\u2028b"}, {"target": None}],
        ),
        ("json_examples", '{"examples": []}', []),
        ("csv", "\ufeffid,text\r\n1,ya\r\n", [{"id": "1", "text": "ya"}]),
        (
            "csv",
            'text,id\n"satu, dua\n""tiga""",NA\n\n,\n',
            [{"text": 'satu, dua\n"tiga"', "id": "NA"}, {"text": "", "id": ""}],
        ),
        ("csv", ",a\n0,x\n", [{"": "0", "a": "x"}]),
        ("tsv", "a\tb\nsatu, dua\t2\n", [{"a": "satu, dua", "b": "2"}]),
        (
            "tsv_bare",
            '"satu" dua?\t2,125\n\nx\t\n',
            [{"field0": '"satu" dua?', "field1": "2,125"}, {"field0": "x", "field1": ""}],
        ),
        ("tsv_bare", "", []),
        ("json_map", '{"b-2": {"q": 1}, "a-1": {"q": 2}}', [{"key": "b-2", "q": 1}, {"key": "a-1", "q": 2}]),
        ("json_map", "{}", []),
    ],
)
def test_rows_keep_the_order_and_the_text_of_the_file(
    format: Format, content: str, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    # The decomposed é above stays decomposed: normalising is not the reader's business.
    assert read_rows(write(tmp_path, content), format) == rows


@pytest.mark.parametrize(
    ("format", "content", "line", "what"),
    [
        ("jsonl", '{"q": 1}\n\n{"q": \n', 3, "not JSON"),
        ("jsonl", "[" * 100_000, 1, "nested too deeply"),
        ("jsonl", '{"q": 1}\n["q"]\n', 2, "holds a list, not an object"),
        ("jsonl", '{"q": 1}\n{"q": NaN}\n', 2, "NaN is no JSON value"),
        ("jsonl", '{"q": 1, "q": 2}\n', 1, "the name 'q' stands twice"),
        ("json", '[\n{"q": 1},\n{"q"}]', 3, "not JSON"),
        ("json", '{"q": 1}', 1, "holds a dict, not a list of objects"),
        ("tsv_bare", "a\tb\n\na\tb\tc\n", 3, "3 fields, but the first line has 2"),
        ("json_map", "[]", 1, "holds a list, not an object of objects"),
        ("json_examples", '{\n"name": "x"}', 1, "holds no object with `examples`"),
        ("json_examples", '[{"q": 1}]', 1, "holds no object with `examples`"),
        ("json_examples", '{"examples": {"q": 1}}', 1, "holds a dict, not a list of objects"),
        ("json_examples", '{"examples": [\n{"q": 1},\n{"q"}]}', 3, "not JSON"),
        ("csv", "a,b\n1,2\n1,2,3\n", 3, "3 fields, but the header has 2"),
        ("csv", 'a,b\n"1\n1",2\n1\n', 4, "1 fields, but the header has 2"),
        ("csv", 'a,b\n1,2\n"1,2\n3,4\n', 3, "not a record"),
        ("csv", 'a,b\n1,"2"x\n', 2, "not a record"),
        ("csv", "a,a\n1,2\n", 1, "two columns are named 'a'"),
        ("csv", "", 1, "no header line"),
        ("tsv", "a\tb\n1,2\n", 2, "1 fields, but the header has 2"),
        ("jsonl", b'{"q": 1}\n{"q": "\xff"}\n', 2, "not UTF-8"),
        ("csv", b"\xef\xbb\xbfa\n1\n\xe9\n", 3, "not UTF-8"),
    ],
)
def test_a_broken_line_is_named_with_its_number(
    format: Format, content: str | bytes, line: int, what: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DataError) as error:
        read_rows(path, format)
    assert error.value.where == f"{path}:{line}"
    assert what in error.value.what
    assert "`format`" in error.value.remedy


@pytest.mark.parametrize(
    ("format", "content"), [("json", '[{"q": 1}, "kata"]'), ("json_examples", '{"examples": [{"q": 1}, "kata"]}')]
)
def test_a_json_list_element_that_is_no_object_is_named_by_its_row(
    format: Format, content: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DataError, match="holds a str, not an object") as error:
        read_rows(path, format)
    assert error.value.where == f"{path} (row 1)"


def test_line_n_of_each_file_makes_row_n(tmp_path: Path) -> None:
    dialect = write(tmp_path, "Kamek makan.\r\n\r\nSik.\r\n", "dialect")
    malay = write(tmp_path, "\ufeffSaya makan.\n\nTidak.", "malay")
    assert read_rows({"dialect": dialect, "malay": malay}, "parallel_lines") == [
        {"dialect": "Kamek makan.", "malay": "Saya makan."},
        {"dialect": "", "malay": ""},
        {"dialect": "Sik.", "malay": "Tidak."},
    ]


def test_files_of_unequal_length_are_refused_with_both_counts(tmp_path: Path) -> None:
    columns = {"a": write(tmp_path, "1\n2\n3\n", "a"), "b": write(tmp_path, "1\n2\n", "b")}
    with pytest.raises(DataError, match=r"2 lines, but .*a has 3") as error:
        read_rows(columns, "parallel_lines")
    assert error.value.where == f"{columns['b']}:3"


def test_the_number_of_files_has_to_fit_the_format(tmp_path: Path) -> None:
    path = write(tmp_path, "a\n")
    with pytest.raises(CardError, match="parallel_lines"):
        read_rows(path, "parallel_lines")
    with pytest.raises(CardError, match="csv"):
        read_rows({"a": path}, "csv")


def test_a_file_that_cannot_be_read_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="absent"):
        read_rows(tmp_path / "absent", "csv")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.dictionaries(TEXTS, TEXTS | st.integers() | st.none())))
def test_json_lines_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert read_rows(write(tmp_path_factory.mktemp("jsonl"), lines), "jsonl") == rows


@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
@given(rows=st.lists(st.fixed_dictionaries({"a": TEXTS, "b": TEXTS})))
def test_tables_come_back_as_they_were_written(
    format: Format, delimiter: str, tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("table") / "file"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["a", "b"], delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    assert read_rows(path, format) == rows


@pytest.mark.parametrize(
    ("content", "what"),
    [('{"a": {"q": 1}, "b": 2}', "holds a int, not an object"), ('{"b": {"key": "a"}}', "its own 'key' is 'a'")],
)
def test_a_broken_member_of_a_map_is_named_by_its_key(content: str, what: str, tmp_path: Path) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DataError) as error:
        read_rows(path, "json_map")
    assert (error.value.where, error.value.what) == (f"{path} ('b')", what)
