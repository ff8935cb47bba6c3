"""Every component in every state, on one page: to look at, and for the accessibility checks to walk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem import programme
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.core.money import Money
from medlem.web.forms import DateInput, Form, Option
from medlem.web.middleware import chosen_language


class SampleForm(Form):
    """One field of each shape."""

    registration_number = forms.CharField(
        label=gettext_lazy("Organisation number"), help_text=gettext_lazy("Nine digits, as in the register.")
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=[("NO", "Norge"), ("SE", "Sverige"), ("DK", "Danmark")]
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    phone = forms.CharField(label=gettext_lazy("Phone"), widget=forms.TelInput(), required=False)
    purchased_on = forms.DateField(label=gettext_lazy("Purchase date"), widget=DateInput())
    price = forms.CharField(label=gettext_lazy("Fee"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    vat_registered = forms.ChoiceField(
        label=gettext_lazy("VAT-registered"),
        widget=forms.RadioSelect(),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )
    means = forms.ChoiceField(
        label=gettext_lazy("How do you want to pay?"),
        widget=forms.RadioSelect(),
        choices=[
            ("card", Option(gettext_lazy("Card"), hint=gettext_lazy("Nothing is charged today."))),
            (
                "bank",
                Option(
                    gettext_lazy("Bank transfer"), hint=gettext_lazy("Your bank may charge for the transfer.")
                ),
            ),
        ],
    )
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"), help_text=gettext_lazy("PDF or picture, at most 10 MB each.")
    )
    declared = forms.BooleanField(label=gettext_lazy("I am authorised to bind the business."))

    widths = {"registration_number": "short", "phone": "medium", "price": "short"}


@chosen_language
def components(request: HttpRequest) -> HttpResponse:
    refused = SampleForm(QueryDict("refused-registration_number=923&refused-email=kari"), prefix="refused")
    refused.refuse(Refused(_("The business has an account already."), field="registration_number"))
    return render(
        request,
        "demo/components.html",
        {
            "form": SampleForm(
                initial={"means": "card", "country": "NO", "registration_number": "923609016"}
            ),
            "refused_form": refused,
            "steps": _steps(),
            "stages": _stages(),
            "marks": [
                {"points": level.points, "label": level.name}
                for level in programme.current().levels_of("individual")
            ],
            "products": _products(),
            "page": Paginator(range(1, 1241), 25).page(3),
            "due_on": clock.today(programme.current().timezone) + timedelta(days=30),
            "fee": Money(239_000, "NOK"),
            "vat": Money(59_750, "NOK"),
            "total": Money(298_750, "NOK"),
            "now": clock.now(),
            "benefits": programme.current().levels[0].benefits,
            "filters": [("", _("All kinds")), ("body", _("Camera bodies")), ("lens", _("Lenses"))],
        },
    )


def _steps() -> list[dict[str, Any]]:
    labels = [
        _("Business"),
        _("VAT and evidence"),
        _("Contact person"),
        _("Business information"),
        _("Check and send"),
    ]
    states = ["done", "current", "to-come", "to-come", "to-come"]
    return [
        {"label": label, "state": state, "url": "#steps" if state == "done" else ""}
        for label, state in zip(labels, states, strict=True)
    ]


def _stages() -> dict[str, list[dict[str, str]]]:
    received = {"label": _("Received"), "state": "done", "detail": "23.11.2026"}
    return {
        "waiting": [
            received,
            {"label": _("Being validated"), "state": "current", "detail": _("We are at it.")},
            {"label": _("Account ready"), "state": "to-come"},
        ],
        "needs": [
            received,
            {"label": _("More information wanted"), "state": "needs", "detail": _("We wait for you.")},
            {"label": _("Account ready"), "state": "to-come"},
        ],
        "refused": [received, {"label": _("Declined"), "state": "refused"}],
    }


def _products() -> list[dict[str, Any]]:
    return [
        {"name": "EOS R5 Mark II", "serial": "023021000484", "complete": True, "points": 310},
        {"name": "RF 70-200mm F2.8L IS USM", "serial": "", "complete": False, "points": 215},
        {"name": "Speedlite EL-1", "serial": "4200117780", "complete": True, "points": 1240},
    ]
