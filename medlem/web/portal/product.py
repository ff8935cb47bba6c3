"""One product of the member's: registering it, and its page with form and history (B2 to B4).

The other forms of that page are taken in by `living.py`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.events.queries import history_of
from medlem.memberships.queries import entry_for, points_of
from medlem.products import actions
from medlem.products.changing import can_come_back
from medlem.products.contested import dispute_about, given_to, open_offer, statements_of
from medlem.products.models import Product, points_on
from medlem.products.queries import (
    dealers_of,
    details_of,
    former_product_of,
    model_named,
    models_matching,
    next_needing_details,
    product_of,
    row_of,
)
from medlem.products.rules import missing_details, unusual_shape
from medlem.products.status import ProductStatus
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.countries import country_name
from medlem.web.forms import Form
from medlem.web.history import history
from medlem.web.portal.details import named
from medlem.web.portal.living_forms import GiveForm, MissingForm, RemoveForm, StatementForm
from medlem.web.portal.product_form import NewProductForm, OwnProductForm, models_like
from medlem.web.templatetags.medlem import day, number

NEXT_PRODUCT = "next_product"
"""The key of the session for what the form of the next product starts with."""

LISTED = 200
"""Models that the field offers at once; typing narrows them."""


@member
def add(request: MemberRequest) -> HttpResponse:
    """Registers one product, or with *Save and add another* one after the other (B2, B5)."""
    known = {
        "purchase_country": request.account.country,
        **request.session.get(NEXT_PRODUCT, {}),
        **_like(request.account, request.GET.get("like", "")),
    }
    form = NewProductForm(request.POST or None, initial=known, today=today())
    if request.method == "POST" and form.is_valid():
        try:
            product = actions.add(
                account=request.account,
                model=form.cleaned_data["model"],
                details=form.details(),
                public_id=form.cleaned_data["product"],
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            request.session[NEXT_PRODUCT] = form.for_the_next()
            _tell(request, product)
            again = f"{reverse('portal:add')}?another=1"
            return redirect(again if "another" in request.POST else "portal:products")
    context = {
        "form": form,
        **_facts(str(form["model"].value() or "")),
        "models": models_matching("", most=LISTED),
    }
    return _form_page(request, "portal/product_add.html", form, context)


def _like(account: Account, public_id: str) -> dict[str, Any]:
    """What the form starts with for another piece of what the account has: all but its serial number."""
    try:
        found = product_of(account, UUID(public_id), today=today())
    except ValueError:
        return {}
    if found is None:
        return {}
    return {**asdict(details_of(found)), "model": found.model.name, "serial_number": ""}


@member
@require_safe
def models(request: MemberRequest) -> HttpResponse:
    """What there is to know of the model that is being typed: its points, where its serial number stands, and
    which names go on like that."""
    return render(request, "portal/product_models.html", _facts(request.GET.get("model", "")))


@member
def product(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The form of a product, what is missing first and in focus (B3); below it what became of it (E3)."""
    found = product_of(request.account, public_id, today=today())
    if found is None:
        return former_product(request, public_id)
    form = _form_of(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.change(
                product=found,
                details=form.details(),
                seen=form.cleaned_data["seen"],
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            _tell(request, saved)
            following = next_needing_details(request.account, after=saved) if "next" in request.POST else None
            return (
                redirect("portal:product", following.public_id) if following else redirect("portal:products")
            )
    return product_page(request, found, form=form)


def former_product(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """A product that the account had: what it was, when and why it went, and its history (B8, E3)."""
    found = former_product_of(request.account, public_id)
    if found is None:
        raise Http404
    if request.method == "POST":
        messages.warning(
            request, _("This product was removed meanwhile. Register it again, or undo the removal.")
        )
        return redirect("portal:product", public_id)
    context = {
        "product": found,
        "country": country_name(found.purchase_country),
        "given_to": given_to(found),
        "can_come_back": can_come_back(found, now=clock.now()),
        "history": history(reversed(history_of(found.public_id))),
    }
    return render(request, "portal/product_former.html", context)


def _form_of(request: MemberRequest, found: Product) -> OwnProductForm:
    """The details in the form: as they were sent to the product's own address, else as they are kept."""
    own = request.method == "POST" and request.path == reverse("portal:product", args=[found.public_id])
    return OwnProductForm(
        request.POST if own else None,
        initial=asdict(details_of(found)),
        missing=row_of(found).missing,
        today=today(),
    )


def product_page(
    request: MemberRequest, found: Product, *, form: OwnProductForm | None = None, **refused: Form
) -> HttpResponse:
    """The page of a product. `refused` are forms of `living` that came back: statement, give, missing, remove."""
    row = row_of(found)
    dispute = dispute_about(found)
    details = form or _form_of(request, found)
    context = {
        "form": details,
        "row": row,
        "missing": named(row.missing),
        "entry": entry_for(found.public_id),
        "over": not found.model.qualifies_on(today()),
        "unusual": bool(found.serial_number) and unusual_shape(found.serial_number, found.model.serial_hint),
        "next": next_needing_details(request.account, after=found),
        "history": history(reversed(history_of(found.public_id))),
        "dispute": dispute,
        "statements": statements_of(request.account, dispute) if dispute else [],
        "offer": open_offer(found),
        "statement_form": refused.get("statement") or StatementForm(prefix="statement"),
        "give_form": refused.get("give") or GiveForm(prefix="give"),
        "missing_form": refused.get("missing") or MissingForm(prefix="missing", today=today()),
        "remove_form": refused.get("remove") or RemoveForm(prefix="remove"),
    }
    wrong = next((each for each in refused.values() if each.errors), None)
    return _form_page(request, "portal/product.html", wrong or details, context)


def own_product(account: Account, public_id: UUID) -> Product:
    """The account's product, or 404."""
    found = product_of(account, public_id, today=today())
    if found is None:
        raise Http404
    return found


def today() -> date:
    return clock.today(current().timezone)


def _form_page(request: MemberRequest, template: str, form: Form, context: dict[str, Any]) -> HttpResponse:
    shared = {"dealers": dealers_of(request.account), "questions": current().faq_on("products")}
    return render(request, template, {**shared, **context}, status=422 if form.errors else 200)


def _facts(typed: str) -> dict[str, Any]:
    """The model that is meant, with its points today; and the models to choose from."""
    model = model_named(typed)
    scanned = model is not None and typed.strip().isdecimal()
    return {
        "found": model,
        "typed": typed,
        "value": points_on(model, today()) if model else 0,
        "over": model is not None and not model.qualifies_on(today()),
        "models": [model.name]
        if model and scanned
        else models_matching(typed, most=LISTED) or models_like(typed),
    }


def _tell(request: MemberRequest, product: Product) -> None:
    """Says what saving came to: the points, or what is missing (B3); and a serial number worth a look (B4)."""
    entry, until = entry_for(product.public_id), product.model.qualifies_until
    words = {
        "product": product.model.name,
        "points": number(entry.points if entry else 0),
        "total": number(points_of(request.account)),
        "missing": named(missing_details(details_of(product))),
        "serial": product.serial_number,
        "until": day(until),
    }
    if product.status == ProductStatus.DISPUTED:
        said = _("%(product)s is saved. Support is looking into its serial number; it counts no points yet.")
        messages.warning(request, said % words)
    else:
        complete = product.status == ProductStatus.COMPLETE
        tell = messages.success if complete else messages.warning
        tell(request, _saved(product, counts=entry is not None) % words)
    if product.serial_number and unusual_shape(product.serial_number, product.model.serial_hint):
        said = _(
            "Serial numbers of %(product)s usually look different from %(serial)s. Compare it once more."
        )
        messages.info(request, said % words)


def _saved(product: Product, *, counts: bool) -> str:
    """What saving came to, by what is missing and by whether the model counts, and until when (B3, B7)."""
    until = product.model.qualifies_until
    over = not product.model.qualifies_on(today())
    if product.status == ProductStatus.COMPLETE:
        if counts and until and not over:
            return _(
                "%(product)s is complete: %(points)s points, which count until %(until)s."
                " You have %(total)s points now."
            )
        if counts:
            return _("%(product)s is complete: %(points)s points. You have %(total)s points now.")
        if over:
            return _(
                "%(product)s is complete. It gives no points: this model counts no longer, and did until %(until)s."
            )
        return _("%(product)s is complete. Its model gives no points today.")
    if over:
        return _(
            "%(product)s is saved. Still missing: %(missing)s. It gives no points: this model counts no longer,"
            " and did until %(until)s."
        )
    if until:
        return _(
            "%(product)s is saved. Still missing: %(missing)s. Its points count when that is filled in,"
            " until %(until)s."
        )
    return _("%(product)s is saved. Still missing: %(missing)s. Its points count when that is filled in.")
