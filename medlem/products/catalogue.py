"""Publishing a catalogue: what a file would change, and taking it in (B7).

`import-catalogue` and `setup` take one in; the what-if of the desk compares one and publishes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from medlem.core.clock import date_in
from medlem.events.actions import record
from medlem.events.actors import Actor
from medlem.products.models import ModelPoints, ProductModel
from medlem.programme import current
from medlem.programme.catalogue import CatalogueModel, DatedPoints
from medlem.programme.problems import gettext_noop

COLUMNS = ("name", "brand", "kind", "ean", "serial_hint", "former_names")
"""What a model has of a file's columns, beside its dated points and the end of its qualifying life."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be published, though it can be read: `line` is where the file has it."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a file brings to one model: columns with before and after, values, the end of its life.

    `model` is None where the catalogue does not have it yet.
    """

    planned: CatalogueModel
    model: ProductModel | None
    columns: Mapping[str, tuple[object, object]]
    values: tuple[DatedPoints, ...]
    until: date | None
    refused: tuple[Refusal, ...]

    def __bool__(self) -> bool:
        return self.model is None or bool(self.columns or self.values or self.until)


@dataclass
class Report:
    """What became of a file, model by model, and the rows refused with line and reason."""

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def import_catalogue(
    models: Iterable[CatalogueModel], *, by: Actor, now: datetime, dry_run: bool = False
) -> Report:
    """Brings models, dated points and ends of qualifying lives into the catalogue; takes none out of it.

    What a file does not say stays: products point at their models, and holders were told of an end. Writes
    each model with its values, then its event; filling an empty catalogue is no event. What `compare`
    refuses is left out, the rest goes in. With `dry_run` all is undone at the end.
    """
    today = date_in(current().timezone, now)
    known = {each.code: each for each in ProductModel.objects.select_for_update().prefetch_related("points")}
    report = Report()
    for change in compare(models, known, today=today):
        report.refused += change.refused
        if not change:
            report.unchanged += 1
            continue
        (report.new if change.model is None else report.changed).append(change)
        model = _publish(change)
        if known:
            record(
                "catalogue.model_added" if change.model is None else "catalogue.model_changed",
                by=by,
                now=now,
                subject=model,
                before={name: before for name, (before, _after) in change.columns.items() if change.model},
                after=_for_event(change),
            )
    if dry_run:
        transaction.set_rollback(True)
    return report


def compare(
    models: Iterable[CatalogueModel], known: Mapping[str, ProductModel], *, today: date
) -> Iterator[Change]:
    """What each planned model changes in the catalogue as it is `known` by its codes, with prefetched points.

    Refused are values for days that have come, as they never apply in retrospect, and an end of a
    qualifying life that is nearer than the notice that holders are given, or after one that has come (B7).
    """
    for planned in models:
        model = known.get(planned.code)
        if model is None:
            yield Change(
                planned=planned,
                model=None,
                columns={name: (None, _column(planned, None, name)) for name in COLUMNS},
                values=planned.points,
                until=planned.qualifies_until,
                refused=(),
            )
            continue
        refused: list[Refusal] = []
        yield Change(
            planned=planned,
            model=model,
            columns={
                name: (before, after)
                for name in COLUMNS
                if (before := getattr(model, name)) != (after := _column(planned, model, name))
            },
            values=tuple(_new_values(planned, model, refused, today=today)),
            until=_new_end(planned, model, refused, today=today),
            refused=tuple(refused),
        )


def _new_values(
    planned: CatalogueModel, model: ProductModel, refused: list[Refusal], *, today: date
) -> Iterator[DatedPoints]:
    """Values that can be published: of a day that has not passed, and not in force yet."""
    published = {value.from_on: value.points for value in model.points.all()}
    for dated in planned.points:
        before = published.get(dated.from_on)
        if before == dated.points:
            continue
        if before is not None and dated.from_on <= today:
            reason = gettext_noop(
                "%(code)s: %(points)s points from %(day)s, but %(before)s were published for that day;"
                " give a later day",
                **_of(planned, dated),
                before=before,
            )
        elif dated.from_on < today:
            reason = gettext_noop(
                "%(code)s: %(points)s points from %(day)s, but that day has passed, and values never apply in"
                " retrospect; give a later day",
                **_of(planned, dated),
            )
        else:
            yield dated
            continue
        refused.append(Refusal(dated.line, reason))


def _of(planned: CatalogueModel, dated: DatedPoints) -> dict[str, object]:
    return {"code": planned.code, "points": dated.points, "day": dated.from_on}


def _new_end(
    planned: CatalogueModel, model: ProductModel, refused: list[Refusal], *, today: date
) -> date | None:
    """The last day of the qualifying life, where the file gives another one that can be published."""
    until, published = planned.qualifies_until, model.qualifies_until
    if until is None or until == published:
        return None
    notice = current().membership.qualifying_notice_days
    earliest = today + timedelta(days=notice)
    if published and published < today:
        reason = gettext_noop(
            "%(code)s: qualifies until %(day)s, but its qualifying life ended on %(ended)s and cannot begin again",
            code=planned.code,
            day=until,
            ended=published,
        )
    elif until < earliest and (published is None or until < published):
        reason = gettext_noop(
            "%(code)s: qualifies until %(day)s, but holders are told %(notice)s days before; %(earliest)s is the"
            " earliest day",
            code=planned.code,
            day=until,
            notice=notice,
            earliest=earliest,
        )
    else:
        return until
    line = planned.points[0].line if planned.points else 0
    refused.append(Refusal(line, reason))
    return None


def _publish(change: Change) -> ProductModel:
    model = change.model or ProductModel(code=change.planned.code)
    for name, (_before, after) in change.columns.items():
        setattr(model, name, after)
    model.qualifies_until = change.until or model.qualifies_until
    model.save()
    ModelPoints.objects.bulk_create(
        [ModelPoints(model=model, from_on=dated.from_on, points=dated.points) for dated in change.values],
        # A value that has been announced and is not in force yet may be put right.
        update_conflicts=True,
        unique_fields=["model", "from_on"],
        update_fields=["points"],
    )
    return model


def _column(planned: CatalogueModel, model: ProductModel | None, name: str) -> object:
    """What a column is to hold. Former names that staff have linked since stay beside those of the file (B6)."""
    if name == "former_names":
        return list(dict.fromkeys([*planned.former_names, *(model.former_names if model else [])]))
    return getattr(planned, name)


def _for_event(change: Change) -> dict[str, object]:
    return {
        "model": change.planned.name,
        **{name: after for name, (_before, after) in change.columns.items()},
        **(
            {"points": {str(dated.from_on): dated.points for dated in change.values}} if change.values else {}
        ),
        **({"qualifies_until": change.until} if change.until else {}),
    }
