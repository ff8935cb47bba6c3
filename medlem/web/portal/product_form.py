"""The form of a product: to register one, and to complete or correct one (B2, B3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.core import clock
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.products.actions import ChangedMeanwhile, OwnDuplicate, refusals
from medlem.products.models import ProductModel
from medlem.products.queries import model_named, models_matching, shown_names
from medlem.products.rules import MANDATORY, Details, fingerprint, kept, nearest
from medlem.programme import current
from medlem.web.countries import countries, country_name
from medlem.web.forms import DateInput, Form
from medlem.web.templatetags.medlem import day

WRITTEN_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d %m %Y", "%d%m%Y")
"""What the browser's picker sends, and what people type where there is none."""

MOST_LIKE = 8
"""Models that are offered for what was typed and is none."""

REMEMBERED = ("purchase_country", "purchase_country_estimated", "dealer", "dealer_estimated")
"""What one product tells about the next, as equipment is often bought in one place."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A mandatory detail with the box for a best guess beside it, where one is allowed (B2)."""

    field: BoundField
    estimated: BoundField | None
    missing: bool


def _guess(about: Any) -> forms.BooleanField:
    """The same words beside each detail; what they are about is said to those who hear the page."""
    return forms.BooleanField(
        label=gettext_lazy("I am not sure, this is my best guess"), help_text=about, required=False
    )


