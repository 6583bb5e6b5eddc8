"""`tasks new`: from a file of questions to a suite that loads, lints and runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Call, Called, refused
from tests.conftest import REPOSITORY
from tests.small_task import SmallTask

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CSV = "id,Soalan,A,B,C,Jawapan\n" + "".join(
    f"{n},Berapakah {n} + {n}?,{2 * n},{2 * n + 1},{2 * n + 30},{'A'}\n"
    if n % 3 == 0
    else f"{n},Berapakah {n} + {n}?,{2 * n + 1},{2 * n},{2 * n + 30},B\n"
    if n % 3 == 1
    else f"{n},Berapakah {n} + {n}?,{2 * n + 1},{2 * n + 30},{2 * n},C\n"
    for n in range(10, 22)
)
WRITTEN = {"licence": "CC-BY-4.0", "measures": "Adding in Malay.", "citation": "Nobody, sums, 2026"}


@pytest.fixture(autouse=True)
def _few_tasks(small: SmallTask) -> None:
    """One small task in the place of the shipped ones, which take longer to read."""


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    """A file of twelve sums."""
    path = tmp_path / "sums.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def _new(call: Call, file: Path, *more: object, name: str = "sums", out: str = "mine") -> Called:
    usual = ("--language", "ms", "--pillar", "knowledge", *(("--out", out) if out else ()))
    return call("tasks", "new", name, "--from", file, *usual, *more)


def _checkout() -> None:
    """Make the working directory look like a checkout of ours."""
    for folder in ("tasks", "seahelm_lite"):
        Path(folder).mkdir()
    Path("seahelm_lite/__init__.py").touch()


def _fill_in(path: Path) -> None:
    """Write by hand what the scaffold leaves to a person."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key, sign, value = line.partition(": ")
        name = {"stated": "licence"}.get(key.strip(), key.strip())
        lines.append(f"{key}: {WRITTEN[name]}" if sign and "TODO" in value else line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _run_its_test(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_file_becomes_a_suite_that_a_person_finishes_and_that_then_runs(sums: Path, call: Call) -> None:
    called = _new(call, sums, "--own")
    assert called.status == 0, called.err
    folder = Path("mine", "sums")
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        "sums.yaml",
        "items/sums.csv",
        "test_suite_sums.py",
    }
    assert (folder / "items" / "sums.csv").read_bytes() == sums.read_bytes()
    linted = call("tasks", "lint", "sums", "--trust", "mine")
    assert linted.status == 1
    assert "measures, licence, citation: nobody has written this yet" in linted.out
    assert "1 failed, 2 passed" in _run_its_test(folder).stdout

    _fill_in(folder / "sums.yaml")
    assert call("tasks", "lint", "sums", "--trust", "mine").status == 0
    tested = _run_its_test(folder)
    assert tested.returncode == 0, tested.stdout
    ran = call("run", "--model", "baseline:majority", "--suite", "sums", "--trust", "mine", "--json")
    (score,) = json.loads(ran.out)["scores"]
    assert (score["n"], score["chance"], score["value"]) == (12, pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_the_card_has_what_the_file_says_and_todo_where_a_person_has_to_say_it(sums: Path, call: Call) -> None:
    told = _new(call, sums, "--own").out
    card = yaml.safe_load(Path("mine/sums/sums.yaml").read_text(encoding="utf-8").replace("!function", ""))
    card = card["metadata"]["seahelm_lite"]
    assert card["document"] == {"question": "Soalan", "options": "[A, B, C]", "answer": "letter_index(Jawapan)"}
    assert card["data"]["test"] == [
        {
            "kind": "packaged",
            "path": "sums/items/sums.csv",
            "sha256": hashlib.sha256(sums.read_bytes()).hexdigest(),
            "format": "csv",
        }
    ]
    assert all(text.startswith("TODO: ") for text in (card["measures"], card["citation"], card["licence"]["stated"]))
    assert card["licence"]["redistributable"] is False
    assert "columns that are not used: id" in told
    assert "Write what says TODO in mine/sums/sums.yaml: measures, licence, citation." in told


def test_a_run_of_an_unfinished_card_says_so(sums: Path, call: Call) -> None:
    _new(call, sums, "--own")
    ran = call("run", "--model", "baseline:random", "--task", "sums", "--trust", "mine", "--json")
    assert "sums: its card is unfinished (measures, licence, citation)" in json.loads(ran.out)["deviations"]


@pytest.mark.parametrize("in_mirror", [True, False])
def test_an_upstream_file_is_pinned_and_not_copied(
    in_mirror: bool, sums: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream = tmp_path / "mirror" / "github.com" / "owner" / "name" / COMMIT / "data" / "test.csv"
    upstream.parent.mkdir(parents=True)
    shutil.copyfile(sums, upstream)
    more = () if in_mirror else ("--github", f"owner/name@{COMMIT}:data/test.csv")
    called = _new(call, upstream if in_mirror else sums, *more)
    assert called.status == 0, called.err
    assert not list(Path("mine").rglob("*.csv"))
    assert all(b"Berapakah" not in path.read_bytes() for path in Path("mine").rglob("*") if path.is_file())
    assert (f"--mirror {tmp_path / 'mirror'}" in called.out) == in_mirror
    assert call("data", "verify", "--task", "sums", "--trust", "mine", "--mirror", tmp_path / "mirror").status == 0
    if in_mirror:
        assert "1 passed, 2 skipped" in _run_its_test(Path("mine/sums")).stdout
        _fill_in(Path("mine/sums/sums.yaml"))
        monkeypatch.setenv("SEAHELM_LITE_MIRROR", str(tmp_path / "mirror"))
        assert "3 passed" in _run_its_test(Path("mine/sums")).stdout


def test_rows_of_an_upstream_file_that_cannot_be_read_are_told_and_left_to_exclusions(sums: Path, call: Call) -> None:
    sums.write_text(CSV.replace(",A\n", ",X\n", 1), encoding="utf-8")
    pin = ("--github", f"owner/name@{COMMIT}:data/test.csv")
    assert "no key column was found" in refused(_new(call, sums, *pin))
    called = _new(call, sums, *pin, "--answer", "letter_index(Jawapan)")
    assert called.status == 0
    assert "cannot be read: data/test.csv#2: 'letter_index(Jawapan)' cannot be read: 'X' is not an option" in called.out
    own = refused(_new(call, sums, "--own", "--answer", "letter_index(Jawapan)", name="more"))
    assert "'X' is not an option letter" in own
    assert "(1 of 12 rows cannot be read)" in own


def test_letters_before_the_options_are_noticed(tmp_path: Path, call: Call) -> None:
    rows = [{"question": f"q{n}?", "options": [f"A. x{n}", f"B. y{n}"], "answer": "AB"[n % 2]} for n in range(4)]
    path = tmp_path / "lettered.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert "the options carry letters in the file" in _new(call, path, "--own").out
    shown = json.loads(call("tasks", "preview", "sums", "--trust", "mine", "--json").out)
    assert shown["fields"]["options"] == ["x0", "y0"]


def test_a_language_without_words_is_asked_with_english_ones_and_that_is_told(sums: Path, call: Call) -> None:
    called = call(
        "tasks", "new", "sums", "--from", sums, "--own", "--language", "kha", "--pillar", "culture", "--out", "x"
    )
    assert "there are no words around an item in kha yet: English ones are used" in called.out
    shown = json.loads(call("tasks", "preview", "sums", "--trust", "x", "--protocol", "ll-letter", "--json").out)
    assert shown["prompts"][0]["requests"][0]["context"].startswith("Question: Berapakah 10 + 10?")


def test_in_a_checkout_the_suite_goes_to_tasks_and_its_test_to_tests(sums: Path, call: Call) -> None:
    _checkout()
    called = _new(call, sums, "--own", out="")
    assert called.status == 0, called.err
    assert Path("tasks/sums/sums.yaml").is_file()
    test = Path("tests/suites/test_suite_sums.py").read_text(encoding="utf-8")
    compile(test, "test_suite_sums.py", "exec")
    assert "skip_without_data(TASK)" in test
    assert refused(_new(call, sums, "--own", out="")) == "tasks/sums: is there already, and nothing is overwritten"


def test_the_written_test_keeps_to_the_rules_of_the_house(sums: Path, call: Call) -> None:
    _checkout()
    assert _new(call, sums, "--own", out="").status == 0
    usual = ["--config", str(REPOSITORY / "pyproject.toml"), "--no-cache", str(Path("tests").resolve())]
    for rule in (("check", "--ignore", "D1"), ("format", "--check")):
        command = [sys.executable, "-m", "ruff", *rule, *usual]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "text", "options", "sentence"),
    [
        ("Sums", CSV, ("--own",), "'Sums' is no name for a suite. Use a to z in lower case, 0 to 9 and _."),
        ("../x", CSV, ("--own",), "'../x' is no name for a suite."),
        ("small_suite", CSV, ("--own",), "there is a suite 'small_suite' already. Choose another name."),
        ("small", CSV, ("--own",), "there is a task 'small' already."),
        ("x", CSV, (), "sums.csv: nobody has said whose the items are. Add --own if you wrote them"),
        ("x", CSV, ("--own", "--github", "a/b@c:d"), "argument --github: not allowed with argument --own"),
        ("x", CSV, ("--github", "owner/name"), "--github 'owner/name' is not owner/name@commit:path"),
        ("x", CSV, ("--github", "owner/name@main:x.csv"), "--github 'owner/name@main:x.csv': commit: String should"),
        ("x", CSV, ("--github", f"o/n@{COMMIT}:../x.csv"), "path: '../x.csv' must be relative"),
        ("x", CSV, ("--own", "--answer", "letter_index(Kunci)"), "a column is missing: 'Kunci' is undefined"),
        ("x", CSV, ("--own", "--answer", "letter_index("), "the expression 'letter_index(' has a fault"),
        ("x", CSV, ("--own", "--language", "Malay"), "language: String should match pattern"),
        ("x", CSV, ("--own", "--pillar", "maths"), "argument --pillar: invalid choice: 'maths'"),
        ("x", "Soalan,A,A,Jawapan\nq,1,2,A\n", ("--own",), "sums.csv:1: two columns are named 'A'. Mend it there."),
        ("x", "Soalan,A,B\nq,1,2\n", ("--own",), "sums.csv: no key column was found among 'Soalan', 'A', 'B'."),
        ("x", "Soalan,A,B,Jawapan\nq,1,2\n", ("--own",), "sums.csv:2: 3 fields, but the header has 4."),
        ("x", 'Soalan,A,B,Jawapan\nq,"1,2,A\n', ("--own",), "sums.csv:2: not a record: unexpected end of data"),
        ("x", "Soalan,A,B,Jawapan\n", ("--own",), "sums.csv: holds no row"),
        ("x", "", ("--own",), "sums.csv:1: no header line."),
        ("x", None, ("--own",), "sums.csv: cannot be read: No such file or directory"),
    ],
)
def test_wrong_usage_and_bad_files_are_refused_and_nothing_is_written(
    name: str, text: str | None, options: tuple[str, ...], sentence: str, tmp_path: Path, call: Call
) -> None:
    if text is not None:
        (tmp_path / "sums.csv").write_text(text, encoding="utf-8")
    assert sentence in refused(_new(call, tmp_path / "sums.csv", *options, name=name))
    assert not Path("mine").exists()


def test_a_broken_line_and_an_ending_that_says_nothing_are_refused(tmp_path: Path, call: Call) -> None:
    broken = tmp_path / "sums.jsonl"
    broken.write_text('{"question": "q", "options": ["x", "y"], "answer": 0}\n{"question": \n', encoding="utf-8")
    assert "sums.jsonl:2: not JSON" in refused(_new(call, broken, "--own"))
    other = tmp_path / "sums.docx"
    other.touch()
    assert "sums.docx: has no ending that tells its format. Known: .jsonl" in refused(_new(call, other, "--own"))


def test_outside_of_a_checkout_a_folder_has_to_be_named(sums: Path, call: Call) -> None:
    told = refused(_new(call, sums, "--own", out=""))
    assert told == "this folder is no checkout of seahelm-lite. Name a folder with --out DIR."


def test_nothing_is_overwritten_and_a_second_suite_stands_beside_the_first(sums: Path, call: Call) -> None:
    _new(call, sums, "--own")
    before = Path("mine/sums/sums.yaml").read_bytes()
    assert refused(_new(call, sums, "--own")) == "there is a task 'sums' already. Choose another name."
    assert Path("mine/sums/sums.yaml").read_bytes() == before
    assert _new(call, sums, "--own", name="more").status == 0
    assert {path.name for path in Path("mine").iterdir()} == {"sums", "more"}


def test_a_write_that_fails_half_way_leaves_nothing(sums: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    Path("mine").mkdir()
    monkeypatch.setattr(os, "rename", full)
    assert "cannot be written: No space left on device" in refused(_new(call, sums, "--own"))
    assert list(Path("mine").iterdir()) == []
