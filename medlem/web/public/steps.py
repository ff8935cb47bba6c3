"""The five steps of the application as forms, and the list of them beside each page (A1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from django import forms
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from medlem.applications.found import usual_vat_number
from medlem.applications.models import Application
from medlem.applications.queries import complete_steps
from medlem.applications.rules import STEPS
from medlem.core import peppol
from medlem.core.errors import Refused
from medlem.programme import current
from medlem.web.public.fields import AtCountry, EmailField, StepForm, evidence_field
from medlem.web.public.lookup import Found
from medlem.web.templatetags.medlem import text

LABELS = {
    "business": _("Business"),
    "evidence": _("VAT and evidence"),
    "contact": _("Contact person"),
    "information": _("Business information"),
    "check": _("Check and send"),
}
HEADINGS = {
    "business": _("Which business is it?"),
    "evidence": _("Show us that it is a business"),
    "contact": _("Who is the contact person?"),
    "information": _("About the business"),
    "check": _("Check your answers"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the list of steps. It is a link once one may go there."""

    key: str
    label: Any
    state: str
    url: str


def list_of(draft: Application | None, here: str) -> list[Step]:
    """The five steps with what is done. The first that is not may be opened, as may all before it."""
    done = complete_steps(draft) if draft else set()
    steps, open_to_here = [], True
    for key in STEPS:
        state = "current" if key == here else "done" if key in done else "to-come"
        steps.append(Step(key, LABELS[key], state, address(key) if open_to_here and key != here else ""))
        open_to_here = open_to_here and key in done
    return steps


def address(step: str, *, query: Mapping[str, str] | None = None, fragment: str | None = None) -> str:
    return reverse("public:step", kwargs={"step": step}, query=query or None, fragment=fragment)


def after(step: str) -> str:
    names = list(STEPS)
    return names[names.index(step) + 1]


def before(step: str) -> str | None:
    names = list(STEPS)
    return names[names.index(step) - 1] if step != names[0] else None


def in_sentence(label: str) -> str:
    """A label within a sentence: small, unless it is letters that are always large, such as CVR."""
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


SLIP = _(
    "This number is not valid: a digit or letter is wrong or missing. It is written like %(example)s. "
    "Compare it with your papers."
)
EXAMPLE = _("For example %(example)s")

VAT_ALREADY = _(
    "This is the VAT number; it comes on the next page. Here goes the other one (%(label)s), for example %(example)s."
)
PLACE_OF_WORK = _(
    "This is the number of a place of work, which cannot have an account. Apply with the number of the business "
    "behind it: %(number)s."
)
MADE_OF = _("Of the %(longer)s number that you gave we took %(number)s, which is the %(label)s.")
OWN_VAT = _("The VAT number of %(business)s is %(number)s: the organisation number with MVA behind it.")

# --- 1: country and business ----------------------------------------------------------------------


