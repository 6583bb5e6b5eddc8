"""The rule by which `--quick` takes a subset of a task, and what the subset is called.

The rule is fixed before anything is asked: it hangs on no setting of a run, and the hash of the documents that it
takes is registered in the facts file of a task folder wherever the data was at hand. A subset drawn in another way is
another rule, with the next number.
"""

from __future__ import annotations

from collections.abc import Iterable

from seahelm_lite.records import Document, sha256_hex

RULE = "quick-1"
"""Name of the rule, which is also the seed of its draws."""

DOCUMENTS = 250
"""Documents of a subset. A task that has no more is taken whole."""


def subset_id(suite: str) -> str:
    """What the subset of a suite is called, such as `belebele/quick-1`."""
    return f"{suite}/{RULE}"


def documents_hash(documents: Iterable[Document]) -> str:
    """SHA-256 of the ids of some documents, a line each, in order of the ids."""
    return sha256_hex("".join(f"{identity}\n" for identity in sorted(document.id for document in documents)))
