"""The forms of a list of products: sending it, and saying what its columns are (B5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.products.cells import DayOrder
from medlem.products.columns import Column
from medlem.products.models import ProductImport
from medlem.programme import current
from medlem.web.countries import countries
from medlem.web.forms import Form

COLUMNS = {
    Column.OTHER: gettext_lazy("Leave out"),
    Column.MODEL: gettext_lazy("Model"),
    Column.SERIAL_NUMBER: gettext_lazy("Serial number"),
    Column.PURCHASED_ON: gettext_lazy("Purchase date"),
    Column.PURCHASE_COUNTRY: gettext_lazy("Country of purchase"),
    Column.DEALER: gettext_lazy("Dealer"),
    Column.EAN: gettext_lazy("Bar code (EAN)"),
    Column.BRAND: gettext_lazy("Brand"),
}

ORDERS = {
    DayOrder.UNKNOWN: gettext_lazy("Choose"),
    DayOrder.DAY_FIRST: gettext_lazy("Day first: 3 April"),
    DayOrder.MONTH_FIRST: gettext_lazy("Month first: 4 March"),
}


def column_names(columns: Sequence[str]) -> list[str]:
    """What columns are called, where a list has no heading of its own."""
    return [str(COLUMNS[Column(column)]) if column else "" for column in columns]


class ListForm(Form):
    """A list from the clipboard, or as a file."""

    pasted = forms.CharField(
        label=gettext_lazy("Paste the cells"),
        help_text=gettext_lazy("Mark the rows in the spreadsheet, copy them, and paste them here."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        help_text=gettext_lazy("CSV or XLSX, at most 10 MB and 20,000 rows."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    later = frozenset({"pasted", "file"})

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if not self.errors and not sent.get("file") and not (sent.get("pasted") or "").strip():
            self.add_error("pasted", _("Paste the cells of your list, or choose a file."))
        return sent

    def sent(self) -> tuple[bytes, str]:
        """The list's bytes, and the name of its file."""
        file = self.cleaned_data.get("file")
        if file:
            return file.read(), file.name
        return self.cleaned_data["pasted"].encode(), ""


class ColumnsForm(Form):
    """What each column is, and what holds for the rows that do not say it."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country of purchase"),
        help_text=gettext_lazy("For rows without a country."),
        required=False,
    )
    dealer = forms.CharField(
        label=gettext_lazy("Dealer"),
        help_text=gettext_lazy("For rows without a dealer."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("What 03/04/2020 means"),
        help_text=gettext_lazy("The list has days that can be read in two ways."),
        choices=list(ORDERS.items()),
        required=False,
    )
    fill = forms.BooleanField(
        label=gettext_lazy("Fill serial numbers up with zeros in front"),
        help_text=gettext_lazy("To as many digits as the model's numbers have. Spreadsheets leave them out."),
        required=False,
    )
    again = forms.BooleanField(
        label=gettext_lazy("Register them all the same"),
        help_text=gettext_lazy("They are other pieces than those of the earlier list."),
        required=False,
    )
    later = frozenset({"country", "dealer", "order"})
    widths = {"country": "medium", "order": "medium"}

    def __init__(self, *args: Any, made: ProductImport, **kwargs: Any) -> None:
        defaults = made.defaults
        known = {
            "country": defaults.get("purchase_country", ""),
            "dealer": defaults.get("dealer", ""),
            "order": defaults.get("day_order", ""),
            "fill": defaults.get("fill", False),
            "again": defaults.get("again", False),
            **{f"column{place}": column for place, column in enumerate(made.columns)},
        }
        super().__init__(*args, initial=known, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", _("None")), *countries(each.code for each in current().countries)]
        if not (defaults.get("ambiguous") or defaults.get("day_order")):
            del self.fields["order"]
        if not (defaults.get("fillable") or defaults.get("fill")):
            del self.fields["fill"]
        if not (defaults.get("earlier") or defaults.get("again")):
            del self.fields["again"]
        self.width = len(made.columns)
        for place in range(self.width):
            named = made.heading[place] if place < len(made.heading) else ""
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=named or _("Column %(number)s") % {"number": place + 1},
                choices=list(COLUMNS.items()),
                required=False,
            )

    @property
    def columns(self) -> list[BoundField]:
        """The field of each column, in their order."""
        return [self[f"column{place}"] for place in range(self.width)]

    def said(self) -> dict[str, Any]:
        """What was said, as the action takes it."""
        said = self.cleaned_data
        return {
            "columns": [said[f"column{place}"] for place in range(self.width)],
            "country": said["country"],
            "dealer": said["dealer"],
            "order": said.get("order", ""),
            "fill": said.get("fill", False),
            "again": said.get("again", False),
        }
