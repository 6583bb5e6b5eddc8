"""The error of this room."""

from __future__ import annotations

from seahelm_lite.errors import SeahelmError


class SiteError(SeahelmError):
    """A site that cannot be built: input that is not board results, a broken catalogue, a folder that is not ours."""