class BusinessForm(AtCountry):
    """Country, number, name and address. The register's name is shown and not changed (A2)."""

    country = forms.ChoiceField(label=_("Country"))
    registration_number = forms.CharField(max_length=30)
    business_name = forms.CharField(
        label=_("Business name"), max_length=200, error_messages={"required": _("Enter the business name.")}
    )
    street = forms.CharField(
        label=_("Street address"), max_length=200, error_messages={"required": _("Enter the street address.")}
    )
    postcode = forms.CharField(
        label=_("Postcode"), max_length=12, error_messages={"required": _("Enter the postcode.")}
    )
    place = forms.CharField(
        label=_("Place"), max_length=80, error_messages={"required": _("Enter the place.")}
    )

    columns = STEPS["business"]
    autocomplete = {"registration_number": "off"}
    widths = {"country": "medium", "registration_number": "medium", "postcode": "short"}

    def __init__(self, *args: Any, found: Found, locked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = found.country
        self.found = found
        self.seen = (self.data or self.initial).get("seen", "")
        self.made_of_number = ""
        programme = current()
        self.fields["country"].choices = [(c.code, text(c.name)) for c in programme.countries]  # type: ignore[attr-defined]
        label = text(self.at.number_label)
        self.fields["registration_number"].label = label
        self.fields["registration_number"].error_messages["required"] = _("Enter the %(label)s.") % {
            "label": in_sentence(label)
        }
        self.fields["registration_number"].help_text = EXAMPLE % {"example": self.at.number_example}
        self.ask_for_place()
        self.looks_up = looks_up = found.country.register_lookup != "none"
        _ask(self, "country", trigger="change", target="#business")
        if looks_up:
            _ask(self, "registration_number", trigger="input changed delay:400ms", target="#found")
            self.fields["registration_number"].widget.attrs["inputmode"] = "numeric"
        if looks_up and not locked:
            _ask(self, "business_name", trigger="input changed delay:500ms", target="#hits")
        if locked:
            self.fields["business_name"].widget.attrs["readonly"] = True
        self.locked = locked

    def clean_registration_number(self) -> str:
        typed: str = self.cleaned_data["registration_number"]
        number = self.at.registration_number(typed)
        if number is None:
            raise forms.ValidationError(self._why_not(typed))
        entity = self.found.entity
        if entity and entity.is_subentity_of:
            behind = self.at.written_number(entity.is_subentity_of)
            raise forms.ValidationError(PLACE_OF_WORK % {"number": behind})
        longer = self.at.longer_number
        if longer and longer.fits(self.found.typed):
            self.made_of_number = MADE_OF % {
                "longer": longer.name,
                "label": text(self.at.number_label),
                "number": self.at.written_number(number),
            }
        return number

    def _why_not(self, typed: str) -> str:
        """What is wrong with a number: it is the one of the next page, or it has a slip."""
        if self.at.vat_number(typed):
            return VAT_ALREADY % {"label": text(self.at.number_label), "example": self.at.number_example}
        return SLIP % {"example": self.at.number_example}

    def answers(self) -> dict[str, Any]:
        """A page without a country is nobody's: the country that was saved stands."""
        answers = super().answers()
        return answers if answers.get("country") else {k: v for k, v in answers.items() if k != "country"}

    def clean_postcode(self) -> str:
        """As the country writes it; what the register says stands, as an address may be abroad."""
        typed: str = self.cleaned_data["postcode"]
        entity = self.found.entity
        return typed if entity and typed == entity.postcode else self.standard_postcode(typed)


def _ask(form: StepForm, field: str, *, trigger: str, target: str) -> None:
    form.fields[field].widget.attrs.update(
        {
            "hx-post": reverse_lazy("public:look_up"),
            "hx-trigger": trigger,
            "hx-target": target,
            "hx-sync": "closest form:replace",
        }
    )


# --- 2: VAT and evidence --------------------------------------------------------------------------


class EvidenceForm(StepForm):
    """The answer about VAT, and the documents that show it (A3)."""

    vat_registered = forms.BooleanField(label=_("VAT-registered"), required=False)
    vat_number = forms.CharField(
        max_length=30, error_messages={"required": _("Give the VAT number, or untick VAT-registered.")}
    )

    columns = STEPS["evidence"]
    autocomplete = {"vat_number": "off"}
    widths = {"vat_number": "medium"}

    def __init__(self, *args: Any, draft: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = current().country(draft.country)
        self.draft = draft
        self.fields["vat_registered"].widget.attrs["data-decides"] = True
        self.fields["vat_number"].label = text(self.at.vat_label)
        self.fields["vat_number"].help_text = EXAMPLE % {"example": self.at.vat_example}
        self.fields["vat_number"].required = not self.is_bound or "vat_registered" in self.data
        self.fields["evidence"] = evidence_field()

    def clean_vat_number(self) -> str:
        """In its standard form; the bare registration number is enough where the VAT number follows from it."""
        typed: str = self.cleaned_data["vat_number"]
        if not self.cleaned_data["vat_registered"]:
            return ""
        is_own = self.at.registration_number(typed) == self.draft.registration_number
        number = self.at.vat_number(typed) or (usual_vat_number(self.draft) if is_own else "")
        if not number:
            raise forms.ValidationError(SLIP % {"example": self.at.vat_example})
        usual = usual_vat_number(self.draft)
        if usual and self.at.vat_number(usual) != self.at.vat_number(number):
            own = {"business": self.draft.business_name, "number": self.at.written_vat_number(usual)}
            raise forms.ValidationError(OWN_VAT % own)
        return number


def vat_initial(draft: Application) -> dict[str, Any]:
    """What step 2 begins with: the register's word on VAT, and the number that follows from it."""
    return {
        "vat_registered": bool(draft.vat_registered),
        "vat_number": draft.vat_number or usual_vat_number(draft),
    }


# --- 3: the contact person ------------------------------------------------------------------------


class ContactForm(StepForm):
    """Who becomes the super user of the account."""

    first_name = forms.CharField(
        label=_("First name"), max_length=80, error_messages={"required": _("Enter the first name.")}
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=80, error_messages={"required": _("Enter the last name.")}
    )
    email = EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _("Enter the e-mail address.")},
        help_text=_("We send the answer here. Later you sign in with it."),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    columns = STEPS["contact"]
    widths = {"phone": "medium"}

    def __init__(self, *args: Any, draft: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = current().country(draft.country)
        self.fields["phone"].help_text = _(
            "A number from outside of %(country)s begins with + and the code of its country."
        ) % {"country": text(self.at.in_text)}

    def clean_phone(self) -> str:
        """In E.164, the shape in which telephone systems keep numbers."""
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, self.at.code)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise forms.ValidationError(_("This is not a number that can be called. Compare the digits."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


# --- 4: business information ----------------------------------------------------------------------


DELIVERY = ("delivery_street", "delivery_postcode", "delivery_place")


class InformationForm(AtCountry):
    """Trade, where invoices and parcels go, and the former address (A1, A5)."""

    trade = forms.ChoiceField(label=_("Trade"), error_messages={"required": _("Choose the trade.")})
    invoice_email = EmailField(
        label=_("Invoice e-mail"),
        max_length=254,
        error_messages={"required": _("Enter the e-mail address for invoices.")},
    )
    e_invoice_address = forms.CharField(
        label=_("E-invoice address"),
        max_length=40,
        required=False,
    )
    same_address = forms.BooleanField(label=_("Deliver to the business address"), required=False)
    delivery_street = forms.CharField(
        label=_("Delivery address"),
        max_length=200,
        error_messages={"required": _("Enter the delivery address.")},
    )
    delivery_postcode = forms.CharField(
        label=_("Postcode"), max_length=12, error_messages={"required": _("Enter the postcode.")}
    )
    delivery_place = forms.CharField(
        label=_("Place"), max_length=80, error_messages={"required": _("Enter the place.")}
    )
    former_email = EmailField(
        max_length=254,
        required=False,
        help_text=_(
            "Were you a member before? Once your account is ready we send a link to that address. "
            "Opening it proves that the address is yours, and your products can be migrated."
        ),
    )

    columns = STEPS["information"]
    autocomplete = {
        "e_invoice_address": "off",
        "delivery_street": "shipping street-address",
        "delivery_postcode": "shipping postal-code",
        "delivery_place": "shipping address-level2",
        "former_email": "email",
    }
    widths = {"trade": "medium", "e_invoice_address": "medium", "delivery_postcode": "short"}

    def __init__(self, *args: Any, draft: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = current().country(draft.country)
        self.suggested = "" if draft.e_invoice_address else self.own_address(draft.registration_number)
        trades = [(trade.code, text(trade.name)) for trade in current().trades]
        self.fields["trade"].choices = [("", _("Choose")), *trades]  # type: ignore[attr-defined]
        self.fields["former_email"].label = text(current().words.former_email)
        self.fields["e_invoice_address"].help_text = _(
            "If you take e-invoices: your address in the Peppol network, for example %(example)s"
        ) % {"example": self.example}
        self.ask_for_place(before="delivery_")
        self.fields["same_address"].help_text = ", ".join([draft.street, f"{draft.postcode} {draft.place}"])
        self.fields["same_address"].widget.attrs["data-decides"] = True

        elsewhere = not self.is_bound or "same_address" not in self.data
        for name in DELIVERY:
            self.fields[name].required = elsewhere

    @property
    def example(self) -> str:
        return self.own_address(self.at.number_example) or "0088:7300010000001"

    def own_address(self, number: str) -> str:
        """The Peppol address that a business has by its number; empty where its country has no such scheme."""
        standard = self.at.registration_number(number)
        return f"{self.at.e_invoice_scheme}:{standard}" if self.at.e_invoice_scheme and standard else ""

    def clean_e_invoice_address(self) -> str:
        """`0192:923609016`; of the country's own scheme the number alone is enough."""
        typed: str = self.cleaned_data["e_invoice_address"]
        if typed and ":" not in typed and self.at.e_invoice_scheme:
            own = self.own_address(typed)
            if not own:
                raise forms.ValidationError(SLIP % {"example": self.example})
            return own
        try:
            return peppol.address(typed, example=self.example) if typed else ""
        except Refused as error:
            raise forms.ValidationError(str(error)) from error

    def clean_delivery_postcode(self) -> str:
        typed: str = self.cleaned_data["delivery_postcode"]
        return self.standard_postcode(typed) if typed and not self.cleaned_data["same_address"] else typed

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        return {**answers, **dict.fromkeys(DELIVERY, "")} if answers["same_address"] else answers


def information_initial(answers: Mapping[str, Any], draft: Application) -> dict[str, Any]:
    """What step 4 begins with: deliveries to the business, invoices to the contact."""
    return {
        **answers,
        "invoice_email": answers["invoice_email"] or draft.email,
        "same_address": not answers["delivery_street"],
    }


# --- 5: check, declare, send ----------------------------------------------------------------------


class CheckForm(StepForm):
    """The declaration (A3)."""

    declared = forms.BooleanField(
        label=_("I am authorised to supply this evidence and to bind the business."),
        error_messages={
            "required": _("Tick the declaration. Without it we may not look at the application.")
        },
    )
