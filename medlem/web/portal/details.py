"""What the member's pages call the details of a product and the kinds of products (B2, B3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAMES = {
    "serial_number": gettext_lazy("serial number"),
    "purchased_on": gettext_lazy("purchase date"),
    "purchase_country": gettext_lazy("country of purchase"),
    "dealer": gettext_lazy("dealer"),
}

KINDS = {
    "body": gettext_lazy("Cameras"),
    "lens": gettext_lazy("Lenses"),
    "extender": gettext_lazy("Extenders"),
    "flash": gettext_lazy("Flashes"),
    "video": gettext_lazy("Video"),
    "printer": gettext_lazy("Printers"),
    "accessory": gettext_lazy("Accessories"),
}


def named(missing: Iterable[str]) -> str:
    """The missing details as people say them: `serial number, dealer` (B3)."""
    return ", ".join(str(NAMES[name]) for name in missing)


def counted(missing: Mapping[str, int]) -> str:
    """How many products lack which detail: `serial number (12), dealer (3)`."""
    return ", ".join(f"{NAMES[name]} ({missing[name]})" for name in NAMES if missing.get(name))


ONE_OF = {
    "body": gettext_lazy("Camera"),
    "lens": gettext_lazy("Lens"),
    "extender": gettext_lazy("Extender"),
    "flash": gettext_lazy("Flash"),
    "video": gettext_lazy("Video camera"),
    "printer": gettext_lazy("Printer"),
    "accessory": gettext_lazy("Accessory"),
}


def kind_name(kind: str) -> str:
    """What one product of the kind is called."""
    return str(ONE_OF.get(kind, kind.capitalize()))


def kinds(present: Iterable[str]) -> list[tuple[str, str]]:
    """The choices of the filter for kinds: all, and those that are there in the catalogue's order."""
    there = set(present)
    known = [(kind, str(name)) for kind, name in KINDS.items() if kind in there]
    return [("", _("All kinds")), *known, *((kind, kind.capitalize()) for kind in sorted(there - set(KINDS)))]
