"""Model cards and board cards."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from seahelm_lite.catalog.board_card import load_boards
from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.model_card import model_cards
from seahelm_lite.errors import CardError, UnknownNameError
from tests.conftest import REPOSITORY
from tests.small_task import SmallTask

BOARDS = REPOSITORY / "leaderboards" / "boards"

MODEL = """\
schema: seahelm-lite/model/1
id: pelanduk-1b
identity:
  name: Pelanduk
  version: 1B
  developer: {name: Nobody, type: lab, country: MY}
  status: active
  src: [page]
lineage: {origin: unknown}
openness: {weights: open, licence: Apache-2.0, commercial: yes, src: [page]}
residency:
  developer_jurisdiction: MY
  hosting:
    - {endpoint: there, country: GB, operator: Somebody}
  air_gap: no
  src: [page]
reasoning:
  mode: optional
  switch: {field: think, on: 'yes', off: off}
  src: [page]
access:
  - id: here
    kind: in-process
    model_id: nobody/pelanduk-1b
    engine: {lm_eval: hf}
    src: [page]
  - id: there
    wire: openai-chat
    model_id: pelanduk
    base_url: https://api.example.org/v1
    auth: {kind: bearer, env: PELANDUK_KEY}
    params: {unsupported: [seed]}
    price:
      - {currency: MYR, prompt: 1, completion: 2, as_of: 2026-11-01, src: page}
    src: [page]
protocols: [gen-letter]
sources:
  page: {what: https://example.org/pelanduk, kind: vendor, on: 2026-11-02}
"""
BOARD = """\
schema: seahelm-lite/board/1
id: small
title: Small
measures: Nothing.
languages: [ms]
protocol: gen-letter
tasks:
  - task: one
  - task: two
    required: no
"""


def _model(folder: Path, text: str = MODEL, name: str = "pelanduk-1b") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _board(folder: Path, text: str = BOARD) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _edited(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with one place changed, and the line of that place."""
    assert text.count(old) == 1
    return text.replace(old, new), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_board_shows_tasks_of_its_languages_and_says_what_a_rank_means(path: Path, catalog: Catalog) -> None:
    board = load_boards(catalog.tasks)[path.stem]
    assert {column.task.card.language for column in board.columns} == set(board.card.languages)
    assert len(board.card.measures) > 80


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "yes"),
        ("off", "no"),
        ("true", "yes"),
        ("No", "no"),
        ("'yes'", "yes"),
        ("'no'", "no"),
        ("conditional", "conditional"),
        ("unknown", "unknown"),
    ],
)
def test_yes_and_no_on_a_card_are_words_however_yaml_reads_them(tmp_path: Path, written: str, meant: str) -> None:
    _model(tmp_path, MODEL.replace("commercial: yes", f"commercial: {written}"))
    assert model_cards(tmp_path)["pelanduk-1b"].openness.commercial == meant


