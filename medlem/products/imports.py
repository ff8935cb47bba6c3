"""Taking in the catalogue: right models in, contradictions refused with their reason (B7)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from medlem.products.models import ModelPoints, ProductModel
from medlem.programme.schema import CatalogueModel


@dataclass
class Report:
    """What became of a file: rows taken, rows that were there already, rows refused with their reason."""

    taken: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def import_catalogue(models: list[CatalogueModel]) -> Report:
    """Brings the catalogue's models and dated points into the database; removes none, as products point at them.

    A value that was already in force is never changed (B7): a different one for the same day is refused.
    """
    report = Report()
    known = {model.code: model for model in ProductModel.objects.prefetch_related("points")}
    for entry in models:
        model = known.get(entry.code) or ProductModel(code=entry.code)
        columns = {
            "name": entry.name,
            "brand": entry.brand,
            "kind": entry.kind,
            "ean": entry.ean,
            "serial_hint": entry.serial_hint,
            # With those that staff have linked since (B6).
            "former_names": list(dict.fromkeys([*entry.former_names, *model.former_names])),
        }
        changed = model.pk is None or any(getattr(model, k) != v for k, v in columns.items())
        if changed:
            for name, value in columns.items():
                setattr(model, name, value)
            model.save()
        dated = {value.from_on: value.points for value in model.points.all()}
        for dated_points in entry.points:
            if dated_points.from_on not in dated:
                ModelPoints.objects.create(
                    model=model, points=dated_points.points, from_on=dated_points.from_on
                )
                changed = True
            elif dated[dated_points.from_on] != dated_points.points:
                report.refused.append(
                    f"{entry.code}: {dated_points.points} points from {dated_points.from_on}, but"
                    f" {dated[dated_points.from_on]} were published for that day; give a later day"
                )
        if changed:
            report.taken += 1
        else:
            report.unchanged += 1
    return report
