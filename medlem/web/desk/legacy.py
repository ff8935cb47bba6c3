"""Names of the former system that mean no model of the catalogue: staff say which model it is (B6, E4)."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from medlem.accounts.status import Role
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.products.former import UnknownName, unknown_names
from medlem.products.migration import name_model
from medlem.products.models import ProductModel
from medlem.products.queries import model_named, shown_names
from medlem.products.rules import nearest
from medlem.web.access import StaffRequest, staff
from medlem.web.forms import Form

PAGE = 25
ROLES = (Role.SUPPORT, Role.MANAGER)


class NameForm(Form):
    """Which model a former name means."""

    name = forms.CharField(max_length=120, widget=forms.HiddenInput())
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=120,
        error_messages={"required": gettext_lazy("Choose the model.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "models", "spellcheck": "false"}),
    )

    def clean_model(self) -> ProductModel:
        model = model_named(self.cleaned_data["model"])
        if model is None:
            raise forms.ValidationError(_("The catalogue has no such model. Choose one from the list."))
        return model


@dataclass(frozen=True, slots=True)
class NameRow:
    """A former name with what waits for it, names of the catalogue that look like it, and the form."""

    unknown: UnknownName
    close: list[str]
    form: NameForm


@staff(*ROLES)
@require_safe
def legacy(request: StaffRequest) -> HttpResponse:
    return _page(request, refused=None, status=200)


@staff(*ROLES)
def name_legacy(request: StaffRequest) -> HttpResponse:
    """Links a former name to a model; what waited for it can be migrated at once (B6)."""
    if request.method != "POST":
        return redirect("desk:legacy")
    form = NameForm(request.POST, auto_id=False)
    if form.is_valid():
        name, model = form.cleaned_data["name"], form.cleaned_data["model"]
        try:
            name_model(model=model, name=name, by=request.user.as_staff, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            said = _("“%(name)s” is %(model)s now. Its products can be migrated.")
            messages.success(request, said % {"name": name, "model": model.name})
            return redirect("desk:legacy")
    return _page(request, refused=form, status=422)


def _page(request: StaffRequest, *, refused: NameForm | None, status: int) -> HttpResponse:
    page = Paginator(unknown_names(), PAGE).get_page(request.GET.get("page"))
    rows, names = [], shown_names()
    for place, unknown in enumerate(page):
        if refused and refused.data.get("name") == unknown.name:
            form = refused
        else:
            form = NameForm(initial={"name": unknown.name})
        form.auto_id = f"name{place}_%s"
        rows.append(NameRow(unknown, nearest(unknown.name, names), form))
    values = {"page": page, "rows": rows, "models": sorted(names.values())}
    return render(request, "desk/legacy.html", values, status=status)
