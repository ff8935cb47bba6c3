"""Five thousand products changed at once, the change undone, and all of them removed."""

from __future__ import annotations

from datetime import date

import house

house.build()

from medlem.memberships.queries import points_of  # noqa: E402
from medlem.products import changing  # noqa: E402
from medlem.products.bulk import NewProduct, add_many  # noqa: E402
from medlem.products.models import BulkChange, Product, ProductModel  # noqa: E402
from medlem.products.rules import Details  # noqa: E402
from medlem.products.status import Gone  # noqa: E402
from tests import factories, people  # noqa: E402

COUNT = 5_000

account = people.open_account(
    name="Utleie AS", number="300000001", email="eier@utleie.example", now=house.NOW
)
owner = factories.super_user(account)
models = list(ProductModel.objects.all())
add_many(
    account=account,
    items=[
        NewProduct(
            model=models[n % len(models)],
            details=Details(
                serial_number=f"{n:010d}",
                purchased_on=date(2023, 5, 17),
                purchase_country="NO",
                dealer=f"Fotohuset {n}" if n % 2 else "",
            ),
        )
        for n in range(1, COUNT + 1)
    ],
    by=owner,
    now=house.NOW,
)
keys = list(Product.objects.values_list("pk", flat=True))


def change() -> None:
    changing.change_details(
        account=account, products=keys, changes={"dealer": "Kamerabua AS"}, by=owner, now=house.NOW
    )


def undo() -> None:
    changing.undo(change=BulkChange.objects.latest("id"), by=owner, now=house.NOW)


def remove() -> None:
    changing.remove_many(account=account, products=keys, gone=Gone.SOLD, by=owner, now=house.NOW)


house.figure("products.change_5000_s", house.seconds(change), "s")
house.figure("products.undo_change_5000_s", house.seconds(undo), "s")
house.figure("products.remove_5000_s", house.seconds(remove), "s")
house.figure("products.undo_removal_5000_s", house.seconds(undo), "s")
if not points_of(account):
    raise RuntimeError("the points did not come back")