class ProductForm(Form):
    """The details of a product. None has to be there to save it; points come when all of them are."""

    serial_number = forms.CharField(
        label=gettext_lazy("Serial number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    purchased_on = forms.DateField(
        label=gettext_lazy("Purchase date"),
        required=False,
        input_formats=WRITTEN_DATES,
        widget=DateInput(),
        error_messages={"invalid": gettext_lazy("Write day, month and year, such as 12.03.2024.")},
    )
    purchased_on_estimated = _guess(gettext_lazy("About the day."))
    purchase_country = forms.ChoiceField(label=gettext_lazy("Country of purchase"), required=False)
    purchase_country_estimated = _guess(gettext_lazy("About the country."))
    dealer = forms.CharField(
        label=gettext_lazy("Dealer"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "dealers"}),
    )
    dealer_estimated = _guess(gettext_lazy("About where it was bought."))

    later = frozenset(MANDATORY)
    widths = {"serial_number": "medium", "purchase_country": "medium"}

    def __init__(self, *args: Any, today: date, missing: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = tuple(missing)
        self.fields["purchased_on"].widget.attrs["max"] = today.isoformat()
        country = self.fields["purchase_country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = _countries(self.initial.get("purchase_country", ""))
        if self.missing and not self.is_bound:
            self.fields[self.missing[0]].widget.attrs["autofocus"] = True

    @property
    def details_shown(self) -> list[Detail]:
        """The mandatory details, those that are missing first (B3)."""
        details = [
            Detail(
                field=self[name],
                estimated=self[f"{name}_estimated"] if f"{name}_estimated" in self.fields else None,
                missing=name in self.missing,
            )
            for name in MANDATORY
        ]
        return sorted(details, key=lambda detail: not detail.missing)

    def clean(self) -> dict[str, Any]:
        """All that the details would be refused for is said at once, beside what the fields found themselves."""
        known = {name: value for name in asdict(Details()) if (value := self.cleaned_data.get(name))}
        for refused in refusals(Details(**known), now=clock.now()):
            self.refuse(refused)
        return self.cleaned_data

    def refuse(self, error: Refused) -> None:
        """Says a refusal at its field; of a product that the account has already, with the way to it."""
        if not isinstance(error, OwnDuplicate):
            super().refuse(error)
            return
        address = reverse("portal:product", args=[error.product.public_id])
        way = format_html('{} <a href="{}">{}</a>', str(error), address, _("View product"))
        self.add_error(error.field, way)

    def details(self) -> Details:
        """What was filled in, as the action takes it."""
        return Details(**{name: self.cleaned_data[name] for name in asdict(Details())})

    def for_the_next(self) -> dict[str, Any]:
        """What the form of the next product starts with."""
        return {name: self.cleaned_data[name] for name in REMEMBERED}


@dataclass(frozen=True, slots=True)
class Difference:
    """A detail that was saved meanwhile, beside what was typed."""

    label: str
    saved: str
    typed: str


class OwnProductForm(ProductForm):
    """The details of a product that the account has; `seen` says with which of them the form began."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict | None, *, initial: Mapping[str, Any], **kwargs: Any) -> None:
        begins = {"seen": fingerprint(Details(**initial)), **initial}
        super().__init__(data, initial=begins, **kwargs)
        self.differences: list[Difference] = []

    def refuse(self, error: Refused) -> None:
        """What others saved meanwhile is shown beside what was typed; saving once more takes what was typed."""
        super().refuse(error)
        if isinstance(error, ChangedMeanwhile):
            saved, typed = _shown(error.details), _shown(kept(self.details()))
            self.differences = [
                Difference(str(self.fields[name].label), saved[name], typed[name])
                for name in MANDATORY
                if saved[name] != typed[name]
            ]
            assert isinstance(self.data, QueryDict)
            again = self.data.copy()
            again["seen"] = fingerprint(error.details)
            self.data = again


def _shown(details: Details) -> dict[str, str]:
    """The mandatory details as people read them, each with whether it is a best guess."""
    values = {
        "serial_number": details.serial_number,
        "purchased_on": day(details.purchased_on),
        "purchase_country": country_name(details.purchase_country),
        "dealer": details.dealer,
    }
    guess = _("%(detail)s (best guess)")
    return {
        name: guess % {"detail": value}
        if getattr(details, f"{name}_estimated", False)
        else value or _("missing")
        for name, value in values.items()
    }


class NewProductForm(ProductForm):
    """The form that registers a product; `product` is its id, so that sending twice registers once."""

    product = forms.UUIDField(widget=forms.HiddenInput())
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=120,
        help_text=gettext_lazy(
            "Type a part of the name and choose from the list, or scan the bar code of the box."
        ),
        error_messages={"required": gettext_lazy("Choose the model.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "all-models", "spellcheck": "false"}),
    )

    keep_date = forms.BooleanField(
        label=gettext_lazy("Keep the date for the next one, as with one invoice for many"),
        required=False,
    )

    field_order = ("model",)

    def __init__(self, data: QueryDict | None, *, initial: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(_as_meant(data), initial={"product": uuid7(), **initial}, **kwargs)
        self.close: list[str] = []
        model = self.fields["model"].widget
        model.attrs |= {
            "data-choices": "models",
            "hx-get": reverse("portal:models"),
            "hx-trigger": "input changed delay:250ms, change",
            "hx-target": "#model-facts",
            "hx-sync": "this:replace",
        }
        # A scanner ends what it types with Enter, which leads on to the next field that is empty.
        for name in ("model", "serial_number"):
            self.fields[name].widget.attrs["data-scan"] = ""
        if not self.is_bound:
            self.fields["serial_number" if initial.get("model") else "model"].widget.attrs["autofocus"] = True

    def for_the_next(self) -> dict[str, Any]:
        """The day goes on to the next product where that was asked for; so does the asking."""
        if not self.cleaned_data["keep_date"]:
            return super().for_the_next()
        bought = self.cleaned_data["purchased_on"]
        return {
            **super().for_the_next(),
            "purchased_on": bought.isoformat() if bought else "",
            "purchased_on_estimated": self.cleaned_data["purchased_on_estimated"],
            "keep_date": True,
        }

    def clean_model(self) -> ProductModel:
        typed = self.cleaned_data["model"]
        model = model_named(typed)
        if model is None:
            self.close = models_like(typed)
            raise forms.ValidationError(_not_known(typed, close=self.close))
        return model


def _as_meant(data: QueryDict | None) -> QueryDict | None:
    """What was sent, with the model that was chosen for what had been typed: nobody has typed anything else since."""
    if not data or not data.get("meant") or data.get("meant_for") != data.get("model"):
        return data
    meant = data.copy()
    meant["model"] = str(data["meant"])
    return meant


class ManyProductsForm(ProductForm):
    """Details of many products at once; what is left empty stays as it is with each."""

    serial_number = None  # type: ignore[assignment]  # Django's way of leaving a field out

    @property
    def details_shown(self) -> list[Detail]:
        return [
            Detail(field=self[name], estimated=self[f"{name}_estimated"], missing=False)
            for name in MANDATORY
            if name in self.fields
        ]


def models_like(typed: str) -> list[str]:
    """Names of the catalogue that go on like what was typed, else those that look like it."""
    return models_matching(typed, most=MOST_LIKE) or nearest(typed, shown_names())


def _not_known(typed: str, *, close: Sequence[str]) -> str:
    if close:
        return _("We do not know “%(typed)s”. Choose one of those below, or another model.") % {
            "typed": typed
        }
    return _("We do not know “%(typed)s”. Choose a model from the list.") % {"typed": typed}


def _countries(present: str) -> list[tuple[str, str]]:
    """All countries, those of the programme first; a former system's own code stays what it was."""
    choices = countries(country.code for country in current().countries)
    if present and present not in dict(choices):
        choices.append((present, present))
    return [("", _("Choose a country")), *choices]