@pytest.mark.parametrize("written", ["maybe", "1", "[yes]"])
def test_neither_yes_nor_no_is_refused(tmp_path: Path, written: str) -> None:
    text, line = _edited(MODEL, "air_gap: no", f"air_gap: {written}")
    path = _model(tmp_path, text)
    with pytest.raises(CardError, match=r"residency\.air_gap: ") as caught:
        model_cards(tmp_path)
    assert caught.value.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("schema: seahelm-lite/model/1", "schema: seahelm-lite/model/2", "schema: Input should be"),
        ("id: pelanduk-1b", "id: other", "the card of other must be called other.yaml"),
        ("id: pelanduk-1b", "id: Pelanduk 1B", "id: String should match pattern"),
        ("  air_gap: no", "  airgap: no", "unknown key 'residency.airgap'"),
        ("  status: active", "  status: alive", "identity.status: Input should be 'active'"),
        (
            "lineage: {origin: unknown}",
            "lineage: {origin: merge}",
            "lineage: src is missing, which says where origin is",
        ),
        ("lineage: {origin: unknown}", "lineage: {origin: merge, src: []}", "lineage: src is missing"),
        (
            "yes, src: [page]}",
            "yes, src: [pages]}",
            "openness: src names 'pages', which is not among the card's sources",
        ),
        ("env: PELANDUK_KEY", "env: sk-12345", "is no name of an environment variable"),
        ("{currency: MYR, ", "{", "the key 'access.1.price.0.currency' is missing"),
        ("unsupported: [seed]", "unsupported: [sed]", "access.1.params.unsupported.0: Input should be 'max_tokens'"),
        ("currency: MYR", "currency: RM", "access.1.price.0.currency: 'RM' is no code of ISO 4217"),
        ("protocols: [gen-letter]", "protocols: []", "protocols are the ways in which it can be asked"),
        ("protocols: [gen-letter]", "protocols: [gen-leter]", "protocols.0: Input should be 'gen-letter'"),
    ],
)
def test_a_fault_on_a_model_card_names_its_line(tmp_path: Path, old: str, new: str, what: str) -> None:
    text, line = _edited(MODEL, old, new)
    path = _model(tmp_path, text)
    with pytest.raises(CardError) as caught:
        model_cards(tmp_path)
    assert what in caught.value.what
    assert caught.value.where == f"{path}:{line}"


def test_a_key_that_stands_on_a_card_is_not_repeated(tmp_path: Path) -> None:
    text, _ = _edited(MODEL, "env: PELANDUK_KEY", "env: sk-12345")
    _model(tmp_path, text)
    with pytest.raises(CardError) as caught:
        model_cards(tmp_path)
    assert "sk-12345" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "part", "what"),
    [
        (
            "  status: active\n  src: [page]\n",
            "  status: active\n",
            "identity:",
            "identity: src is missing, which says where name is known from",
        ),
        (
            "    base_url: https://api.example.org/v1\n",
            "",
            "  - id: there",
            "an access of the kind api has a wire and a",
        ),
        ("    wire: openai-chat\n", "", "  - id: there", "an access of the kind api has a wire and a base_url"),
        ("    engine: {lm_eval: hf}\n", "", "  - id: here", "an in-process access has an engine"),
        ("src: page}", "src: pages}", "  - id: there", "access.1: src names 'pages', which is not among the card's"),
        ("  - id: there", "  - id: here", "access:", "access: two ways of access have the same id"),
        ("  - id: there", "  - id: elsewhere", "access:", "access: residency tells of the endpoint 'there'"),
    ],
)
def test_a_fault_of_a_whole_part_names_the_line_where_it_begins(
    tmp_path: Path, old: str, new: str, part: str, what: str
) -> None:
    text, _ = _edited(MODEL, old, new)
    path = _model(tmp_path, text)
    with pytest.raises(CardError) as caught:
        model_cards(tmp_path)
    assert what in caught.value.what
    line = text[: text.index(part)].count("\n") + 1
    assert caught.value.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("written", "on", "off"),
    [
        ("on: yes, off: no", [True], [False]),
        ("on: 'on', off: 'off'", ["on"], ["off"]),
        ("off: null", [], [None]),
        ("on: {type: enabled}", [{"type": "enabled"}], []),
        ("", [], []),
    ],
)
def test_a_switch_has_the_values_that_its_card_gives(
    tmp_path: Path, written: str, on: list[object], off: list[object]
) -> None:
    _model(tmp_path, _edited(MODEL, "on: 'yes', off: off", written)[0])
    switch = model_cards(tmp_path)["pelanduk-1b"].reasoning.switch
    assert switch is not None
    assert [switch.on] * switch.turns("on") == on
    assert [switch.off] * switch.turns("off") == off


