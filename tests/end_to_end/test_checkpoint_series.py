"""`run --model 'hf:DIR/step_*'` and `compare`, with checkpoints that were really trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.cli.main import main
from seahelm_lite.engine import forecast
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.models.local import LmEvalModel
from tests.tiny_series import save_tiny_series

TASK = "regional_basics_ms"
ASKED = ("--task", TASK, "--protocol", "ll-letter")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    return save_tiny_series(tmp_path_factory.mktemp("training"), catalog, TASK, [0, 10, 25])


def series(capsys: Capture, folder: Path, out: Path, *more: str) -> tuple[int, Any, str]:
    status = main(["run", "--model", f"hf:{folder}/step_*,dtype=float32", *ASKED, "--out", str(out), "--json", *more])
    told = capsys.readouterr()
    return status, json.loads(told.out) if told.out else None, told.err


@pytest.fixture(scope="session")
def out(checkpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The series, run once."""
    out = tmp_path_factory.mktemp("out")
    assert main(["run", "--model", f"hf:{checkpoints}/step_*,dtype=float32", *ASKED, "--out", str(out)]) == 0
    return out


def test_each_checkpoint_is_a_run_and_the_same_command_shows_them_again_without_asking(
    checkpoints: Path, out: Path, capsys: Capture
) -> None:
    before = {path: path.read_bytes() for path in out.rglob("manifest.json")}
    status, told, _ = series(capsys, checkpoints, out)
    assert (status, told["status"]) == (0, "complete")
    assert [run["model"].partition(",")[0] for run in told["runs"]] == [
        f"hf:{checkpoints}/step_{step}" for step in (0, 10, 25)
    ]
    assert {path: path.read_bytes() for path in out.rglob("manifest.json")} == before
    for run, step in zip(told["runs"], (0, 10, 25), strict=True):
        manifest = RunFolder(Path(run["folder"])).manifest()
        assert manifest["model"]["training"] == {"step": step, "tokens": None, "source": "name"}
        assert manifest["spec"]["model"] == run["model"]
        assert len(manifest["sessions"]) == 1


def test_what_was_trained_longer_is_better_and_the_curve_says_so(out: Path, tmp_path: Path, capsys: Capture) -> None:
    runs = [str(path) for path in out.iterdir() if path.is_dir()]
    assert main(["compare", *runs, "--json", "--svg", str(tmp_path / "curve.svg")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [run["position"] for run in told["runs"]] == [0, 10, 25]
    (task,) = told["tasks"]
    values = [value["value"] for value in task["values"]]
    assert values == sorted(values)
    assert values[-1] > values[0] + 0.3
    right = [[sample.value for sample in RunFolder(_run(out, step)).read_samples(f"{TASK}@ll-letter")]
             for step in (0, 25)]  # fmt: skip
    ahead = sum(a < b for a, b in zip(*right, strict=True) if a is not None and b is not None)
    behind = sum(a > b for a, b in zip(*right, strict=True) if a is not None and b is not None)
    (first, *_) = [one for one in task["differences"] if one["against"] == "last"]
    assert first["p"] == pytest.approx(stats.binomtest(ahead, ahead + behind).pvalue)
    assert first["p_holm"] < 0.05
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")


def _run(out: Path, step: int) -> Path:
    (folder,) = out.glob(f"step_{step}-*")
    return folder


def test_a_broken_checkpoint_is_named_and_does_not_keep_the_others_from_being_asked(
    checkpoints: Path, tmp_path: Path, capsys: Capture
) -> None:
    shutil.copytree(checkpoints / "step_10", tmp_path / "step_10")
    (tmp_path / "step_9").mkdir()
    shutil.copytree(checkpoints / "step_25", tmp_path / "step_11")
    (tmp_path / "step_11" / "model.safetensors").write_bytes(b"cut off")
    status, told, err = series(capsys, tmp_path, tmp_path / "out", "--limit", "3")
    assert (status, told["status"]) == (1, "incomplete")
    assert [run["status"] for run in told["runs"]] == ["failed", "complete", "failed"]
    assert "step_9 has no config.json" in told["runs"][0]["reason"]
    assert f"hf:{tmp_path}/step_11,dtype=float32: failed" in err
    assert "Traceback" not in err


def test_a_series_of_which_nothing_can_be_loaded_is_an_error_of_usage(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "step_1").mkdir()
    status, told, _ = series(capsys, tmp_path, tmp_path / "out")
    assert (status, [run["status"] for run in told["runs"]]) == (2, ["failed"])
    assert not (tmp_path / "out").exists()


def test_ctrl_c_stops_the_series_and_says_what_was_not_run(
    checkpoints: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LmEvalModel, "answer", stopped)
    status, told, err = series(capsys, checkpoints, tmp_path / "out", "--limit", "2")
    assert (status, [run["status"] for run in told["runs"]]) == (1, ["interrupted", "not run", "not run"])
    assert "The same command goes on" in err


def test_a_dry_run_of_a_series_forecasts_each_checkpoint_and_writes_nothing(
    checkpoints: Path, tmp_path: Path, capsys: Capture
) -> None:
    status, told, _ = series(capsys, checkpoints, tmp_path / "out", "--dry-run", "--limit", "2")
    assert (status, told["status"]) == (0, "complete")
    assert [(run["status"], run["tasks"][0]["requests"]) for run in told["runs"]] == [("planned", 8)] * 3
    assert not (tmp_path / "out").exists()


def test_a_dry_run_of_a_series_in_words_counts_each_checkpoint_once(
    checkpoints: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    monkeypatch.setattr(forecast, "distinct_length", lambda texts, encode=None: counted.append(len(texts)) or 0)
    asked = ["--model", f"hf:{checkpoints}/step_*,dtype=float32", *ASKED, "--out", str(tmp_path / "out")]
    assert main(["run", *asked, "--dry-run", "--limit", "2"]) == 0
    folders = [line for line in capsys.readouterr().out.splitlines() if line.startswith("run folder: ")]
    assert [Path(line).name.partition("-")[0] for line in folders] == ["step_0", "step_10", "step_25"]
    assert counted == [8, 8, 8]


def test_a_settings_file_may_name_a_series(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(f"model: hf:{tmp_path}/step_*\ntasks: [{TASK}]\n")
    assert main(["run", "--config", str(file)]) == 2
    assert f"no folder matches {tmp_path}/step_*" in capsys.readouterr().err
    assert main(["run", "--config", str(file), "--resume", "out/x"]) == 2
    assert "--resume takes everything from the run, so config" in capsys.readouterr().err


def test_what_is_asked_wrongly_is_said_once_and_not_of_every_checkpoint(
    checkpoints: Path, tmp_path: Path, capsys: Capture
) -> None:
    status = main(
        ["run", "--model", f"hf:{checkpoints}/step_*", "--task", "regional_basics_mx", "--out", str(tmp_path)]
    )
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err.count("there is no task") == 1
