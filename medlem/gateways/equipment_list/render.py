"""Prints a list of equipment with typst."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import typst

from .document import EquipmentList

FOLDER = Path(__file__).parent
PRINTING = Lock()


def render(equipment: EquipmentList) -> bytes:
    """The PDF; a few milliseconds for a page. Raises typst.TypstError when the template is at fault."""
    # The list goes in as JSON, so no text of it can be read as markup.
    inputs = {"list": json.dumps(asdict(equipment), default=str)}
    made_at = datetime.combine(equipment.made_on, time(), UTC)
    with PRINTING:
        pdf = _compiler().compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"], timestamp=made_at
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single file")
    return pdf


@cache
def _compiler() -> typst.Compiler:
    """One for the process, as it keeps fonts in memory. No system fonts: they differ by machine."""
    package = find_spec("font_source_sans_pro")
    fonts = [Path(package.origin).parent / "files"] if package and package.origin else []
    return typst.Compiler(
        FOLDER / "list.typ",
        root=FOLDER,
        font_paths=typst.Fonts(False, True, fonts),
        ignore_system_fonts=True,
    )
