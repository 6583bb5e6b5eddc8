"""The results file of an lm-eval run, which names the model and the number of examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import LogFile, count, declared_or_logged, stated
from seahelm_lite.models.recorded.json_logs import json_value
from seahelm_lite.records import JsonValue, canonical_json, sha256_hex

WRITTEN_BY = "Was it written by `lm_eval run --log_samples`, version 0.4?"


@dataclass(frozen=True)
class LmEvalResults:
    """What a results file says of one task of the run."""

    body: Mapping[str, JsonValue]
    """Empty where there is no such file."""
    task: str | None
    """As lm-eval names it."""

    @classmethod
    def beside(cls, file: LogFile, task: str | None) -> LmEvalResults:
        """The results beside a file of samples.

        Raises:
            LogError: If the file is no results file.
        """
        for name, data in file.siblings:
            value = json_value(data, name)
            if not isinstance(value, dict):
                raise LogError("is no results file of lm-eval", where=f"{name}:1", remedy=WRITTEN_BY)
            return cls(value, task)
        return cls({}, task)

    def model_name(self, declared: str | None, place: str) -> str:
        """The name of the model, as logged or as declared.

        The path of a folder is of the machine that ran it and names no model: the user may name it, and else the last
        part of the path has to do.

        Raises:
            LogError: If neither says it, or if the log names another.
        """
        logged = self._model
        if logged is None or not logged.startswith(("/", "~", ".")):
            return declared_or_logged(declared, logged, "the model", "--model", place)
        return stated(declared or PurePosixPath(logged).name, "what the model is", "--model", place)

    @cached_property
    def model_sha256(self) -> str | None:
        """SHA-256 of name and arguments, which tell models apart whose folders are called alike."""
        return sha256_hex(canonical_json([self._model, self._arguments])) if self.body else None

    @property
    def shots(self) -> int | None:
        """Examples that the prompts held."""
        shots = self.body.get("n-shot")
        return count(shots.get(self.task)) if isinstance(shots, dict) else None

    @property
    def _arguments(self) -> JsonValue:
        config = self.body.get("config")
        return config.get("model_args") if isinstance(config, dict) else None

    @property
    def _model(self) -> str | None:
        name = self.body.get("model_name")
        # Where the arguments name no model, lm-eval makes a name up, another one in every run.
        return name if isinstance(name, str) and name in str(self._arguments) else None
