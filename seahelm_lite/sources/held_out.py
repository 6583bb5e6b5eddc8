"""Held-out probe families: a file encrypted with age (age-encryption.org/v1, X25519), opened with a key of the holder.

What a family says never leaves this module in a message: faults name the line and the kind of fault alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seahelm_lite.catalog.pins import FilePin
from seahelm_lite.errors import CardError, DataError, RowError, SourceError
from seahelm_lite.sources.fetch import locate
from seahelm_lite.sources.probes import families_in, rows_of
from seahelm_lite.sources.text_files import Row
from seahelm_lite.sources.where import Where

KEY_VARIABLE = "SEAHELM_LITE_HELD_OUT_KEY"
"""Holds the secret key, `AGE-SECRET-KEY-1...`."""


def held_out_rows(pin: FilePin, where: Where) -> list[Row]:
    """The rows of an encrypted file, as `probe_rows` gives those of a plain one.

    Raises:
        SourceError: If the file is missing or changed, the key is missing or another one, or items may not be opened
            here.
        DataError: If what is inside is not whole families with `split: held_out`.
    """
    name = pin.describe()
    if not where.opens_held_out:
        raise SourceError("its items are held out; only `run` opens them, and shows none", where=name)
    path = locate(pin, where)
    try:
        text = _decrypted(path.read_bytes(), name).decode("utf-8")
        families = families_in(text.split("\n"), Path(name))
    except (DataError, UnicodeDecodeError):
        # The fault quotes the family, which must not be shown.
        fault = "the held-out file was opened, and holds something that is no whole probe family"
        raise DataError(fault, where=name, remedy="Its author can check the plain file with `probes lint`.") from None
    if not families or any(family.split != "held_out" for family in families):
        raise DataError("a held-out file holds families with `split: held_out`, and no others", where=name)
    return [row for family in families for row in rows_of(family)]


@contextmanager
def faults_untold(held_out: bool) -> Iterator[None]:
    """Where items are held out, have an item that does not fit its card named and not quoted.

    Raises:
        DataError: In the place of the fault of an item.
    """
    try:
        yield
    except (RowError, CardError) as error:
        if not held_out:
            raise
        fault = "a held-out item cannot be read as the card says, and the fault would quote it"
        raise DataError(fault, where=error.where, remedy="Its holder can try the card on the plain file.") from None


def _decrypted(data: bytes, name: str) -> bytes:
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise SourceError(
            "its items are held out, and there is no key to open them",
            where=name,
            remedy=f"Put it into {KEY_VARIABLE}.",
        )
    try:
        import pyrage
    except ImportError:
        raise SourceError(
            "held-out files are opened with pyrage, which is not installed",
            where=name,
            remedy="pip install 'seahelm-lite[held-out]'",
        ) from None
    try:
        return bytes(pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(key)]))
    except pyrage.IdentityError:
        raise SourceError(f"{KEY_VARIABLE} holds no age secret key", where=name, remedy=_KEY_FORM) from None
    except pyrage.DecryptError:
        raise SourceError("the key does not open it", where=name, remedy=f"Correct {KEY_VARIABLE}.") from None


_KEY_FORM = "It begins with AGE-SECRET-KEY-1."