def test_a_model_that_nobody_can_reach_says_why_when_it_is_asked(tmp_path: Path) -> None:
    hosting = MODEL[MODEL.index("  hosting:") : MODEL.index("  air_gap:")]
    access = MODEL[MODEL.index("access:") : MODEL.index("protocols:")]
    text = MODEL.replace(hosting, "").replace(access, "").replace("[gen-letter]", "[]")
    _model(tmp_path, f"{text}quirks:\n  - {{text: It was never released., src: [page]}}\n")
    card = model_cards(tmp_path)["pelanduk-1b"]
    told = "pelanduk-1b cannot be asked: its card knows no way to reach it. It was never released."
    for name in (None, "here"):
        with pytest.raises(CardError) as caught:
            card.endpoint(name)
        assert str(caught.value) == told


def test_an_endpoint_is_picked_by_name_and_an_unknown_one_names_the_nearest(tmp_path: Path) -> None:
    _model(tmp_path)
    card = model_cards(tmp_path)["pelanduk-1b"]
    assert card.endpoint("there").model_id == "pelanduk"
    with pytest.raises(UnknownNameError, match=r"no endpoint of pelanduk-1b 'ther'\. Did you mean there"):
        card.endpoint("ther")


@pytest.fixture
def two_tasks(tmp_path: Path) -> dict[str, TaskDefinition]:
    """`one` by accuracy; `two` also by macro F1, which comes first on its card."""
    root = tmp_path / "tasks"
    SmallTask(root, changes={"id": "one"}).write()
    SmallTask(
        root, changes={"id": "two", "metrics": ["macro_f1", "acc"], "protocols": ["ll-letter", "gen-letter"]}
    ).write()
    return dict(load_catalog([root]).tasks)


def test_a_column_takes_shots_from_the_board_and_its_metric_from_the_task_unless_it_has_its_own(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition]
) -> None:
    tasks = "  - {task: one}\n  - {task: two, required: no}\n  - {task: two, shots: 0, metric: acc}\n"
    _board(tmp_path, BOARD[: BOARD.index("tasks:")] + "shots: 2\ntasks:\n" + tasks)
    columns = load_boards(two_tasks, tmp_path)["small"].columns
    assert [(column.shots, column.metric) for column in columns] == [(2, "acc"), (2, "macro_f1"), (0, "acc")]


def test_a_written_answer_has_its_own_protocol_on_every_board(tmp_path: Path) -> None:
    root = tmp_path / "tasks"
    SmallTask(root, changes={"id": "one"}).write()
    text = {"id": "two", "kind": "generation", "protocols": ["gen"], "metrics": ["chrf"], "instruction": "Tulis."}
    document = {"options": None, "answer": None, "reference": "question"}
    SmallTask(root, changes={**text, "document": document}).write()
    for protocol in ("gen-letter", "recorded:somewhere"):
        _board(tmp_path, BOARD.replace("gen-letter", protocol))
        board = load_boards(load_catalog([root]).tasks, tmp_path)["small"]
        assert [column.protocol for column in board.columns] == [protocol, "gen"]


def test_a_board_is_known_by_the_bytes_of_its_card(tmp_path: Path, two_tasks: dict[str, TaskDefinition]) -> None:
    path = _board(tmp_path)
    assert load_boards(two_tasks, tmp_path)["small"].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_board_that_names_a_task_twice_with_the_same_shots_is_refused(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition]
) -> None:
    path = _board(tmp_path, BOARD.replace("task: two", "task: one"))
    with pytest.raises(CardError) as caught:
        load_boards(two_tasks, tmp_path)
    told = f"{path}:9: the task 'one' stands twice with 0 shots. Remove one, or give it other shots."
    assert str(caught.value) == told
    _board(tmp_path, BOARD.replace("task: two", "task: one\n    shots: 1"))
    assert [column.shots for column in load_boards(two_tasks, tmp_path)["small"].columns] == [0, 1]


