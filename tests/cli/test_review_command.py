"""`probes review`: votes by form and by spreadsheet, what they move, and what is no vote."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from seahelm_lite.catalog.probe_ballot import SIDES, shown
from seahelm_lite.catalog.probe_review import Vote
from seahelm_lite.reviewing import record
from seahelm_lite.sources.probes import read_families
from tests.cli.conftest import Call, Called, refused
from tests.conftest import REPOSITORY
from tests.probe_families import FILE, families

SHIPPED = sorted((REPOSITORY / "tasks" / "culture_probes" / "families").glob("*.jsonl"))
MALAY, SINGAPORE, THAI = "MY-REL-001", "SG-REL-001", "TH-NAM-001"
NORM, WORDING = "Does the norm hold as stated?", "Does the wording read as people there write?"
FIRST, SECOND = "Which reply fits?", "Which reply fits the second request?"

Votes = Callable[..., Called]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILE, tmp_path / "families.jsonl"))


@pytest.fixture
def sheets(call: Call, file: Path, tmp_path: Path) -> Path:
    assert call("probes", "review", "--families", file, "--sheet", tmp_path / "sheets").status == 0
    return tmp_path / "sheets"


@pytest.fixture
def votes(call: Call, file: Path, sheets: Path) -> Votes:
    """`votes("my-01", {"norm": ...})` fills in the sheet of Malaysia and reads it back."""

    def vote(
        reviewer: str, norm: str = "agree", *, role: str = "native", wording: str = "agree", **more: str
    ) -> Called:
        path = filled(sheets / "probes-MY-ms.xlsx", {NORM: norm, WORDING: wording, **more})
        return call("probes", "review", "--families", file, "--read", path, "--reviewer", reviewer, "--role", role)

    return vote


def filled(path: Path, cells: Mapping[str, Any], *, sheet: str = "Votes", line: int = 2) -> Path:
    """The workbook with cells of a line filled in, under the titles of their columns, as a copy beside it."""
    book = load_workbook(path)
    titles = [cell.value for cell in book[sheet][1]]
    for title, value in cells.items():
        book[sheet].cell(line, titles.index(title) + 1).value = value
    copy = path.with_name(f"filled-{path.name}")
    book.save(copy)
    return copy


def fits(name: str) -> tuple[str, str]:
    """The letters of the appropriate replies to the request and its twin."""
    first, second = (shown(families()[name], side).fits for side in SIDES)
    return first, second


def status(file: Path, name: str = MALAY) -> str:
    return next(family.review.status for family in read_families(file) if family.id == name)


def lines(file: Path) -> list[bytes]:
    return file.read_bytes().split(b"\n")


# Spreadsheets


def test_there_is_a_sheet_for_each_country_and_language(sheets: Path) -> None:
    assert sorted(path.name for path in sheets.iterdir()) == [
        "probes-MY-ms.xlsx",
        "probes-SG-en.xlsx",
        "probes-TH-th.xlsx",
    ]


def test_a_sheet_holds_what_a_reviewer_needs_and_nothing_that_gives_the_answer_away(sheets: Path) -> None:
    row = [str(cell.value or "") for cell in load_workbook(sheets / "probes-TH-th.xlsx")["Votes"][2]]
    told, family = "\n".join(row), families()[THAI]
    pairs = [pair for side in SIDES for pair in family.side(side).pairs]
    texts = [text for pair in pairs for text in (*pair.texts, *pair.english)]
    norm = family.norm
    texts += [family.prompt.text, family.control.prompt.text, str(family.prompt.en), str(family.control.prompt.en)]
    for text in (*texts, norm.statement, norm.applies_to, norm.intra_country_variation, norm.sources[0].title):
        assert text in told
    for word in ("appropriate", "ค่ะ$", family.control.why, *(check.pattern or "?" * 9 for check in family.checks)):
        assert word not in told


def test_the_yellow_cells_alone_can_be_filled_in_and_offer_their_answers(sheets: Path) -> None:
    votes = load_workbook(sheets / "probes-MY-ms.xlsx")["Votes"]
    open_cells = [votes.cell(1, cell.column).value for cell in votes[2] if not cell.protection.locked]
    assert open_cells == [FIRST, SECOND, NORM, WORDING, "Remark"]
    assert votes.protection.sheet
    offered = {
        votes[f"{str(rule.sqref).split('2')[0]}1"].value: rule.formula1
        for rule in votes.data_validations.dataValidation
    }
    choices, opinions = '"A,B,unsure"', '"agree,disagree,unsure"'
    assert offered == {FIRST: choices, SECOND: choices, NORM: opinions, WORDING: opinions}


def test_the_header_stays_in_sight_and_texts_are_wrapped_in_rows_that_are_high_enough(sheets: Path) -> None:
    votes = load_workbook(sheets / "probes-TH-th.xlsx")["Votes"]
    assert votes.freeze_panes == "B2"
    assert all(cell.alignment.wrap_text for cell in votes[2])
    assert votes.row_dimensions[2].height > 5 * 16
    assert votes.column_dimensions["P"].hidden


def test_a_text_that_looks_like_a_formula_is_a_text(call: Call, file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("Malam ini beli sirap", "=SUM(1;2) beli sirap")
    file.write_text(text, encoding="utf-8")
    assert call("probes", "review", "--families", file, "--country", "MY", "--sheet", tmp_path / "s").status == 0
    cells = load_workbook(tmp_path / "s" / "probes-MY-ms.xlsx")["Votes"][2]
    assert "s" in {cell.data_type for cell in cells if str(cell.value).startswith("=SUM")}
    assert "f" not in {cell.data_type for cell in cells}


def test_a_sheet_that_is_there_already_is_not_written_over(call: Call, file: Path, sheets: Path) -> None:
    (sheets / "probes-TH-th.xlsx").unlink()
    said = refused(call("probes", "review", "--families", file, "--sheet", sheets))
    assert "probes-MY-ms.xlsx: is there already, and may hold votes" in said
    assert not (sheets / "probes-TH-th.xlsx").exists()


def test_a_vote_is_kept_under_a_code_and_other_families_keep_their_bytes(votes: Votes, file: Path) -> None:
    before = lines(file)
    first, second = fits(MALAY)
    called = votes("my-01", wording="Disagree ", Remark="beli\n dulu", **{FIRST: first.lower(), SECOND: second})
    assert called.status == 0
    assert "1 votes of my-01 on 1 families" in called.err
    after = lines(file)
    assert before[1:] == after[1:]
    body = json.loads(after[0])
    vote = body["review"]["votes"][0]
    assert len(vote.pop("voted_on")) == 64
    assert vote == {
        "reviewer": "my-01",
        "role": "native",
        "norm": "agree",
        "wording": "disagree",
        "pairs": "agree",
        "remark": "beli dulu",
    }
    assert list(body) == list(json.loads(before[0]))
    body["review"]["votes"] = []
    assert json.dumps(body, ensure_ascii=False).encode() == before[0]


@pytest.mark.parametrize(
    ("norms", "moved"),
    [
        (("agree", "agree"), "draft"),
        (("agree", "agree", "agree"), "native_reviewed"),
        (("agree", "agree", "unsure"), "contested"),
        (("agree", "agree", "unsure", "agree"), "native_reviewed"),
    ],
)
def test_votes_move_a_family(norms: Sequence[str], moved: str, votes: Votes, file: Path) -> None:
    for number, norm in enumerate(norms):
        called = votes(f"my-0{number}", norm)
    assert status(file) == moved
    assert (" → " in called.out) == (moved != "draft")
    assert read_families(file)[0].counts == (moved != "contested")


def test_an_expert_comes_on_top_of_natives(votes: Votes, file: Path) -> None:
    assert votes("law-1", role="expert").status == 0
    assert status(file) == "draft"
    for number in range(3):
        called = votes(f"my-0{number}")
    assert "MY-REL-001: draft → expert_reviewed" in called.out


def test_a_second_vote_of_a_reviewer_takes_the_place_of_the_first(votes: Votes, file: Path) -> None:
    for reviewer in ("my-01", "my-02", "my-03"):
        votes(reviewer)
    assert "native_reviewed → contested" in votes("my-03", "disagree").out
    cast = read_families(file)[0].review.votes
    assert [(vote.reviewer, vote.norm) for vote in cast] == [
        ("my-01", "agree"),
        ("my-02", "agree"),
        ("my-03", "disagree"),
    ]
    before = file.read_bytes()
    assert votes("my-03", "disagree").status == 0
    assert file.read_bytes() == before


def test_two_sheets_that_vote_on_a_family_otherwise_are_refused(call: Call, file: Path, sheets: Path) -> None:
    before = file.read_bytes()
    one, other = (
        shutil.copy(
            filled(sheets / "probes-MY-ms.xlsx", {NORM: norm, WORDING: "agree"}), sheets.with_name(f"{norm}.xlsx")
        )
        for norm in ("agree", "disagree")
    )
    who = ("--reviewer", "my-01", "--role", "native")
    sentence = refused(call("probes", "review", "--families", file, "--read", one, other, *who))
    assert f"votes on {MALAY} otherwise than a sheet before it" in sentence
    assert str(other) in sentence
    assert file.read_bytes() == before


def test_a_row_that_is_left_empty_is_no_vote(call: Call, file: Path, sheets: Path) -> None:
    before = file.read_bytes()
    read = ["--read", *sorted(sheets.iterdir()), "--reviewer", "sea-1", "--role", "native"]
    called = call("probes", "review", "--families", file, *read)
    assert called.status == 0
    assert "0 votes of sea-1 on 3 families" in called.err
    assert file.read_bytes() == before


def test_votes_on_a_text_that_was_changed_since_are_not_taken(votes: Votes, file: Path) -> None:
    votes("my-01")
    file.write_text(file.read_text(encoding="utf-8").replace("others may.", "others may, at home."), encoding="utf-8")
    before = file.read_bytes()
    called = votes("my-02")
    assert called.status == 1
    assert "not taken, since their text was changed after the sheet was written: MY-REL-001" in called.err
    assert file.read_bytes() == before


def test_a_change_of_the_text_takes_the_status_away(votes: Votes, call: Call, file: Path) -> None:
    for reviewer in ("my-01", "my-02", "my-03"):
        votes(reviewer)
    file.write_text(file.read_text(encoding="utf-8").replace("others may.", "others may, at home."), encoding="utf-8")
    assert not read_families(file)[0].review.votes_on(read_families(file)[0].voted_on)
    linted = call("probes", "lint", file)
    assert linted.status == 1
    assert "review-status MY-REL-001: its status says native_reviewed" in linted.out
    assert "MY-REL-001: native_reviewed → draft" in call("probes", "review", "--families", file).out
    assert "review-status" not in call("probes", "lint", file).out


def test_agreement_is_told_by_country(votes: Votes, call: Call, file: Path, tmp_path: Path, sheets: Path) -> None:
    first, second = fits(MALAY)
    for reviewer, norm in (("r-1", "agree"), ("r-2", "disagree"), ("r-3", "disagree")):
        votes(reviewer, norm, Remark="bukan begitu" * (norm == "disagree"), **{FIRST: first, SECOND: second})
        thai = filled(sheets / "probes-TH-th.xlsx", {NORM: "agree", WORDING: "unsure", FIRST: "unsure", SECOND: "A"})
        call("probes", "review", "--families", file, "--read", thai, "--reviewer", reviewer, "--role", "native")
    told = json.loads(call("probes", "review", "--families", file, "--json").out)
    by_country = {one["country"]: one for one in told["agreement"]}
    assert by_country["MY"]["norm"] == pytest.approx(1 / 3)
    assert by_country["MY"]["pairs"] == 1
    assert by_country["MY"]["status"] == {"contested": 1}
    assert (by_country["TH"]["norm"], by_country["TH"]["wording"], by_country["TH"]["votes"]) == (1, 0, 3)
    assert by_country["TH"]["alpha"] is None, "nobody differs, so that chance would agree as well"
    assert by_country["SG"]["norm"] is None
    # agree three times, and once against disagree twice: 1 - 5 * 2 / (36 - 16 - 4)
    assert by_country["all"]["alpha"] == pytest.approx(0.375)
    drawn = call("probes", "review", "--families", file).out
    assert re.search(r"MY +1 +1 contested +3 +3 +33% +100% +100%", drawn)
    assert "MY-REL-001 native r-2: norm disagree: bukan begitu" in drawn


def test_who_changes_shipped_families_is_told_of_their_pins(
    call: Call, file: Path, sheets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seahelm_lite.sources.probes.family_files", lambda: [file])
    path = filled(sheets / "probes-MY-ms.xlsx", {NORM: "agree", WORDING: "agree"})
    called = call("probes", "review", "--read", path, "--reviewer", "my-01", "--role", "native")
    assert called.status == 0
    assert "Task cards pin these files" in called.err
    assert "pin" not in call("probes", "review").err


def test_a_table_may_be_of_one_country(call: Call, file: Path) -> None:
    drawn = call("probes", "review", "--families", file, "--country", "SG").out
    assert "SG" in drawn
    assert "MY" not in drawn


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_vote_changes_nothing_of_a_shipped_file_but_what_is_said_of_one_family(path: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(path, tmp_path))
    family = read_families(file)[-1]
    vote = Vote(reviewer="r-1", role="native", norm="agree", wording="agree", voted_on=family.voted_on)
    assert record([file], {}) == []
    assert file.read_bytes() == path.read_bytes()
    record([file], {family.id: vote})
    before, after = lines(path), lines(file)
    changed = [place for place, line in enumerate(after) if line != before[place]]
    assert [json.loads(after[place])["id"] for place in changed] == [family.id]
    assert after[changed[0]].replace(b'"votes": [%s]' % vote_json(vote), b'"votes": []') == before[changed[0]]


def vote_json(vote: Vote) -> bytes:
    return json.dumps(vote.model_dump(exclude_defaults=True)).encode()


# What is no vote


def _other_family(book: Workbook) -> None:
    book["Votes"]["A2"] = "MY-REL-009"


def _of_elsewhere(book: Workbook) -> None:
    book["Votes"]["A2"] = SINGAPORE


def _of_another_country(book: Workbook) -> None:
    about = book["Read me"]
    next(row[1] for row in about.iter_rows() if row[0].value == "country").value = "ID"


def _twice(book: Workbook) -> None:
    book["Votes"].append([cell.value for cell in book["Votes"][2]])


def _without_a_column(book: Workbook) -> None:
    book["Votes"].delete_cols(1)


def _without_a_schema(book: Workbook) -> None:
    del book["Read me"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_family, "(Votes, line 2): there is no family 'MY-REL-009'. Did you mean MY-REL-001"),
        (_of_elsewhere, "SG-REL-001 is of SG in en, and the sheet of MY in ms"),
        (_of_another_country, "MY-REL-001 is of MY in ms, and the sheet of ID in ms"),
        (_twice, "(Votes, line 3): MY-REL-001 stands there twice"),
        (_without_a_column, "is no sheet that `probes review --sheet` wrote: it lacks the column 'Family'"),
        (_without_a_schema, "is no sheet that `probes review --sheet` wrote: it lacks the schema"),
    ],
)
def test_a_sheet_that_is_not_ours_or_no_longer_is_refused(
    change: Callable[[Workbook], None], said: str, call: Call, file: Path, sheets: Path
) -> None:
    path = filled(sheets / "probes-MY-ms.xlsx", {NORM: "agree", WORDING: "agree"})
    book = load_workbook(path)
    change(book)
    book.save(path)
    before = file.read_bytes()
    good = filled(sheets / "probes-TH-th.xlsx", {NORM: "agree", WORDING: "agree"})
    read = ["--read", good, path, "--reviewer", "my-01", "--role", "native"]
    assert said in refused(call("probes", "review", "--families", file, *read))
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({NORM: "maybe"}, "'maybe' under 'Does the norm hold as stated?' is no vote. One of: agree, disagree, unsure."),
        ({NORM: 1}, "'1' under 'Does the norm hold as stated?' is no vote"),
        ({FIRST: "C"}, "'C' under 'Which reply fits?' is no vote. One of: A, B, unsure."),
        ({WORDING: None}, "MY-REL-001 has half a vote: nothing under 'Does the wording read as people there write?'"),
        ({NORM: None, WORDING: None, "Remark": "hm"}, "has half a vote: nothing under 'Does the norm hold"),
        ({FIRST: "A"}, "MY-REL-001 has a choice of reply for one of its two requests only"),
    ],
)
def test_what_is_no_vote_is_refused_with_its_place(
    cells: dict[str, Any], said: str, call: Call, file: Path, sheets: Path
) -> None:
    path = filled(sheets / "probes-MY-ms.xlsx", {NORM: "agree", WORDING: "agree", **cells})
    before = file.read_bytes()
    read = ["--read", path, "--reviewer", "my-01", "--role", "native"]
    sentence = refused(call("probes", "review", "--families", file, *read))
    assert said in sentence
    assert "(Votes, line 2)" in sentence
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"id,vote\n", b""])
def test_a_file_that_is_no_spreadsheet_is_refused(content: bytes, call: Call, file: Path, tmp_path: Path) -> None:
    (tmp_path / "votes.xlsx").write_bytes(content)
    read = ["--read", tmp_path / "votes.xlsx", "--reviewer", "my-01", "--role", "native"]
    assert "not a spreadsheet" in refused(call("probes", "review", "--families", file, *read))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reviewer", "my-01"], "nobody has said whose votes these are"),
        (["--read", "x.xlsx", "--role", "native"], "nobody has said whose votes these are"),
        (["--reviewer", "Ahmad bin Ali", "--role", "native"], "'Ahmad bin Ali' is no code of a reviewer"),
        (["--sheet", "s", "--reviewer", "my-01", "--role", "native"], "--reviewer and --role are for votes"),
        (["--read", "x.xlsx", "--reviewer", "a1", "--role", "native", "--country", "MY"], "a sheet says itself"),
        (["--read", "nowhere.xlsx", "--reviewer", "a1", "--role", "native"], "cannot be read: No such file"),
        (["--sheet", "s", "--json"], "--json tells how far reviewers agree"),
        (["--sheet", "s", "--country", "XX"], "no family is of that country and language. There are: MY ms, SG en"),
        (["--sheet", "s", "--family", "MY-REL-01"], "there is no family 'MY-REL-01'. The nearest: MY-REL-001"),
        (["--reviewer", "a1", "--role", "native", "--country", "MY"], "the form needs a terminal"),
    ],
)
def test_options_that_do_not_fit_are_a_sentence(arguments: list[str], said: str, call: Call, file: Path) -> None:
    before = file.read_bytes()
    assert said in refused(call("probes", "review", "--families", file, *arguments))
    assert file.read_bytes() == before
    assert not Path("s").exists()


# The form, in a terminal


class Terminal:
    """The form in a terminal of its own, at which somebody sits who answers what is asked."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "seahelm_lite", "probes", "review", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "100"}
        self._process, self._ours = pty.fork()
        if self._process == 0:
            os.execve(command[0], command, environment)

    def until(self, text: str) -> str:
        """What is shown from now on, up to a text and the rest of what came with it."""
        return self._read(lambda shown: text in shown)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self, key: str = "") -> tuple[int, str]:
        """The exit status, and what was shown last.

        A key is pressed again after a second of silence: Python does not see a Ctrl-C that comes just before it waits.
        """
        shown = self._read(lambda _: False, key)
        os.close(self._ours)
        return os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1]), shown

    def _read(self, enough: Callable[[str], bool], key: str = "") -> str:
        shown, deadline = b"", time.monotonic() + 60
        while not enough(shown.decode(errors="ignore")):
            assert time.monotonic() < deadline, shown.decode(errors="ignore")
            if not select.select([self._ours], [], [], 1)[0]:
                self.type(key)
                continue
            try:
                read = os.read(self._ours, 65536)
            except OSError:  # Linux, where the other side is closed
                break
            if not read:
                break
            shown += read
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r\n", "\n")


