"""Taking in the catalogue: right models in, contradictions refused with a reason (B7)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Count

from medlem.products.imports import Report, import_catalogue
from medlem.products.models import ModelPoints, ProductModel, points_on
from medlem.programme import current
from medlem.programme.catalogue import CatalogueModel, DatedPoints

pytestmark = pytest.mark.django_db


def model(*points: tuple[date, int], name: str = "Testkamera", code: str = "test") -> CatalogueModel:
    dated = tuple(DatedPoints(from_on, value) for from_on, value in points)
    return CatalogueModel(code=code, name=name, brand="Canon", kind="body", ean="", points=dated)


def test_b7_the_programmes_catalogue_is_there_and_stays() -> None:
    models = list(current().catalogue)
    assert import_catalogue(models) == Report(unchanged=len(models))
    assert ProductModel.objects.count() == len(models)
    assert sum(len(each.points) for each in models) == ModelPoints.objects.count()
    known = {each.code: each for each in ProductModel.objects.prefetch_related("points")}
    for day in (date(2019, 12, 31), date(2024, 6, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 1)):
        assert {code: points_on(each, day) for code, each in known.items()} == {
            each.code: each.points_on(day) for each in models
        }


def test_b7_a_later_value_is_added_and_one_in_force_never_changed() -> None:
    first, later = date(2020, 1, 1), date(2027, 1, 1)
    assert import_catalogue([model((first, 100))]) == Report(taken=1)
    assert import_catalogue([model((first, 100), (later, 80))]) == Report(taken=1)
    assert import_catalogue([model((first, 90), (later, 80))]) == Report(
        unchanged=1,
        refused=["test: 90 points from 2020-01-01, but 100 were published for that day; give a later day"],
    )
    stored = ModelPoints.objects.filter(model__code="test")
    assert list(stored.values_list("from_on", "points")) == [(first, 100), (later, 80)]


def test_b7_a_model_is_renamed_and_none_is_removed() -> None:
    import_catalogue([model((date(2020, 1, 1), 100))])
    before = ProductModel.objects.aggregate(count=Count("pk"))
    assert import_catalogue([model((date(2020, 1, 1), 100), name="Testkamera II")]) == Report(taken=1)
    assert ProductModel.objects.get(code="test").name == "Testkamera II"
    assert ProductModel.objects.aggregate(count=Count("pk")) == before


def test_b6_a_name_that_staff_linked_stays() -> None:
    import_catalogue([model((date(2020, 1, 1), 100))])
    ProductModel.objects.filter(code="test").update(former_names=["Proof of concept"])
    assert import_catalogue([model((date(2020, 1, 1), 100))]) == Report(unchanged=1)
    assert ProductModel.objects.get(code="test").former_names == ["Proof of concept"]