def test_a_board_that_names_an_unknown_task_tells_line_and_nearest(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition]
) -> None:
    path = _board(tmp_path, BOARD.replace("task: two", "task: twos"))
    with pytest.raises(CardError) as caught:
        load_boards(two_tasks, tmp_path)
    assert str(caught.value) == f"{path}:9: there is no task 'twos'. Did you mean two?"


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        (
            "gen-letter",
            "ll-cloze",
            9,
            "two cannot be asked in ll-cloze, the board's protocol. Its card allows ll-letter",
        ),
        ("gen-letter", "gen", 8, "one cannot be asked in gen, the board's protocol. Its card allows ll-letter"),
        ("task: one", "task: one\n    metric: macro_f1", 9, "one has no metric macro_f1. Its card has acc."),
        ("required: no", "metric: balanced_acc", 10, "two has no metric balanced_acc. Its card has macro_f1, acc."),
    ],
)
def test_a_column_that_could_never_be_filled_or_rank_is_refused(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition], old: str, new: str, line: int, told: str
) -> None:
    path = _board(tmp_path, BOARD.replace(old, new))
    with pytest.raises(CardError) as caught:
        load_boards(two_tasks, tmp_path)
    assert str(caught.value).startswith(f"{path}:{line}: {told}")


def test_a_board_of_recorded_answers_takes_any_multiple_choice_task(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition]
) -> None:
    _board(tmp_path, BOARD.replace("gen-letter", "recorded:thaiexamjs"))
    columns = load_boards(two_tasks, tmp_path)["small"].columns
    assert {column.protocol for column in columns} == {"recorded:thaiexamjs"}


def test_a_board_in_a_compat_mode_takes_only_tasks_that_the_other_harness_asks(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition], catalog: Catalog
) -> None:
    path = _board(tmp_path, BOARD.replace("gen-letter", "compat:lm-eval"))
    with pytest.raises(
        CardError, match=r"small\.yaml:\d+: one cannot be asked in compat:lm-eval, the board's protocol"
    ):
        load_boards(two_tasks, tmp_path)
    path.write_text(
        BOARD[: BOARD.index("tasks:")].replace("gen-letter", "compat:sea-helm") + "tasks:\n- task: lindsea_syntax_id\n"
    )
    (column,) = load_boards(catalog.tasks, tmp_path)["small"].columns
    assert (column.protocol, column.metric) == ("compat:sea-helm", "acc")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: small", "id: large", "the board large must be called large.yaml"),
        ("    required: no", "    weight: 0", "tasks.1.weight: Input should be greater than 0"),
        ("    required: no", "    weight: 1.2", "tasks.1.weight: Input should be less than or equal to 1"),
        ("    required: no", "    wieght: 2", "unknown key 'tasks.1.wieght'"),
        ("    required: no", "    shots: -1", "tasks.1.shots: Input should be greater than or equal to 0"),
        ("protocol: gen-letter", "protocol: gen-leter", "protocol: String should match"),
        ("protocol: gen-letter", "protocol: 'recorded:'", "protocol: String should match"),
        ("protocol: gen-letter", "protocol: gen-choice", "gen-choice is a diagnostic and ranks nobody; say gen-letter"),
        ("languages: [ms]", "languages: [Malay]", "languages.0: String should match"),
        ("measures: Nothing.", "measures: ''", "measures: String should have at least 1 character"),
    ],
)
def test_a_fault_on_a_board_names_its_line(
    tmp_path: Path, two_tasks: dict[str, TaskDefinition], old: str, new: str, what: str
) -> None:
    text, line = _edited(BOARD, old, new)
    path = _board(tmp_path, text)
    with pytest.raises(CardError) as caught:
        load_boards(two_tasks, tmp_path)
    assert caught.value.where == f"{path}:{line}"
    assert what in caught.value.what


def test_a_board_that_requires_nothing_is_refused(tmp_path: Path, two_tasks: dict[str, TaskDefinition]) -> None:
    _board(tmp_path, BOARD.replace("task: one", "task: one\n    required: no"))
    with pytest.raises(CardError, match="no task is required, so nothing would rank"):
        load_boards(two_tasks, tmp_path)


def test_shipped_boards_hold_no_path_of_a_machine() -> None:
    for path in BOARDS.glob("*.yaml"):
        assert "/home/" not in yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")))
