"""Pinned data: found in a mirror, the cache or on the network, verified before use, and read into rows."""

from seahelm_lite.catalog.pins import FilePin, GithubPin, HubPin, PackagedPin, Pin
from seahelm_lite.sources.fetch import locate
from seahelm_lite.sources.formats import Format, read_rows
from seahelm_lite.sources.hub import hub_rows, rows_sha256
from seahelm_lite.sources.load import load_rows, verify
from seahelm_lite.sources.text_files import Row
from seahelm_lite.sources.where import Place, Verification, Where

__all__ = [
    "FilePin",
    "Format",
    "GithubPin",
    "HubPin",
    "PackagedPin",
    "Pin",
    "Place",
    "Row",
    "Verification",
    "Where",
    "hub_rows",
    "load_rows",
    "locate",
    "read_rows",
    "rows_sha256",
    "verify",
]
