"""Reads of invoices and cards that are more than a filter."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from django.db.models import Q, QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.rules import Line, vat_by_rate
from medlem.billing.status import InvoiceStatus
from medlem.core.money import Money

LONGEST_NUMBER = 16


def invoices_of(account: Account) -> QuerySet[Invoice]:
    """The account's invoices, newest first."""
    return Invoice.objects.filter(account=account).order_by("-number").select_related("card")


class InvoiceFilter(TextChoices):
    """What finance looks for in the list of invoices."""

    OPEN = "open", _("Open")
    OVERDUE = "overdue", _("Overdue")
    PAID = "paid", _("Paid")


def find_invoices(*, search: str, status: str, today: date) -> QuerySet[Invoice]:
    """All invoices, newest first: those of a number, a KID, a business, and of one of `InvoiceFilter`."""
    found = Invoice.objects.select_related("account")
    if status == InvoiceFilter.OVERDUE:
        found = found.filter(status=InvoiceStatus.OPEN, due_on__lt=today)
    elif status in InvoiceFilter:
        found = found.filter(status=status)
    digits = "".join(search.split())
    if digits.isdecimal():
        # A KID is longer than the number of any invoice, a registration number shorter than a KID.
        by_number = Q(number=int(digits)) if len(digits) < LONGEST_NUMBER else Q()
        found = found.filter(Q(kid=digits) | Q(account__registration_number=digits) | by_number)
    elif search.strip():
        found = found.filter(account__name__icontains=search.strip())
    return found.order_by("-number")


def invoice_with_kid(kid: str) -> Invoice | None:
    """The invoice that a transfer with this KID pays (D4)."""
    return Invoice.objects.filter(kid=kid).first()


def balance_of(invoice: Invoice) -> Money:
    """What is still to be paid: the sum of the invoice's ledger (D7)."""
    total = invoice.entries.aggregate(total=Sum("amount_minor"))["total"]
    return Money(total or 0, invoice.currency)


def lines_of(invoice: Invoice) -> list[Line]:
    """The booked lines as values for the rules."""
    return [
        Line(line.description, line.starts_on, line.ends_on, line.net, line.vat_basis_points)
        for line in invoice.lines.select_related("invoice")
    ]


def vat_of(invoice: Invoice) -> list[tuple[int, Money, Money]]:
    """VAT per rate: basis points, net, VAT (D3)."""
    return vat_by_rate(lines_of(invoice))


def current_card(account: Account) -> SavedCard | None:
    """The card that may be charged for this account, if there is one."""
    return SavedCard.objects.filter(account=account, replaced_at=None).first()


def invoices_to_send() -> list[int]:
    """Keys of invoices that were issued but not sent yet, oldest first (D2)."""
    return list(Invoice.objects.filter(sent_at=None).order_by("issued_at").values_list("pk", flat=True))


def ledgers_that_disagree() -> list[str]:
    """Invoices whose status and ledger do not agree, each as a sentence; `doctor` asks (D7)."""
    problems = []
    for invoice in Invoice.objects.annotate(balance=Sum("entries__amount_minor")).iterator():
        settled = invoice.balance is not None and invoice.balance <= 0
        if settled != (invoice.status != "open"):
            problems.append(
                f"invoice {invoice.number} is {invoice.status}, its ledger says {invoice.balance}"
            )
    return problems


def gaps_in_the_series() -> list[str]:
    """Numbers that are missing in the series, each as a sentence; `doctor` asks (D3)."""
    numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
    return [
        f"invoice numbers {before + 1} to {after - 1} are missing"
        for before, after in pairwise(numbers)
        if after != before + 1
    ]
