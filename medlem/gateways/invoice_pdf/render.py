"""Prints an invoice with typst."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import typst

from .document import InvoiceDocument

FOLDER = Path(__file__).parent
PRINTING = Lock()


def render(invoice: InvoiceDocument) -> bytes:
    """The PDF, in some five milliseconds. Raises typst.TypstError when the template is at fault."""
    # The invoice goes in as JSON, so no text of it can be read as markup.
    inputs = {"invoice": json.dumps(asdict(invoice), default=str)}
    issued_at = datetime.combine(invoice.issued_on, time(), UTC)
    with PRINTING:
        pdf = _compiler().compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"], timestamp=issued_at
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single file")
    return pdf


@cache
def _compiler() -> typst.Compiler:
    """One for the process, as it keeps fonts in memory. No system fonts: they differ by machine."""
    return typst.Compiler(
        FOLDER / "invoice.typ",
        root=FOLDER,
        font_paths=typst.Fonts(False, True, _fonts()),
        ignore_system_fonts=True,
    )


def _fonts() -> list[Path]:
    """The folder of Source Sans Pro; without its package the template takes typst's own serif."""
    package = find_spec("font_source_sans_pro")
    return [Path(package.origin).parent / "files"] if package and package.origin else []