def seated(file: Path, *arguments: str, reviewer: str = "sea-1") -> Terminal:
    return Terminal("--families", file, "--reviewer", reviewer, "--role", "native", *arguments)


def test_a_reviewer_votes_in_a_terminal(file: Path) -> None:
    family = families()[MALAY]
    first, second = fits(MALAY)
    terminal = seated(file, "--country", "MY", "--language", "ms")
    seen = terminal.until("q to stop] ")
    assert "MY-REL-001 · 1 of 1 · ms, formal" in seen
    for text in (family.prompt.text, family.prompt.en, *family.pairs[0].texts, *family.pairs[0].english):
        assert str(text) in " ".join(seen.split())
    assert family.norm.statement not in seen
    terminal.type("maybe\n")
    assert family.norm.statement not in terminal.until("q to stop] "), "it asks again"
    terminal.type(f"{first.lower()}\n")
    seen = terminal.until("q to stop] ")
    assert family.control.prompt.text in " ".join(seen.split())
    assert family.norm.statement not in seen
    terminal.type(f"{second}\n")
    seen = terminal.until("q to stop] ")
    for text in (family.norm.statement, family.norm.applies_to, family.norm.sources[0].title):
        assert text in seen
    assert f"The family takes {first} for the first request, and {second} for the second." in seen
    terminal.type("disagree\n")
    assert "read as people there write?" in terminal.until("q to stop] ")
    terminal.type("u\n")
    terminal.until("Enter for none: ")
    terminal.type("ขอบคุณ ตามนี้\n")
    code, seen = terminal.end()
    assert code == 0
    assert "Votes written: 1. Families left: 0." in seen
    (vote,) = read_families(file)[0].review.votes
    assert (vote.reviewer, vote.norm, vote.wording, vote.pairs) == ("sea-1", "disagree", "unsure", "agree")
    assert vote.remark == "ขอบคุณ ตามนี้"
    assert vote.voted_on == family.voted_on


