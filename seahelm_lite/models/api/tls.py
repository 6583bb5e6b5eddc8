"""Certificates are always verified; a card may name a further authority."""

from __future__ import annotations

import os
import ssl

from seahelm_lite.catalog.access import Tls
from seahelm_lite.errors import ModelError


def tls_context(tls: Tls) -> ssl.SSLContext | None:
    """What certificates are verified against: the machine's own authorities, and those of the bundle on the card.

    Returns:
        None where only the machine's own count.

    Raises:
        ModelError: If the bundle is not there, or holds no certificate.
    """
    variable = tls.ca_bundle_env
    path = os.environ.get(variable, "").strip() if variable is not None else ""
    if not path:
        return None
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:
        # ssl.SSLError is an OSError: a file without a certificate in it.
        raise ModelError(
            f"the CA bundle {path} cannot be used: {error.strerror if isinstance(error, OSError) else error}",
            remedy=f"Set {variable} to the path of a PEM file with the endpoint's certificate authority.",
        ) from None
    return context
