"""Joins, invoices and their PDFs a second, one after the other in one process."""

from __future__ import annotations

import house

house.build()

from medlem.billing import actions as billing  # noqa: E402
from medlem.billing.documents import invoice_document  # noqa: E402
from medlem.billing.models import Invoice  # noqa: E402
from medlem.gateways.invoice_pdf import render  # noqa: E402
from tests import factories, people  # noqa: E402

COUNT = 200

accounts = [
    people.open_account(
        name=f"Foto {n} AS", number=str(300_000_000 + n), email=f"p{n}@foto{n}.example", now=house.NOW
    )
    for n in range(COUNT)
]
taken = house.seconds(lambda: [factories.member(account, now=house.NOW) for account in accounts])
house.figure("memberships.joins_per_s", COUNT / taken, "1/s")

document = invoice_document(Invoice.objects.select_related("account", "card").first())
taken = house.seconds(lambda: [render(document) for _ in range(COUNT)])
house.figure("billing.pdf_per_s", COUNT / taken, "1/s")

keys = list(Invoice.objects.values_list("pk", flat=True))
taken = house.seconds(lambda: [billing.send_invoice(invoice_id=key, now=house.NOW) for key in keys])
house.figure("billing.send_per_s", COUNT / taken, "1/s")
