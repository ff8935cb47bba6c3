"""Entries of the points ledger in words, for the member's page and for the desk (B7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.memberships.models import PointsEntry
from medlem.memberships.status import PointsKind
from medlem.web.templatetags.medlem import day

REASONS = {
    "product_removed": gettext_lazy("The product was removed"),
    "removed_mistake": gettext_lazy("Removed: it was registered by mistake"),
    "removed_sold": gettext_lazy("Removed: it was sold"),
    "removed_scrapped": gettext_lazy("Removed: it was scrapped"),
    "removed_given": gettext_lazy("Given to another business"),
    "details_changed": gettext_lazy("A detail was taken out"),
    "disputed": gettext_lazy("The serial number was changed to one that another business has registered"),
    "dispute_settled": gettext_lazy("Another business was found to own the serial number"),
    "model_ended": gettext_lazy("The model counts no longer, as was announced"),
    "change_undone": gettext_lazy("A change of many products was undone"),
}
"""Why points were withdrawn. What staff adjust has a reason in their own words."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with what it is about and by which rule it came; `owned`: the product has a page to go to."""

    entry: PointsEntry
    what: str
    why: str
    owned: bool = False


def entry_row(entry: PointsEntry, *, owned: bool = False) -> EntryRow:
    what = entry.product_name or str(entry.get_kind_display())
    return EntryRow(entry, what, str(_why(entry)), owned)


def _why(entry: PointsEntry) -> Any:
    match entry.kind:
        case PointsKind.ALLOCATED:
            return _("Complete; value in force from %(since)s") % {"since": day(entry.value_from_on)}
        case PointsKind.WITHDRAWN:
            return REASONS.get(entry.reason, entry.reason)
    return entry.reason
