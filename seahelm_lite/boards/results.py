"""The results file of a board: what boards are written as, and what pages are made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seahelm_lite.catalog.task_card import CountryCode, LanguageTag, Licence, Metric, Pillar, ProtocolName
from seahelm_lite.errors import SeahelmError
from seahelm_lite.records import JsonValue

RESULTS_SCHEMA: Literal["seahelm-lite/board-results/1"] = "seahelm-lite/board-results/1"

CellState = Literal["value", "not run", "incomplete", "unsupported", "withheld"]
Mark = Literal["parse!", "limited", "recorded"]
Kind = Literal["baseline", "recorded", "measured"]

Text = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Interval = tuple[float, float]
"""Lower and upper bound of a 95 % interval as computed, not clipped to the range of the metric."""


class BoardError(SeahelmError):
    """A board that cannot be made from the runs given, or a results file that cannot be used."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BoardFacts(_Part):
    """What the board's card says of it."""

    id: Slug
    title: Text
    measures: Text
    languages: tuple[LanguageTag, ...] = Field(min_length=1)
    protocol: ProtocolName
    shots: Count
    card_sha256: Sha256
    """Of the bytes of the board card."""


class DataSource(_Part):
    """A file the documents of a column come from."""

    source: Text
    sha256: Sha256
    pinned: bool


class Column(_Part):
    """One task of the board, asked and scored in one way."""

    task: Text
    title: Text
    measures: Text
    version: Text
    language: LanguageTag
    country: CountryCode | None
    suite: Text
    pillar: Pillar
    protocol: ProtocolName
    shots: Count
    metric: Metric
    weight: float = Field(gt=0)
    """As the card gives it; the headline divides by the sum over the required columns."""
    required: bool
    n: Positive | None
    """Documents of the whole task; None when no run has it."""
    chance: float | None
    """What guessing scores; None where there is no guessing, or no run over the whole task."""
    baselines: dict[str, float]
    cluster_key: Text | None
    licence: Licence
    citation: str
    defects: tuple[str, ...]
    excluded: dict[str, Count]
    """Reason to number of rows left out for it."""
    sources: tuple[DataSource, ...]
    task_file_sha256: Sha256
    data_sha256: Sha256 | None


class Comparison(_Part):
    """How the ranked models were compared with each other."""

    method: Literal["sign-flip max-T"]
    level: float = Field(gt=0, lt=1)
    """Bound on the probability that any difference is called one where there is none."""
    pairs: Positive
    draws: Positive
    models: int = Field(ge=2)
    note: Text


class RowModel(_Part):
    """The model of a row."""

    id: Slug
    name: Text
    kind: Kind
    fingerprint_sha256: Sha256


class RowSource(_Part):
    """Where the answers of a recorded model come from."""

    format: Text
    source: Text
    title: Text
    url: str | None
    licence: Text
    recorded: tuple[date, date] | None
    """First and last day of the answers; None where the source does not say."""


class Headline(_Part):
    """The weighted mean over the required columns, or the reason why there is none."""

    value: float | None
    ci95: Interval | None
    ci_method: str | None
    reason: Text | None

    @model_validator(mode="after")
    def _says_why(self) -> Headline:
        if (self.value is None or self.ci95 is None) == (self.reason is None):
            raise ValueError("a number that is missing has a reason, and no other number has")
        return self


class Rank(_Part):
    """The places a model may have: 1 + those better, to all less those worse."""

    lo: Positive
    hi: Positive


class Coverage(_Part):
    """Required columns that are complete on all documents."""

    done: Count
    required: Positive


class Counts(_Part):
    """How samples ended; each in exactly one state."""

    scored: Count
    unparsed: Count
    refused: Count
    truncated: Count
    error: Count

    @property
    def total(self) -> int:
        """Samples: documents times repeats."""
        return self.scored + self.unparsed + self.refused + self.truncated + self.error


class Tokens(_Part):
    """Tokens as the server counted them; None where it did not say."""

    responses_with_usage: Count
    prompt: Count | None
    completion: Count | None
    reasoning: Count | None
    cached: Count | None


