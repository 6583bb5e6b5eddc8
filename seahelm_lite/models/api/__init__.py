"""Models behind an HTTP API. aiohttp is imported when the first request is sent, not here."""

from seahelm_lite.models.api.openai_chat import OpenAIChat

__all__ = ["OpenAIChat"]
