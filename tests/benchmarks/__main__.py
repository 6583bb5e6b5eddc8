"""`python -m tests.benchmarks [all|NAME]`."""

from __future__ import annotations

import os
import sys

# Read by tqdm when it is first imported: bars would cost time and hide the figures.
os.environ["TQDM_DISABLE"] = "1"

from tests.benchmarks import (
    agreement_local,
    api,
    chance,
    generation,
    imports,
    judges,
    local,
    overlap,
    prompts,
    run,
    scoring,
    stats,
)

BENCHMARKS = {
    "agreement": agreement_local.main,
    "api": api.main,
    "chance": chance.main,
    "generation": generation.main,
    "imports": imports.main,
    "judges": judges.main,
    "local": local.main,
    "overlap": overlap.main,
    "prompts": prompts.main,
    "run": run.main,
    "scoring": scoring.main,
    "stats": stats.main,
}


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "all"
    if wanted != "all" and wanted not in BENCHMARKS:
        print(f"there is no benchmark {wanted!r}; there are all, {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name, benchmark in BENCHMARKS.items():
        if wanted in ("all", name):
            print(f"== {name}")
            benchmark()
    return 0


sys.exit(main())
