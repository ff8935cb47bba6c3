"""The states of an invoice. Overdue is no state: it follows from the due date and the day."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InvoiceStatus(TextChoices):
    OPEN = "open", _("To be paid")
    PAID = "paid", _("Paid")
    CREDITED = "credited", _("Credited")


INVOICE_TRANSITIONS: dict[str, set[str]] = {
    InvoiceStatus.OPEN: {InvoiceStatus.PAID, InvoiceStatus.CREDITED},
    # A payment that is taken back opens the invoice again.
    InvoiceStatus.PAID: {InvoiceStatus.OPEN, InvoiceStatus.CREDITED},
    InvoiceStatus.CREDITED: set(),
}


class Means(TextChoices):
    """How an invoice is paid (D1)."""

    CARD = "card", _("Card")
    BANK = "bank", _("Bank transfer")


class EntryKind(TextChoices):
    """What moves an invoice's balance. Charges are positive, what comes in is negative."""

    INVOICED = "invoiced", _("Invoiced")
    CARD_PAYMENT = "card_payment", _("Paid by card")
    BANK_PAYMENT = "bank_payment", _("Paid by bank transfer")
    REMINDER_FEE = "reminder_fee", _("Reminder fee")
    REVERSAL = "reversal", _("Taken back")
