"""The what-if of the desk: a plan for half of the catalogue, over ten thousand accounts of fifty products."""

from __future__ import annotations

from datetime import date
from itertools import batched

import house

house.build()

from django.db import transaction  # noqa: E402

from medlem.accounts.models import Account  # noqa: E402
from medlem.core.identifiers import uuid7  # noqa: E402
from medlem.memberships.models import PointsBalance, PointsEntry  # noqa: E402
from medlem.products.catalogue import compare  # noqa: E402
from medlem.products.models import Product, ProductModel, points_on  # noqa: E402
from medlem.products.planning import Thresholds, what_if  # noqa: E402
from medlem.programme import current  # noqa: E402
from medlem.programme.catalogue import DatedPoints  # noqa: E402

ACCOUNTS, EACH = 10_000, 50
TODAY, LATER = date(2026, 11, 23), date(2027, 6, 1)

models = list(ProductModel.objects.prefetch_related("points"))
worth = {model.pk: points_on(model, TODAY) for model in models}
with transaction.atomic():
    accounts = Account.objects.bulk_create(
        Account(
            number=f"B{n:07d}", name=f"Bedrift {n}", country="NO", registration_number=f"{n:09d}",
            vat_registered=False, street="Gata 1", postcode="0155", place="Oslo",
            invoice_email="x@x.example", language="nb", opened_at=house.NOW,
        )
        for n in range(ACCOUNTS)
    )  # fmt: skip
    PointsBalance.objects.bulk_create(
        PointsBalance(
            account=account,
            total=sum(worth[models[(n * 7 + k) % len(models)].pk] for k in range(EACH * (n % 10) // 40)),
        )
        for n, account in enumerate(accounts)
    )
    for part in batched(enumerate(accounts), 500):
        products = [
            Product(
                public_id=uuid7(), account=account, model=models[(n * 7 + k) % len(models)], status="complete",
                serial_number=f"{n:06d}{k:03d}", purchased_on="2024-03-12", purchase_country="NO",
                dealer="Fotohuset", added_at=house.NOW, completed_at=house.NOW,
            )
            for n, account in part
            for k in range(EACH)
        ]  # fmt: skip
        Product.objects.bulk_create(products)
        PointsEntry.objects.bulk_create(
            PointsEntry(
                account_id=product.account_id, kind="allocated", points=worth[product.model_id],
                product_id=product.public_id, product_name="x", value_from_on="2020-01-01", at=house.NOW,
            )
            for product in products
        )  # fmt: skip

programme = current()
present = Thresholds(invitation=programme.membership.invitation_points, levels=programme.levels)
planned = [
    type(each)(
        code=each.code, name=each.name, brand=each.brand, kind=each.kind, ean=each.ean,
        serial_hint=each.serial_hint, former_names=each.former_names,
        points=(*each.points, DatedPoints(LATER, 90)),
    )
    for each in programme.catalogue[::2]
]  # fmt: skip
known = {model.code: model for model in models}
changes = list(compare(planned, known, today=TODAY))


def work() -> None:
    effect = what_if(changes, now=present, then=present, today=TODAY)
    if not effect.anew.accounts:
        raise RuntimeError("the plan concerns nobody")


house.figure("programme.what_if_s", house.seconds(work), "s")
