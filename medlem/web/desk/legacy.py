"""Names of the former system that mean no model of the catalogue: staff say which model it is, see what was said,
and take it back while nothing came of it (B6, E4)."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from medlem.accounts.queries import names_of
from medlem.accounts.status import Role
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.products.former_names import (
    Linked,
    UnknownName,
    accounts_waiting_for,
    linked_names,
    unknown_name,
    unknown_names,
)
from medlem.products.models import ProductModel
from medlem.products.naming import name_model, unname_model
from medlem.products.queries import model_named, shown_names
from medlem.products.rules import nearest
from medlem.web.access import StaffRequest, staff
from medlem.web.forms import Form
from medlem.web.portal.import_rows import unknown_model

PAGE = 25
LATEST = 50
ROLES = (Role.SUPPORT, Role.MANAGER)


class NameForm(Form):
    """Which model a former name means; `sure` is the model that was shown with what it concerns."""

    name = forms.CharField(max_length=120, widget=forms.HiddenInput())
    sure = forms.CharField(max_length=120, widget=forms.HiddenInput(), required=False)
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=120,
        error_messages={"required": gettext_lazy("Choose the model.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "models", "spellcheck": "false"}),
    )

    def clean_model(self) -> ProductModel:
        typed = self.cleaned_data["model"]
        model = model_named(typed)
        if model is None:
            raise forms.ValidationError(unknown_model(typed))
        return model

    @property
    def was_shown(self) -> bool:
        return bool(self.cleaned_data["sure"] == self.cleaned_data["model"].code)


@dataclass(frozen=True, slots=True)
class NameRow:
    """A former name with what waits for it, names of the catalogue that look like it, and the form."""

    unknown: UnknownName
    close: list[str]
    form: NameForm


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """A former name that was linked, and by whom."""

    linked: Linked
    who: str


@staff(*ROLES)
@require_safe
def legacy(request: StaffRequest) -> HttpResponse:
    return _page(request, refused=None, status=200)


@staff(*ROLES)
def name_legacy(request: StaffRequest) -> HttpResponse:
    """Links a former name to a model (B6): shows whom it concerns first, as what is migrated by it stays."""
    if request.method != "POST":
        return redirect("desk:legacy")
    form = NameForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _page(request, refused=form, status=422)
    name, model = form.cleaned_data["name"], form.cleaned_data["model"]
    if not form.was_shown:
        return _confirm(request, name, model)
    try:
        name_model(model=model, name=name, by=request.user.as_staff, now=clock.now())
    except Refused as error:
        form.refuse(error)
        return _page(request, refused=form, status=422)
    said = _("“%(name)s” is %(model)s now. The businesses that waited are told that they can migrate.")
    messages.success(request, said % {"name": name, "model": model.name})
    return redirect("desk:legacy")


def _confirm(request: StaffRequest, name: str, model: ProductModel) -> HttpResponse:
    waiting = accounts_waiting_for(name)
    values = {
        "name": name,
        "model": model,
        "unknown": unknown_name(name),
        "waiting": waiting,
        "products": sum(products for _account, products in waiting),
    }
    return render(request, "desk/legacy_confirm.html", values)


@staff(*ROLES)
@require_POST
def unname_legacy(request: StaffRequest) -> HttpResponse:
    """Takes back what was said of a former name, while nothing was migrated by it (B6)."""
    name, model = request.POST.get("name", ""), model_named(request.POST.get("model", ""))
    if model is None:
        raise Http404
    try:
        unname_model(model=model, name=name, by=request.user.as_staff, now=clock.now())
    except Refused as error:
        messages.warning(request, str(error))
    else:
        said = _("“%(name)s” is no longer linked to %(model)s.")
        messages.success(request, said % {"name": name, "model": model.name})
    return redirect("desk:legacy")


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
    linked = linked_names(most=LATEST)
    who = names_of(each.event.actor_id for each in linked)
    values = {
        "page": page,
        "rows": rows,
        "models": sorted(names.values()),
        "linked": [LinkedRow(each, who.get(each.event.actor_id, "")) for each in linked],
    }
    return render(request, "desk/legacy.html", values, status=status)
