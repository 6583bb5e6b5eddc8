"""Logs as the readers are given them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from seahelm_lite.models.recorded.base import Declared, LogFile, RecordedAnswer
from seahelm_lite.models.recorded.formats import log_format
from seahelm_lite.records import Outcome, Response, sha256_hex


def lines(rows: Iterable[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def read(
    format_name: str, name: str, data: bytes, *siblings: tuple[str, bytes], **declared: Any
) -> list[RecordedAnswer]:
    file = LogFile(name=name, data=data, sha256=sha256_hex(data), siblings=siblings)
    return list(log_format(format_name).read(file, Declared(**declared)))


def response(outcome: Outcome) -> Response:
    assert isinstance(outcome, Response)
    return outcome