def _vote(terminal: Terminal, *answers: str) -> None:
    for answer in answers:
        terminal.until("q to stop] ")
        terminal.type(f"{answer}\n")
    terminal.until("Enter for none: ")
    terminal.type("\n")


def test_a_reviewer_stops_skips_and_goes_on_where_votes_are_missing(file: Path) -> None:
    names = [MALAY, SINGAPORE, THAI]
    terminal = seated(file, "--family", *names)
    _vote(terminal, "a", "a", "a", "a")
    assert "SG-REL-001 · 2 of 3" in terminal.until("q to stop] ")
    terminal.type("s\n")
    assert "TH-NAM-001 · 3 of 3" in terminal.until("q to stop] ")
    terminal.type("q\n")
    code, seen = terminal.end()
    assert code == 0
    assert "Votes written: 1. Families left: 2; the same command goes on." in seen
    assert [len(family.review.votes) for family in read_families(file)] == [1, 0, 0]

    terminal = seated(file, "--country", "MY")
    code, seen = terminal.end()
    assert "1 of 1 families are voted on by sea-1, or retired." in seen
    terminal = seated(file, "--country", "SG")
    assert "SG-REL-001 · 1 of 1" in terminal.until("q to stop] ")
    terminal.type("\x04")
    assert terminal.end()[0] == 0


def test_a_vote_by_form_can_be_changed_and_moves_the_family(votes: Votes, file: Path) -> None:
    for reviewer in ("my-01", "my-02", "my-03"):
        votes(reviewer)
    terminal = seated(file, "--family", MALAY, reviewer="my-03")
    _vote(terminal, "u", "b", "d", "a")
    code, seen = terminal.end()
    assert code == 0
    assert "MY-REL-001: native_reviewed → contested" in seen
    assert len(read_families(file)[0].review.votes) == 3


def test_what_was_voted_on_is_written_when_the_form_is_interrupted(file: Path) -> None:
    terminal = seated(file, "--family", MALAY, SINGAPORE)
    _vote(terminal, "a", "b", "a", "a")
    terminal.until("q to stop] ")
    terminal.type("\x03")
    code, seen = terminal.end("\x03")
    assert code == 1
    assert "Traceback" not in seen
    assert "seahelm-lite: stopped." in seen
    assert [len(family.review.votes) for family in read_families(file)] == [1, 0, 0]