class LogFile(_Part):
    """A file of recorded answers."""

    path: Text
    sha256: Sha256
    answers: Count
    """Of this model in it."""


class Cell(_Part):
    """One model on one column."""

    state: CellState
    reason: Text | None = None
    """Why there is no value; beside a value, why its interval is missing."""
    value: float | None = None
    se: float | None = None
    ci95: Interval | None = None
    ci_method: str | None = None
    n: Positive | None = None
    n_answered: Count | None = None
    n_clusters: Positive | None = None
    repeats: Positive | None = None
    counts: Counts | None = None
    marks: tuple[Mark, ...] = ()
    usage: Tokens | None = None
    decoding: Mapping[str, JsonValue] | None = None
    run: Text | None = None
    scores_sha256: Sha256 | None = None
    """Of the bytes of the run's scores.json."""
    prompts_sha256: Sha256 | None = None
    files: tuple[LogFile, ...] = ()
    """Of an imported run."""
    deviations: tuple[str, ...] = ()
    """What the run could not honour of what was asked."""
    command: Text | None = None
    """What makes the cell again."""

    @model_validator(mode="after")
    def _is_a_value_or_says_why(self) -> Cell:
        if (self.state == "value") != (self.value is not None):
            raise ValueError("a cell has a value if and only if its state says so")
        if self.state != "value" and self.reason is None:
            raise ValueError(f"a cell that is {self.state!r} has a reason")
        if (self.state in ("value", "incomplete")) != (self.run is not None):
            raise ValueError("a cell that was run names its run, and no other does")
        return self


class Row(_Part):
    """One model."""

    model: RowModel
    source: RowSource | None
    status: Literal["ranked", "incomplete"]
    headline: Headline
    rank: Rank | None
    group: Positive | None
    """Walking down the table, a new group begins at the first model that is significantly worse than the first of the
    group above. A model below may still not be told from some above: its rank range says so."""
    coverage: Coverage
    cells: tuple[Cell, ...]
    """One for each column, in order."""

    @model_validator(mode="after")
    def _is_ranked_or_not(self) -> Row:
        ranked = self.status == "ranked"
        if {ranked} != {self.headline.value is not None, self.rank is not None, self.group is not None}:
            raise ValueError("a ranked row has headline, rank and group, and no other row has any of them")
        return self


class LeftOut(_Part):
    """A run, or a part of one, that is not on the board."""

    run: Text
    reason: Text


class BoardResults(_Part):
    """A whole board, as its file holds it."""

    schema_: Literal["seahelm-lite/board-results/1"] = Field(alias="schema")
    board: BoardFacts
    columns: tuple[Column, ...] = Field(min_length=1)
    comparison: Comparison | None
    """None when fewer than two models are ranked."""
    rows: tuple[Row, ...]
    """Ranked ones first, by headline; then the others, by how much of the board they have."""
    left_out: tuple[LeftOut, ...]

    @model_validator(mode="after")
    def _has_a_cell_for_each_column(self) -> BoardResults:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"{row.model.id} has {len(row.cells)} cells for {len(self.columns)} columns")
        return self

    @property
    def ranked(self) -> tuple[Row, ...]:
        """The rows above the line."""
        return tuple(row for row in self.rows if row.status == "ranked")

    @property
    def below(self) -> tuple[Row, ...]:
        """The rows below the line."""
        return tuple(row for row in self.rows if row.status != "ranked")


def read_results(path: Path) -> BoardResults:
    """Read the results file of a board.

    Raises:
        BoardError: With the path, if it cannot be read, another version wrote it, or it is not such a file.
    """
    try:
        return BoardResults.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BoardError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        what = ": ".join(filter(None, (place, fault["msg"].removeprefix("Value error, "))))
        remedy = "Build it again with `seahelm-lite board build`."
        raise BoardError(f"is not board results: {what}", where=str(path), remedy=remedy) from None
