"""`seahelm-lite run --model 'hf:DIR/step_*'`: the checkpoints of a training, one run after another."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import print_json

if TYPE_CHECKING:
    from seahelm_lite.catalog.catalog import Catalog
    from seahelm_lite.engine.spec import RunSpec
    from seahelm_lite.sources.where import Where


@dataclass
class Series:
    """Runs of one question to one checkpoint after another, in one output folder."""

    catalog: Catalog
    where: Where
    out: Path
    executor: str
    max_cost: Decimal | None
    dry_run: bool
    as_json: bool
    told: list[dict[str, Any]] = field(default_factory=list)
    """What `--json` says of each checkpoint."""

    def execute(self, spec: RunSpec, checkpoints: Sequence[str]) -> int:
        """Run them all; one that fails does not keep the next from being asked.

        Returns:
            0 when all are complete, 2 when none could be asked, else 1.

        Raises:
            SeahelmError: If what is asked is at fault, and not a checkpoint.
        """
        from seahelm_lite.models.series import make_room

        for place, model in enumerate(checkpoints, 1):
            print(f"{model} ({place} of {len(checkpoints)})", file=sys.stderr)
            self.told.append({"model": model, **self._ask(spec.model_copy(update={"model": model}))})
            make_room()
            if self.told[-1]["status"] == "interrupted":
                break
        left = checkpoints[len(self.told) :]
        self.told += [{"model": model, "status": "not run", "reason": "the series was stopped"} for model in left]
        return self._report(spec)

    def _ask(self, spec: RunSpec) -> dict[str, Any]:
        """Ask one checkpoint, holding on to nothing of it."""
        from seahelm_lite import runs
        from seahelm_lite.cli.progress_bar import Bar
        from seahelm_lite.cli.run import forecast_of, report, show_forecast, told
        from seahelm_lite.errors import ModelError, SeahelmError

        try:
            prepared = runs.prepare(spec, catalog=self.catalog, where=self.where, out=self.out, executor=self.executor)
            if self.dry_run:
                forecast = forecast_of(prepared)
                if not self.as_json:
                    show_forecast(forecast, prepared.folder.path)
                return {"status": "planned", **forecast}
            with Bar() as bar:
                run = runs.execute(prepared, progress=bar, max_cost=self.max_cost)
        except SeahelmError as error:
            asked = any(one["status"] != "failed" for one in self.told)
            if not asked and not isinstance(error, ModelError):
                raise
            print(f"seahelm-lite: {error.sentence()}", file=sys.stderr)
            return {"status": "failed", "reason": error.sentence()}
        if not self.as_json:
            report(run, as_json=False)
        return told(run)

    def _report(self, spec: RunSpec) -> int:
        """Name the checkpoints that are not done, and how to compare those that are."""
        lacking = [one for one in self.told if one["status"] not in ("complete", "planned")]
        whole = not lacking
        if self.as_json:
            print_json({"series": spec.model, "status": "complete" if whole else "incomplete", "runs": self.told})
        folders = [one["folder"] for one in self.told if "folder" in one]
        if len(folders) > 1 and not self.as_json:
            print(f"Compare them with: seahelm-lite compare {shlex.join(folders)}")
        for one in lacking:
            print(f"{one['model']}: {one['status']}", file=sys.stderr)
        if lacking:
            print("The same command goes on with these, and asks nothing twice.", file=sys.stderr)
        if all(one["status"] == "failed" for one in self.told):
            return 2
        return 0 if whole else 1
