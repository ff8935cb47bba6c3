"""Typst, which prints what the gateways `invoice_pdf` and `equipment_list` lay out: PDF/A-3a and PDF/UA-1 at once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import typst

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PRINTING = Lock()


def printed(template: Path, name: str, document: DataclassInstance, *, made_on: date) -> bytes:
    """The PDF of a document that the template takes under `name`; some milliseconds for a page.

    Raises typst.TypstError when the template is at fault.
    """
    # It goes in as JSON, so no text of it can be read as markup.
    inputs = {name: json.dumps(asdict(document), default=str)}
    made_at = datetime.combine(made_on, time(), UTC)
    with PRINTING:
        pdf = _compiler(template).compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"], timestamp=made_at
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single file")
    return pdf


@cache
def _compiler(template: Path) -> typst.Compiler:
    """One for the process and template, as it keeps fonts in memory. No system fonts: they differ by machine."""
    return typst.Compiler(
        template,
        root=template.parent,
        font_paths=typst.Fonts(False, True, _fonts()),
        ignore_system_fonts=True,
    )


def _fonts() -> list[Path]:
    """The folder of Source Sans Pro; without its package the templates take typst's own serif."""
    package = find_spec("font_source_sans_pro")
    return [Path(package.origin).parent / "files"] if package and package.origin else []
