"""The rows of a task as another harness asks them: all of them, also those that our card leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateRuntimeError, UndefinedError
from jinja2.runtime import Undefined

from seahelm_lite.catalog.compat import LmEvalForm, SeaHelmForm
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.catalog.task_data import DataFile
from seahelm_lite.errors import CardError, DataError
from seahelm_lite.records import Document, JsonValue, canonical_json, sha256_hex
from seahelm_lite.sources.documents import TaskDocuments
from seahelm_lite.sources.expressions import expression
from seahelm_lite.sources.rows import load_file
from seahelm_lite.sources.where import Where

_REMEDY = "Mend the expression on the card."


@dataclass(frozen=True)
class PeerRow:
    """One row, with what our card says of its relations to others."""

    id: str
    values: Mapping[str, Any]
    cluster: str
    stratum: str
    subgroups: Mapping[str, str]

    def value(self, source: str) -> Any:
        """What an expression of the card gives for the row.

        Raises:
            DataError: If it cannot be read, with the row.
        """
        try:
            found = expression(source)(self.values)
        except (TemplateRuntimeError, ValueError, TypeError, AttributeError, LookupError) as error:
            raise DataError(f"{source!r} cannot be read: {error}", where=self.id, remedy=_REMEDY) from None
        if isinstance(found, Undefined):
            raise DataError(f"a column is missing: {source}", where=self.id, remedy=_REMEDY)
        return found

    def mapping(self, source: str) -> dict[str, Any]:
        """As `value`, where names with values are wanted."""
        found = self.value(source)
        if not isinstance(found, Mapping):
            raise DataError(f"{source!r} gives no names with values", where=self.id, remedy=_REMEDY)
        return dict(found)

    def document(self, fields: Mapping[str, JsonValue]) -> Document:
        """The row as a document, in the words of another harness."""
        return Document(
            id=self.id,
            fields=fields,
            cluster=self.cluster,
            stratum=self.stratum,
            subgroups=self.subgroups,
            content_hash=sha256_hex(canonical_json(fields)),
        )


@dataclass(frozen=True)
class PeerRows:
    """The rows of a task's test split, or those that the other harness has of its own."""

    rows: tuple[PeerRow, ...]
    origins: tuple[Mapping[str, JsonValue], ...]
    """As `TaskDocuments.sources`."""

    def documents(self, asked: tuple[Document, ...], origins: tuple[Mapping[str, JsonValue], ...]) -> TaskDocuments:
        """The documents made of the rows, with what else they were made from."""
        sources = (*self.origins, *origins)
        return TaskDocuments(
            test=asked,
            shots=(),
            data_hash=sha256_hex(canonical_json([origin["sha256"] for origin in sources])),
            sources=sources,
        )


def load_peer_rows(card: TaskCard, form: SeaHelmForm | LmEvalForm, where: Where) -> PeerRows:
    """Read the rows that a harness asks.

    Raises:
        SourceError: If a file is missing or not what its pin says.
        DataError: If a file is broken.
    """
    own = form.rows is not None
    files = card.data.test if form.rows is None else (DataFile(format="jsonl", pin=form.rows),)
    cluster = form.cluster if own else card.document.cluster
    stratum = None if own else card.document.stratum
    subgroups = {} if own else card.document.subgroups
    loaded = [load_file(file, where) for file in files]
    rows = []
    for file in loaded:
        for number, values in enumerate(file.rows):
            identity = f"{file.name}#{number}"
            read = _Lenient({"source_path": file.name, **values})
            rows.append(
                PeerRow(
                    id=identity,
                    values=values,
                    cluster=read.text(cluster, identity),
                    stratum=read.text(stratum, file.name),
                    subgroups={name: read.text(source, "") for name, source in subgroups.items()},
                )
            )
    return PeerRows(tuple(rows), tuple(origin for file in loaded for origin in file.origins))


@dataclass(frozen=True)
class _Lenient:
    """Reads what our card says of a row that it may leave out just because that cannot be read."""

    values: Mapping[str, Any]

    def text(self, source: str | None, otherwise: str) -> str:
        if source is None:
            return otherwise
        try:
            found = expression(source)(self.values)
        except (TemplateRuntimeError, UndefinedError, CardError, ValueError, TypeError, AttributeError, LookupError):
            return otherwise
        return otherwise if isinstance(found, Undefined) else str(found)
