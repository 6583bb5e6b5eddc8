from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from seahelm_lite.catalog.yaml_files import parse, read_yaml
from seahelm_lite.errors import CardError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Fruit(_Strict):
    kind: Literal["fruit"]
    colour: str


class _Root(_Strict):
    kind: Literal["root"]
    depth_cm: float


class _Meal(_Strict):
    title: str
    schema_: str = Field(default="meal/1", alias="schema")
    plates: tuple[_Fruit | _Root, ...] = ()
    named: dict[str, _Fruit] = {}

    @model_validator(mode="after")
    def _is_edible(self) -> _Meal:
        if self.title == "stones":
            raise ValueError("nobody eats that")
        return self


def _file(folder: Path, text: str | bytes) -> Path:
    path = folder / "card.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _fault(path: Path, *, of: type[BaseModel] = _Meal) -> CardError:
    with pytest.raises(CardError) as caught:
        parse(of, read_yaml(path))
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: [2\nc: 3\n", 3, "is not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "is not valid YAML"),
        ("a: 'never closed\n", 2, "is not valid YAML"),
        ("a: 1\nb: !python/object:os.system ls\n", 2, "could not determine a constructor"),
        ("a: 1\n---\nb: 2\n", 2, "is not valid YAML"),
        ("when: 2026-13-01\n", 1, "is not valid YAML: month must be in 1..12"),
        ("a: \0\n", 1, "is not valid YAML"),
        ("", 1, "must be a mapping"),
        ("# nothing but a comment\n", 1, "must be a mapping"),
        ("- a\n- b\n", 1, "must be a mapping"),
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", 5, "the key 'c' stands twice, first on line 3"),
        ("a: 1\nb:\n  - c: 1\n    c: 2\n", 4, "the key 'c' stands twice, first on line 3"),
    ],
)
def test_what_is_no_mapping_of_yaml_is_refused_with_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(CardError) as caught:
        read_yaml(path)
    assert caught.value.where == f"{path}:{line}"
    assert what in caught.value.what
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"a: \xff\n", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = _file(tmp_path, content) if content is not None else tmp_path / "absent.yaml"
    with pytest.raises(CardError, match="cannot be read") as caught:
        read_yaml(path)
    assert caught.value.where == str(path)


def test_a_function_reference_is_kept_as_text_and_never_run(tmp_path: Path) -> None:
    path = _file(tmp_path, "custom_dataset: !function 'os.abort'\n")
    assert read_yaml(path).data == {"custom_dataset": "os.abort"}


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("title",), 1),
        (("plates",), 2),
        (("plates", 0), 3),
        (("plates", 1, "depth_cm"), 6),
        (("plates", 1, "depth_mm"), 5),
        (("plates", 9), 2),
        (("absent",), 1),
        ((), 1),
    ],
)
def test_a_place_is_named_by_its_line_or_that_of_what_encloses_it(
    tmp_path: Path, location: tuple[str | int, ...], line: int
) -> None:
    path = _file(
        tmp_path, "title: x\nplates:\n  - kind: fruit\n    colour: red\n  - kind: root\n    depth_cm:\n      3\n"
    )
    assert read_yaml(path).at(location) == f"{path}:{line}"


@pytest.mark.parametrize(
    ("text", "line", "key", "known"),
    [
        ("titel: x\n", 1, "titel", "title"),
        ("title: x\nscema: y\n", 2, "scema", "schema"),
        ("title: x\nplates:\n  - kind: fruit\n    color: red\n", 4, "color", "colour"),
        ("title: x\nplates:\n  - kind: root\n    depth: 3\n", 4, "depth", "depth_cm"),
        ("title: x\nnamed:\n  a: {kind: fruit,\n      colur: red}\n", 4, "colur", "colour"),
    ],
)
def test_an_unknown_key_names_its_line_and_the_nearest_that_may_stand_there(
    tmp_path: Path, text: str, line: int, key: str, known: str
) -> None:
    error = _fault(_file(tmp_path, text))
    assert error.where.endswith(f"card.yaml:{line}")
    assert error.what.startswith("unknown key ")
    assert key in error.what
    assert error.remedy == f"Did you mean {known}?"


def test_an_unknown_key_near_none_is_to_be_removed(tmp_path: Path) -> None:
    assert _fault(_file(tmp_path, "title: x\nqqq: 1\n")).remedy == "Remove it."


def test_a_missing_key_names_the_file_and_the_key(tmp_path: Path) -> None:
    path = _file(tmp_path, "plates: []\n")
    assert str(_fault(path)) == f"{path}:1: the key 'title' is missing. Add it."


def test_of_several_faults_the_first_is_told_and_the_others_are_counted(tmp_path: Path) -> None:
    error = _fault(_file(tmp_path, "title: [1]\nplates: 3\n"))
    assert error.what.startswith("title: ")
    assert error.what.endswith(" (and 1 more in this file)")


def test_a_fault_of_the_whole_is_told_in_our_words_alone(tmp_path: Path) -> None:
    path = _file(tmp_path, "title: stones\n")
    assert str(_fault(path)) == f"{path}:1: nobody eats that"


def test_a_part_of_a_file_is_checked_by_itself(tmp_path: Path) -> None:
    path = _file(tmp_path, "other: 1\nmeal:\n  titel: x\n")
    with pytest.raises(CardError, match="unknown key 'titel'") as caught:
        parse(_Meal, read_yaml(path), ("meal",))
    assert caught.value.where == f"{path}:3"


def test_a_key_is_a_word_where_yaml_makes_it_a_boolean(tmp_path: Path) -> None:
    file = read_yaml(_file(tmp_path, "on: yes\noff: {no: no, 'yes': 1}\n"))
    assert file.data == {"on": True, "off": {"no": False, "yes": 1}}
    assert file.at(("off", "no")).endswith(":2")
