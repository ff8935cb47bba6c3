"""The programme file in force, to read (E4). It is changed in the file, and checked when medlem starts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from medlem.accounts.status import Role
from medlem.applications.sentences import CHECK_NAMES
from medlem.core import clock
from medlem.core.money import Money
from medlem.programme import Programme, current
from medlem.programme.schema import Level
from medlem.web.access import StaffRequest, staff

KINDS = {
    "body": _("Camera bodies"),
    "lens": _("Lenses"),
    "extender": _("Extenders"),
    "flash": _("Flashes"),
    "video": _("Video"),
    "printer": _("Printers"),
    "accessory": _("Accessories"),
}


@dataclass(frozen=True, slots=True)
class LevelRow:
    level: Level
    fees: list[tuple[int, Money]]


@dataclass(frozen=True, slots=True)
class KindRow:
    """The models of one kind: how many, and how many of them qualify on the day."""

    label: Any
    models: int
    qualifying: int


@staff(Role.MANAGER)
@require_safe
def programme(request: StaffRequest) -> HttpResponse:
    present = current()
    values = {
        "file": settings.MEDLEM_PROGRAMME_FILE.name,
        "levels": [LevelRow(level, _fees(present, level)) for level in present.levels],
        "checks": [(CHECK_NAMES[code], weight) for code, weight in present.validation.checks.items()],
        "kinds": _kinds(present, clock.today(present.timezone)),
        "changes": _changes(present, clock.today(present.timezone)),
    }
    return render(request, "desk/programme.html", values)


def _fees(present: Programme, level: Level) -> list[tuple[int, Money]]:
    """For each term, in the home country's currency, before VAT (C4)."""
    currency = present.country(present.home_country).currency
    return [(term.months, present.fee(level.code, currency, term.months)) for term in present.terms]


def _kinds(present: Programme, today: date) -> list[KindRow]:
    models = Counter(model.kind for model in present.catalogue)
    qualifying = Counter(model.kind for model in present.catalogue if model.points_on(today))
    return [KindRow(KINDS[kind], count, qualifying[kind]) for kind, count in sorted(models.items())]


def _changes(present: Programme, today: date) -> list[dict[str, Any]]:
    """Values of points by the day from which they are in force, the latest first (B7)."""
    days = Counter(dated.from_on for model in present.catalogue for dated in model.points)
    return [
        {"on": day, "values": count, "to_come": day > today}
        for day, count in sorted(days.items(), reverse=True)
    ]
