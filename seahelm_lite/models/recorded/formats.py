"""The kinds of logs that can be imported, by name."""

from __future__ import annotations

from seahelm_lite.catalog.names import unknown
from seahelm_lite.models.recorded.base import LogFormat
from seahelm_lite.models.recorded.inspect_log import InspectLog
from seahelm_lite.models.recorded.lm_eval_samples import LmEvalSamples
from seahelm_lite.models.recorded.malay_llm_benchmark import MalayLlmBenchmark
from seahelm_lite.models.recorded.sea_helm import SeaHelm
from seahelm_lite.models.recorded.thaiexamjs import ThaiExamJs

_ALL: tuple[LogFormat, ...] = (ThaiExamJs(), MalayLlmBenchmark(), LmEvalSamples(), InspectLog(), SeaHelm())
FORMATS = {log_format.name: log_format for log_format in _ALL}


def log_format(name: str) -> LogFormat:
    """The format of that name.

    Raises:
        UnknownNameError: With the nearest names.
    """
    if name not in FORMATS:
        raise unknown("log format", name, FORMATS, listing="seahelm-lite import -h")
    return FORMATS[name]
