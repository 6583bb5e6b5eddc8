"""Models behind an HTTP API. aiohttp is imported when the first request is sent, not here."""

from seahelm_lite.models.api.client import ApiModel

__all__ = ["ApiModel"]
