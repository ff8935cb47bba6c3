"""A list of equipment as PDF, for insurers and customs (B9): A4 across, PDF/A-3a and PDF/UA-1.

`render` prints an `EquipmentList`, in which everything is worded and formatted already: nothing is
calculated or translated here.
"""

from .document import LABELS, EquipmentList, Item
from .render import render

__all__ = ["LABELS", "EquipmentList", "Item", "render"]
