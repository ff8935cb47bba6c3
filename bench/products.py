"""My products with 5,000 products, and migrating 5,000 former products as the worker does."""

from __future__ import annotations

import house

house.build()

from django.test import Client  # noqa: E402

from medlem.products import migration  # noqa: E402
from medlem.products.models import LegacyMember, LegacyProduct, Product, ProductModel  # noqa: E402
from tests import factories, people  # noqa: E402

COUNT = 5_000

account = people.open_account(
    name="Utleie AS", number="300000001", email="eier@utleie.example", now=house.NOW
)
owner = factories.super_user(account)
member = LegacyMember.objects.create(email="gammel@utleie.example", number="CPS-1")
names = list(ProductModel.objects.values_list("name", flat=True))
LegacyProduct.objects.bulk_create(
    LegacyProduct(
        member=member,
        reference=f"R{n}",
        model_name=names[n % len(names)],
        serial_number=f"{n:010d}" if n % 10 else "",
        purchased_on="2023-05-17",
        purchase_country="NO",
        dealer="Fotohuset",
    )
    for n in range(1, COUNT + 1)
)
migration.link_former_email(account=account, email=member.email, reason="bench", by=owner, now=house.NOW)


def migrate() -> None:
    made = migration.migrate(account=account, by=owner, now=house.NOW)
    migration.go_on(migration_id=made.pk, now=house.NOW)
    made.refresh_from_db()
    if (made.status, made.rows.count()) != ("done", COUNT):
        raise RuntimeError(f"the migration is {made.status} after {made.rows.count()} products")


house.figure("migration.5000_s", house.seconds(migrate), "s")

client = Client()
client.force_login(account.people.get().user)


def page() -> None:
    answer = client.get("/en/products/")
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")


print(f"  with {Product.objects.of(account).count()} products:")
house.figure("products.page_5000_ms_p50", house.median_ms(page), "ms")
