"""The forms with which finance enters a bank transfer, for one invoice or for that of a KID, and takes one back
(D4, D7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.billing.ledger import MoreThanOpen
from medlem.billing.models import Invoice
from medlem.billing.queries import balance_of, invoice_with_kid
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.core.identifiers import has_check_digit
from medlem.core.money import NoMoney, TwoWaysToRead, parse_money, typed_money
from medlem.programme import current
from medlem.web.forms import DateInput, Form
from medlem.web.templatetags.medlem import money, reader

KID = {"inputmode": "numeric", "autocomplete": "off", "autofocus": True}


class PaymentForm(Form):
    """What stands on the bank statement. The sum is in the currency of the invoice."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=20)
    received_on = forms.DateField(label=gettext_lazy("Received on"), widget=DateInput())
    bank_reference = forms.CharField(
        label=gettext_lazy("Bank reference"),
        help_text=gettext_lazy("As it stands on the statement. The same one is taken once a day."),
        max_length=60,
    )
    widths = {"amount": "short", "received_on": "short", "bank_reference": "medium", "kid": "medium"}

    def __init__(self, *args: Any, invoice: Invoice | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"received_on": clock.today(current().timezone)}
        if invoice:
            initial["amount"] = typed_money(balance_of(invoice), reader())
        super().__init__(*args, initial=initial, **kwargs)
        self.invoice = invoice
        if "more" in self.data:
            self.fields["more"] = more_is_right()

    def refuse(self, error: Refused) -> None:
        """More than what is open is asked about: the box to say that it is right comes with the refusal."""
        if isinstance(error, MoreThanOpen):
            self.fields["more"] = more_is_right()
        super().refuse(error)

    def clean(self) -> dict[str, Any]:
        """Reads the sum once the invoice, and with it the currency, is known; exact, never a guess."""
        cleaned = self.cleaned_data
        if self.invoice and "amount" in cleaned:
            try:
                cleaned["amount"] = parse_money(cleaned["amount"], self.invoice.currency, reader())
            except TwoWaysToRead as error:
                asked = _("Thousands or decimals? If you mean %(sum)s, write %(typed)s.")
                values = {"sum": money(error.sum), "typed": typed_money(error.sum, reader())}
                self.add_error("amount", asked % values)
            except NoMoney:
                example = money(balance_of(self.invoice))
                self.add_error(
                    "amount", _("This is no sum of money. Write it like %(sum)s.") % {"sum": example}
                )
        return cleaned


def more_is_right() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("The sum and the invoice are right: more came in"),
        help_text=_("All of it is entered. What is over stands in the books as owed back."),
        required=False,
    )


class TakeBackForm(Form):
    """Why a payment that was entered is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the books, and the member reads it."),
        max_length=200,
    )


class KidPaymentForm(PaymentForm):
    """The same for a line of the statement whose invoice is yet to be found."""

    kid = forms.CharField(label="KID", max_length=30, widget=forms.TextInput(attrs=KID))
    field_order = ["kid", "amount", "received_on", "bank_reference"]

    def clean_kid(self) -> str:
        """Finds the invoice by the KID. A typing slip is told from a KID that nobody was given."""
        kid = "".join(self.cleaned_data["kid"].split())
        if not has_check_digit(kid):
            raise forms.ValidationError(
                _("The KID has a typing slip: its last digit does not fit the others.")
            )
        self.invoice = invoice_with_kid(kid)
        if self.invoice is None:
            raise forms.ValidationError(_("No invoice has this KID."))
        return kid
