"""Prints a list of equipment."""

from __future__ import annotations

from pathlib import Path

from medlem.gateways.printing import printed

from .document import EquipmentList

TEMPLATE = Path(__file__).parent / "list.typ"


def render(equipment: EquipmentList) -> bytes:
    """The PDF; a few milliseconds for a page. Raises typst.TypstError when the template is at fault."""
    return printed(TEMPLATE, "list", equipment, made_on=equipment.made_on)
