"""Publishing a catalogue: what is new, what changes, what is refused, and that nothing applies in retrospect (B7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count

from medlem.events.actors import SYSTEM
from medlem.events.models import Event
from medlem.memberships.queries import points_of
from medlem.products.catalogue import Refusal, Report, import_catalogue
from medlem.products.models import ModelPoints, ProductModel, points_on
from medlem.programme import current
from medlem.programme.catalogue import CatalogueModel, DatedPoints
from tests import factories
from tests.people import Cast
from tests.rows import rows

pytestmark = pytest.mark.django_db

FIRST, TODAY, TO_COME = date(2020, 1, 1), date(2026, 11, 23), date(2027, 1, 1)
NOTICE = timedelta(days=60)


def model(*points: tuple[date, int], line: int = 7, **columns: Any) -> CatalogueModel:
    dated = tuple(DatedPoints(from_on, value, line) for from_on, value in points or [(FIRST, 100)])
    known = {"code": "test", "name": "Testkamera", "brand": "Canon", "kind": "body", "ean": ""}
    return CatalogueModel(points=dated, **{**known, **columns})


def taken(*models: CatalogueModel, now: datetime, dry_run: bool = False) -> Report:
    return import_catalogue(models, by=SYSTEM, now=now, dry_run=dry_run)


def counted(report: Report) -> tuple[int, int, int, list[Refusal]]:
    return len(report.new), len(report.changed), report.unchanged, report.refused


def values() -> list[tuple[date, int]]:
    return list(ModelPoints.objects.filter(model__code="test").values_list("from_on", "points"))


def test_b7_the_programmes_catalogue_is_there_and_stays(now: datetime) -> None:
    models = list(current().catalogue)
    assert counted(taken(*models, now=now)) == (0, 0, len(models), [])
    assert ProductModel.objects.count() == len(models)
    assert sum(len(each.points) for each in models) == ModelPoints.objects.count()
    known = {each.code: each for each in ProductModel.objects.prefetch_related("points")}
    for day in (date(2019, 12, 31), date(2024, 6, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 1)):
        assert {code: points_on(each, day) for code, each in known.items()} == {
            each.code: each.points_on(day) for each in models
        }
    assert Event.objects.count() == 0


def test_b7_a_model_is_new_then_changed_then_unchanged(now: datetime) -> None:
    assert counted(taken(model(), now=now)) == (1, 0, 0, [])
    longer = model((FIRST, 100), (TO_COME, 80), name="Testkamera II", former_names=("Canon TK2",))
    report = taken(longer, now=now)
    assert counted(report) == (0, 1, 0, [])
    (change,) = report.changed
    assert (change.columns, change.values, change.until) == (
        {"name": ("Testkamera", "Testkamera II"), "former_names": ([], ["Canon TK2"])},
        (DatedPoints(TO_COME, 80),),
        None,
    )
    assert counted(taken(longer, now=now)) == (0, 0, 1, [])
    stored = ProductModel.objects.get(code="test")
    assert (stored.name, stored.former_names, values()) == (
        "Testkamera II",
        ["Canon TK2"],
        [(FIRST, 100), (TO_COME, 80)],
    )


def test_b7_an_import_takes_nothing_out(now: datetime) -> None:
    taken(model((FIRST, 100), (TO_COME, 80), qualifies_until=date(2027, 6, 30)), now=now)
    before = ProductModel.objects.aggregate(count=Count("pk"))
    assert counted(taken(model(), now=now)) == (0, 0, 1, [])
    assert ProductModel.objects.get(code="test").qualifies_until == date(2027, 6, 30)
    assert values() == [(FIRST, 100), (TO_COME, 80)]
    assert ProductModel.objects.aggregate(count=Count("pk")) == before


def test_b6_a_name_that_staff_linked_stays(now: datetime) -> None:
    taken(model(), now=now)
    ProductModel.objects.filter(code="test").update(former_names=["Proof of concept"])
    assert counted(taken(model(), now=now)) == (0, 0, 1, [])
    assert counted(taken(model(former_names=("Canon TK",)), now=now)) == (0, 1, 0, [])
    assert ProductModel.objects.get(code="test").former_names == ["Canon TK", "Proof of concept"]


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        (
            (FIRST, 90),
            "test: 90 points from 2020-01-01, but 100 were published for that day; give a later day",
        ),
        (
            (date(2026, 11, 22), 90),
            "test: 90 points from 2026-11-22, but that day has passed, and values never apply in retrospect;"
            " give a later day",
        ),
    ],
)
def test_b7_a_value_never_applies_in_retrospect(now: datetime, point: tuple[date, int], reason: str) -> None:
    taken(model(), now=now)
    assert counted(taken(model(point, line=12), now=now)) == (0, 0, 1, [Refusal(12, reason)])
    assert values() == [(FIRST, 100)]


def test_b7_a_value_may_begin_today_and_one_to_come_may_be_put_right(now: datetime) -> None:
    taken(model(), now=now)
    assert counted(taken(model((TODAY, 90), (TO_COME, 80)), now=now)) == (0, 1, 0, [])
    assert counted(taken(model((TODAY, 90), (TO_COME, 70)), now=now)) == (0, 1, 0, [])
    assert values() == [(FIRST, 100), (TODAY, 90), (TO_COME, 70)]
    refused = Refusal(
        7, "test: 95 points from 2026-11-23, but 90 were published for that day; give a later day"
    )
    assert counted(taken(model((TODAY, 95)), now=now)) == (0, 0, 1, [refused])


def test_b7_a_right_value_goes_in_beside_a_wrong_one(now: datetime) -> None:
    taken(model(), now=now)
    report = taken(model((FIRST, 90), (TO_COME, 80)), now=now)
    assert (len(report.changed), len(report.refused), values()) == (1, 1, [(FIRST, 100), (TO_COME, 80)])


def test_b7_an_end_is_announced_sixty_days_before(now: datetime) -> None:
    taken(model(), now=now)
    near, earliest = TODAY + NOTICE - timedelta(days=1), TODAY + NOTICE
    refused = Refusal(
        7,
        "test: qualifies until 2027-01-21, but holders are told 60 days before; 2027-01-22 is the earliest day",
    )
    assert counted(taken(model(qualifies_until=near), now=now)) == (0, 0, 1, [refused])
    report = taken(model(qualifies_until=earliest), now=now)
    assert (counted(report), report.changed[0].until) == ((0, 1, 0, []), earliest)
    assert ProductModel.objects.get(code="test").qualifies_until == earliest


def test_b7_an_end_may_be_put_off_and_never_undone(now: datetime) -> None:
    end = TODAY + NOTICE
    taken(model(qualifies_until=end), now=now)
    near = end - timedelta(days=10)
    later = end + timedelta(days=1)
    assert counted(taken(model(qualifies_until=later), now=now + timedelta(days=50)))[1] == 1
    assert counted(taken(model(qualifies_until=near), now=now))[3] != []
    over = now + timedelta(days=62)
    assert counted(taken(model(qualifies_until=later + NOTICE), now=over)) == (
        0,
        0,
        1,
        [
            Refusal(
                7,
                "test: qualifies until 2027-03-24, but its qualifying life ended on 2027-01-23 and cannot begin again",
            )
        ],
    )
    assert ProductModel.objects.get(code="test").qualifies_until == later


def test_b7_a_model_that_never_counted_comes_with_an_end_in_the_past(cast: Cast, now: datetime) -> None:
    assert counted(taken(model(qualifies_until=date(2020, 1, 1)), now=now)) == (1, 0, 0, [])
    assert points_on(ProductModel.objects.get(code="test"), TODAY) == 0


def test_a_dry_run_says_the_same_and_writes_nothing(now: datetime) -> None:
    before = rows()
    planned = [model((FIRST, 100), (TO_COME, 80)), replace(model(), code="eos-r5", name="EOS R5 (new name)")]
    tried = taken(*planned, now=now, dry_run=True)
    assert rows() == before
    assert counted(taken(*planned, now=now)) == counted(tried)
    assert counted(tried)[:2] == (1, 1)


def test_e3_each_model_that_changes_leaves_an_event(now: datetime) -> None:
    taken(model(), now=now)
    taken(model((FIRST, 100), (TO_COME, 80), name="Testkamera II"), now=now)
    taken(model((FIRST, 100), (TO_COME, 80), name="Testkamera II"), now=now)
    told = Event.objects.order_by("id").values_list("name", "before", "after")
    assert [name for name, _before, _after in told] == ["catalogue.model_added", "catalogue.model_changed"]
    assert told[1][1:] == (
        {"name": "Testkamera"},
        {"model": "Testkamera II", "name": "Testkamera II", "points": {"2027-01-01": 80}},
    )


def test_b7_publishing_changes_nobodys_points(cast: Cast, now: datetime) -> None:
    factories.product(cast.fjordlys, points=250, serial="012345678901", now=now)
    planned = [replace(each, points=(*each.points, DatedPoints(TODAY, 1))) for each in current().catalogue]
    assert len(taken(*planned, now=now).changed) == len(planned)
    assert points_of(cast.fjordlys) == 250
