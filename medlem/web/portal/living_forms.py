"""The small forms below a product: showing that it is one's own, giving it away, marking it, removing it (B4, B8)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from medlem.products.status import Gone, Missing
from medlem.web.forms import DateInput, Form

WRITTEN = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.heic,.webp"


class StatementForm(Form):
    """What one side of a dispute says, with a receipt."""

    text = forms.CharField(
        label=gettext_lazy("What should support know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(
        label=gettext_lazy("Receipt, or a picture of the number on the product"),
        help_text=gettext_lazy("A PDF or a picture."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class GiveForm(Form):
    """To whom, by the number that the other business reads out."""

    to_number = forms.CharField(
        label=gettext_lazy("Account number of the other business"),
        help_text=gettext_lazy("It stands on its page Business. Ask for it; it has a check digit."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    message = forms.CharField(label=gettext_lazy("Message"), required=False, max_length=300)
    widths = {"to_number": "medium"}


class MissingForm(Form):
    """Lost or stolen, since when, and what one wants to note."""

    missing_as = forms.ChoiceField(
        label=gettext_lazy("What happened?"), choices=Missing.choices, widget=forms.RadioSelect
    )
    since_on = forms.DateField(label=gettext_lazy("Since"), input_formats=WRITTEN, widget=DateInput())
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Such as the number of your report to the police."),
        required=False,
        max_length=200,
    )
    widths = {"since_on": "short"}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"since_on": today}, **kwargs)
        self.fields["since_on"].widget.attrs["max"] = today.isoformat()


REASONS = [
    (Gone.SOLD, Gone.SOLD.label),
    (Gone.SCRAPPED, Gone.SCRAPPED.label),
    (Gone.MISTAKE, Gone.MISTAKE.label),
]
"""Why members remove a product. What is given to another account is given, not removed."""


class RemoveForm(Form):
    gone = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why, so that your history is right.")},
    )

    def reason(self) -> Gone:
        return Gone(self.cleaned_data["gone"])


class AcceptForm(Form):
    """From whom the receiver has it, as the dealer of the product."""

    dealer = forms.CharField(
        label=gettext_lazy("Dealer"),
        help_text=gettext_lazy("From whom you have it, as it will stand in your list."),
        max_length=120,
    )
