"""An issued invoice: what is written, and that it stays (D2, D3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from medlem.accounts.models import Account
from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import find_invoices, invoice_with_kid, invoices_of
from medlem.events.queries import history_of
from medlem.memberships.queries import price_for
from tests.billing.invoices import issue, line
from tests.factories import saved_card
from tests.people import Cast

SELLER = {
    "name": "Eksempel Kamera Norge AS",
    "registration_number": "123456785",
    "vat_number": "NO123456785MVA",
    "foretaksregisteret": True,
    "street": "Eksempelgata 1",
    "postcode": "0190",
    "place": "Oslo",
    "country": "NO",
    "email": "support@cps.example",
    "phone": "+4721000000",
    "bank_account": "99990543212",
    "iban": "NO5499990543212",
    "bic": "EXMPNOK1",
}
BUYER = {
    "number": "100016",
    "name": "Fjordlys Foto AS",
    "registration_number": "974760673",
    "vat_number": "974760673MVA",
    "street": "Storgata 1",
    "postcode": "0155",
    "place": "Oslo",
    "country": "NO",
}


def test_d3_everything_is_written_at_issue(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, lines=[line(), line(50_000, rate=0, description="Reise")], now=now)
    written = model_to_dict(Invoice.objects.get(pk=invoice.pk), exclude=["id", "subject_id"])
    assert written == {
        "account": cast.fjordlys.pk,
        "series": "invoices",
        "number": 10_001,
        "status": "open",
        "issued_on": date(2026, 11, 23),
        "issued_at": now,
        "due_on": date(2026, 12, 23),
        "means": "bank",
        "card": None,
        "kid": "0100016000100011",
        "language": "en",
        "currency": "NOK",
        "net_minor": 169_000,
        "vat_minor": 29_750,
        "gross_minor": 198_750,
        "seller": SELLER,
        "buyer": BUYER,
        "pdf": "",
        "pdf_sha256": "",
        "sent_at": None,
    }
    assert list(
        invoice.lines.values_list("position", "description", "net_minor", "vat_basis_points", "vat_minor")
    ) == [
        (1, "CPS Silver", 119_000, 2_500, 29_750),
        (2, "Reise", 50_000, 0, 0),
    ]
    assert list(invoice.entries.values_list("kind", "amount_minor", "on", "booked_at", "reference")) == [
        ("invoiced", 198_750, date(2026, 11, 23), now, f"invoice:{invoice.public_id}")
    ]
    assert list(
        history_of(invoice.public_id).values("name", "actor_kind", "actor_id", "account_id", "after")
    ) == [
        {
            "name": "invoice.issued",
            "actor_kind": "member",
            "actor_id": cast.alice.public_id,
            "account_id": cast.fjordlys.public_id,
            "after": {
                "number": 10_001,
                "gross_minor": 198_750,
                "currency": "NOK",
                "due_on": "2026-12-23",
                "means": "bank",
            },
        }
    ]


def test_d3_the_day_of_issue_is_the_sellers(cast: Cast) -> None:
    late_in_utc = datetime.fromisoformat("2026-12-31T23:30:00+00:00")  # New Year's Day in Oslo
    invoice = issue(cast.fjordlys, now=late_in_utc)
    assert (invoice.issued_on, invoice.due_on) == (date(2027, 1, 1), date(2027, 1, 31))


def test_d3_buyer_and_seller_stay_as_they_were_at_issue(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    Account.objects.filter(pk=cast.fjordlys.pk).update(name="Fjordlys Film AS", street="Nygata 9")
    stored = Invoice.objects.get(pk=invoice.pk)
    assert (stored.buyer, stored.seller) == (BUYER, SELLER)


def test_d3_lines_and_ledger_are_written_once(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    for rows in (invoice.lines.all(), LedgerEntry.objects.all()):
        with pytest.raises(TypeError, match="never changed"):
            rows.update(position=2)
        with pytest.raises(TypeError, match="never removed"):
            rows.delete()


@pytest.mark.parametrize(
    "change",
    [
        {"gross_minor": 148_749},
        {"due_on": date(2026, 11, 22)},
        {"means": "card"},
        {"number": 10_002},
        {"kid": "0100016000100029"},
    ],
)
def test_d3_the_database_refuses_an_invoice_that_cannot_be(
    cast: Cast, now: datetime, change: dict[str, Any]
) -> None:
    invoice, _other = issue(cast.fjordlys, now=now), issue(cast.fjordlys, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)


def test_d3_reverse_charge_for_a_buyer_abroad(cast: Cast, now: datetime) -> None:
    Account.objects.filter(pk=cast.nordkapp.pk).update(country="SE", vat_number="SE556036079301")
    abroad = Account.objects.get(pk=cast.nordkapp.pk)
    price = price_for(abroad, level="silver", months=12)
    assert (price.fee.minor, price.fee.currency, price.vat_basis_points, price.vat.minor) == (
        119_000,
        "SEK",
        0,
        0,
    )
    invoice = issue(abroad, lines=[line(119_000, rate=price.vat_basis_points, currency="SEK")], now=now)
    assert (invoice.currency, invoice.net_minor, invoice.vat_minor, invoice.gross_minor) == (
        "SEK",
        119_000,
        0,
        119_000,
    )
    assert (invoice.buyer["country"], invoice.seller["country"]) == ("SE", "NO")


def test_d4_a_kid_finds_its_invoice(cast: Cast, now: datetime) -> None:
    made = [issue(account, now=now) for account in (cast.fjordlys, cast.nordkapp, cast.fjordlys)]
    assert [invoice_with_kid(invoice.kid) for invoice in made] == made
    assert invoice_with_kid("0100016000100012") is None


def test_finance_finds_invoices(cast: Cast, now: datetime) -> None:
    ours, theirs = issue(cast.fjordlys, now=now), issue(cast.nordkapp, now=now)
    paid = issue(cast.fjordlys, now=now)
    Invoice.objects.filter(pk=paid.pk).update(status="paid")
    due, after = date(2026, 12, 23), date(2026, 12, 24)

    def found(search: str = "", status: str = "", today: date = due) -> list[int]:
        return [invoice.number for invoice in find_invoices(search=search, status=status, today=today)]

    assert found() == [10_003, 10_002, 10_001]
    assert found("10 002") == found(theirs.kid) == found("923609016") == found("nordkapp") == [10_002]
    assert found(f"{ours.kid[:7]} {ours.kid[7:]}") == [10_001]
    assert found(status="open") == [10_002, 10_001]
    assert found(status="paid") == [10_003]
    assert found(status="overdue") == []
    assert found(status="overdue", today=after) == [10_002, 10_001]
    assert found("nobody") == found("1" * 30) == []


def test_a_list_of_invoices_costs_one_query(
    cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    card = saved_card(cast.fjordlys, now=now)
    issue(cast.fjordlys, card=card, now=now)
    issue(cast.nordkapp, now=now)
    for length in (1, 3):
        with django_assert_num_queries(1):
            listed = [(invoice.number, str(invoice.card)) for invoice in invoices_of(cast.fjordlys)]
        assert len(listed) == length
        for _ in range(2):
            issue(cast.fjordlys, card=card, now=now)
