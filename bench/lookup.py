"""All that the desk shows of a serial number, among two million products of two thousand accounts.

Finding the product alone is `products.lookup_2m_ms_p50` of `products.py`.
"""

from __future__ import annotations

import house

house.build()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from medlem.accounts.models import Account  # noqa: E402
from medlem.products.contested import about_serial  # noqa: E402
from medlem.products.models import Product, ProductModel  # noqa: E402
from tests import people  # noqa: E402

PRODUCTS, ACCOUNTS = 2_000_000, 2_000

SERIES = {
    "sqlite": f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {PRODUCTS})",
    "postgresql": f"WITH s(n) AS (SELECT generate_series(1, {PRODUCTS}))",
}
ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
PADDED = {"sqlite": "printf('%012d', n)", "postgresql": "lpad(n::text, 12, '0')"}
FALSE = {"sqlite": "0", "postgresql": "false"}

models = list(ProductModel.objects.order_by("pk").values_list("pk", flat=True))
with transaction.atomic():
    Account.objects.bulk_create(
        Account(
            number=f"B{n:07d}", name=f"Bedrift {n}", country="NO", registration_number=f"{n:09d}",
            vat_registered=False, street="Gata 1", postcode="0155", place="Oslo",
            invoice_email="x@x.example", language="nb", opened_at=house.NOW,
        )
        for n in range(ACCOUNTS)
    )  # fmt: skip
    first = Account.objects.order_by("pk").values_list("pk", flat=True)[0]
    kind, no = connection.vendor, FALSE[connection.vendor]
    columns = (
        "public_id, account_id, model_id, status, serial_number, purchased_on, purchased_on_estimated,"
        " purchase_country, purchase_country_estimated, dealer, dealer_estimated, added_at, completed_at,"
        " removed_as, missing_as, missing_note"
    )
    with connection.cursor() as cursor:
        # In SQL, as two million rows are made for the index alone.
        cursor.execute(
            f"{SERIES[kind]} INSERT INTO {Product._meta.db_table} ({columns})"
            f" SELECT {ID[kind]}, {first} + n % {ACCOUNTS}, {models[0]} + n % {len(models)}, 'complete',"
            f" {PADDED[kind]}, '2024-03-12', {no}, 'NO', {no}, 'Fotohuset', {no},"
            f" '{house.NOW:%Y-%m-%d %H:%M:%S}', '{house.NOW:%Y-%m-%d %H:%M:%S}', '', '', '' FROM s"
        )
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
print(f"  with {Product.objects.count()} products:")
serials = iter(f"{n * 997 % PRODUCTS + 1:012d}" for n in range(1, 1000))


def look_up() -> None:
    if not about_serial(next(serials)).products:
        raise RuntimeError("not found")


staff = people.staff("sara@staff.example", "support", now=house.NOW)
client = Client()
client.force_login(staff)


def page() -> None:
    answer = client.get("/en/desk/serial/", {"q": next(serials)})
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")


endings = iter(str(n * 997 % PRODUCTS + 1) for n in range(1100, 2000))


def look_up_without_zeros() -> None:
    if not about_serial(next(endings)).alike:
        raise RuntimeError("not found")


house.figure("products.serial_ending_2m_ms_p50", house.median_ms(look_up_without_zeros, times=200), "ms")
house.figure("products.serial_history_2m_ms_p50", house.median_ms(look_up, times=200), "ms")
house.figure("products.serial_page_2m_ms_p50", house.median_ms(page), "ms")
