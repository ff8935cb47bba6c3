"""The programme in force, to read (E4): the file, checked when medlem starts, and the catalogue as published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
from medlem.products.models import ProductModel, points_on
from medlem.products.queries import catalogue
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
    """The models of one kind: how many, and how many of them bring points on the day."""

    label: Any
    models: int
    qualifying: int


@dataclass(frozen=True, slots=True)
class ValuesRow:
    """A day from which values are in force: how many, and which, where it is yet to come."""

    on: date
    values: int
    to_come: list[tuple[str, int]]


@staff(Role.MANAGER)
@require_safe
def programme(request: StaffRequest) -> HttpResponse:
    present, today = current(), clock.today(current().timezone)
    models = catalogue()
    values = {
        "file": settings.MEDLEM_PROGRAMME_FILE.name,
        "levels": [LevelRow(level, _fees(present, level)) for level in present.levels],
        "checks": [(CHECK_NAMES[code], weight) for code, weight in present.validation.checks.items()],
        "kinds": _kinds(models, today),
        "changes": _changes(models, today),
        "ending": sorted(
            (model for model in models if model.qualifies_until),
            key=lambda model: (model.qualifies_until or today, model.name),
            reverse=True,
        ),
        "today": today,
    }
    return render(request, "desk/programme.html", values)


def _fees(present: Programme, level: Level) -> list[tuple[int, Money]]:
    """For each term, in the home country's currency, before VAT (C4)."""
    currency = present.country(present.home_country).currency
    return [(term.months, present.fee(level.code, currency, term.months)) for term in present.terms]


def _kinds(models: Sequence[ProductModel], today: date) -> list[KindRow]:
    counted = Counter(model.kind for model in models)
    qualifying = Counter(model.kind for model in models if points_on(model, today))
    return [
        KindRow(KINDS.get(kind, kind), count, qualifying[kind]) for kind, count in sorted(counted.items())
    ]


def _changes(models: Sequence[ProductModel], today: date) -> list[ValuesRow]:
    """Values of points by the day from which they are in force, the latest first (B7)."""
    by_day: dict[date, list[tuple[str, int]]] = {}
    for model in models:
        for value in model.points.all():
            by_day.setdefault(value.from_on, []).append((model.name, value.points))
    return [
        ValuesRow(day, len(values), values if day > today else [])
        for day, values in sorted(by_day.items(), reverse=True)
    ]
