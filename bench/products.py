"""My products with 5,000 products; 5,000 former products migrated and 10,000 rows of a list taken in, both as the
worker does; and a serial number looked up among two million."""

from __future__ import annotations

import house

house.build()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from medlem.products import many, migration  # noqa: E402
from medlem.products.lists import counts_of_rows  # noqa: E402
from medlem.products.models import LegacyMember, LegacyProduct, Product, ProductModel  # noqa: E402
from medlem.products.queries import find_accounts, pieces_of  # noqa: E402
from tests import factories, people  # noqa: E402

FORMER = 5_000
ROWS = 10_000
ALL = 2_000_000

account = people.open_account(
    name="Utleie AS", number="300000001", email="eier@utleie.example", now=house.NOW
)
owner = factories.super_user(account)
member = LegacyMember.objects.create(email="gammel@utleie.example", number="CPS-1")
names = list(ProductModel.objects.values_list("name", flat=True))

# --- migrating ------------------------------------------------------------------------------------------

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
    for n in range(1, FORMER + 1)
)
migration.link_former_email(account=account, email=member.email, reason="bench", by=owner, now=house.NOW)


def migrate() -> None:
    made = migration.migrate(account=account, by=owner, now=house.NOW)
    migration.go_on(migration_id=made.pk, now=house.NOW)
    made.refresh_from_db()
    if (made.status, made.rows.count()) != ("done", FORMER):
        raise RuntimeError(f"the migration is {made.status} after {made.rows.count()} products")


house.figure("migration.5000_s", house.seconds(migrate), "s")

# --- the list --------------------------------------------------------------------------------------------

client = Client()
client.force_login(account.people.get().user)


def page(address: str = "/en/products/") -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")


house.figure("products.page_5000_ms_p50", house.median_ms(page), "ms")
house.figure(
    "products.page_5000_by_points_ms_p50", house.median_ms(lambda: page("/en/products/?sort=-points")), "ms"
)

# --- many at once ------------------------------------------------------------------------------------------

HEADING = "Merke;Modell;Serienummer;Kjøpsdato;Land;Forhandler;Bilag"
content = "\n".join(
    [
        HEADING,
        *(
            f"Canon;{names[n % len(names)]};{n:08d}X;{n % 28 + 1:02d}.{n % 12 + 1:02d}.2023;Norge;Fotohuset;B-{n}"
            for n in range(ROWS)
        ),
    ]
).encode("cp1252")
imported = []


def preview() -> None:
    made = many.look_at(account=account, content=content, filename="x.csv", by=owner, now=house.NOW)
    page(f"/en/products/import/{made.public_id}/")
    imported.append(made)


def take_in() -> None:
    (made,) = imported
    many.start(made=made, by=owner, now=house.NOW)
    many.go_on(import_id=made.pk, now=house.NOW)
    made.refresh_from_db()
    if (made.status, counts_of_rows(made)) != ("done", {"complete": ROWS}):
        raise RuntimeError(f"the import is {made.status}: {counts_of_rows(made)}")


house.figure("products.preview_10000_s", house.seconds(preview), "s")
house.figure("products.import_10000_s", house.seconds(take_in), "s")

# --- looking up --------------------------------------------------------------------------------------------

NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(1, %s) AS n",
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s) SELECT n FROM c",
}
IDS = {
    "postgresql": "gen_random_uuid()",
    "sqlite": "lower(hex(randomblob(16)))",
}
vendor = connection.vendor
there = Product.objects.count()
model = ProductModel.objects.order_by("pk").first()
assert model is not None
with connection.cursor() as cursor:
    cursor.execute(
        f"""
        INSERT INTO products_product (public_id, account_id, model_id, status, serial_number,
            purchased_on_estimated, purchase_country, purchase_country_estimated, dealer, dealer_estimated,
            added_at, removed_as, missing_as, missing_note)
        SELECT {IDS[vendor]}, %s, %s, 'incomplete', 'L' || (1000000000 + n), false, '', false, '', false, %s,
            '', '', ''
        FROM ({NUMBERS[vendor]}) AS numbers
        """,
        [account.pk, model.pk, house.NOW, ALL - there],
    )
    cursor.execute("ANALYZE")
place = 0


def look_up() -> None:
    """As the desk does, for a serial number that somebody reads aloud, and as registering does."""
    global place
    place += 7_919
    serial = f"L{1_000_000_000 + place}"
    if [*find_accounts(serial)] != [account] or len(pieces_of([(model.pk, serial)])) != 1:
        raise RuntimeError(f"{serial} was not found")


house.figure("products.lookup_2m_ms_p50", house.median_ms(look_up), "ms")
