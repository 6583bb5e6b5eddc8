"""Rendering: board results become a folder of plain pages that opens without a network and without a script."""

from seahelm_lite.pages.build import Site, build_site

__all__ = ["Site", "build_site"]
