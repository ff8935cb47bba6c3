"""Living with a product: showing that it is one's own, giving it away, lost and found, removing it (B4, B7, B8).

Each is a form on the product's page; what is refused is said there.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medlem.core import clock
from medlem.core.errors import Refused
from medlem.memberships.queries import points_of
from medlem.products import actions, changing, disputes, transfers
from medlem.products.queries import former_product_of
from medlem.products.status import Missing
from medlem.web.access import MemberRequest, member
from medlem.web.portal.living_forms import GiveForm, MissingForm, RemoveForm, StatementForm
from medlem.web.portal.product import own_product, product_page, today
from medlem.web.templatetags.medlem import day, number


@member
def statement(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Tells support what one has to say of a disputed serial number, with a receipt (B4)."""
    found = own_product(request.account, public_id)
    form = StatementForm(request.POST, request.FILES, prefix="statement")
    if request.method != "POST":
        return redirect("portal:product", public_id)
    if form.is_valid():
        try:
            disputes.state(
                product=found,
                text=form.cleaned_data["text"],
                upload=form.cleaned_data["file"],
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Support has it. You are told by e-mail when it is settled."))
            return redirect("portal:product", public_id)
    return product_page(request, found, statement=form)


@member
def give(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Offers the product to another account (B8)."""
    found = own_product(request.account, public_id)
    form = GiveForm(request.POST, prefix="give")
    if request.method != "POST":
        return redirect("portal:product", public_id)
    if form.is_valid():
        try:
            offered = transfers.offer(
                product=found, **form.cleaned_data, by=request.user.as_member, now=clock.now()
            )
        except Refused as error:
            form.refuse(error)
        else:
            said = _("Offered to account %(number)s until %(day)s. Until it is accepted, nothing changes.")
            words = {"number": offered.to_account.number, "day": day(offered.expires_on)}
            messages.success(request, said % words)
            return redirect("portal:product", public_id)
    return product_page(request, found, give=form)


@member
def missing(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Marks the product as lost or stolen (B8)."""
    found = own_product(request.account, public_id)
    form = MissingForm(request.POST, prefix="missing", today=today())
    if request.method != "POST":
        return redirect("portal:product", public_id)
    if form.is_valid():
        try:
            actions.mark_missing(
                product=found,
                missing_as=Missing(form.cleaned_data["missing_as"]),
                since_on=form.cleaned_data["since_on"],
                note=form.cleaned_data["note"],
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("It is marked. Staff who look the serial number up are told."))
            return redirect("portal:product", public_id)
    return product_page(request, found, missing=form)


@member
def found(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Takes the mark away (B8)."""
    product = own_product(request.account, public_id)
    if request.method == "POST":
        actions.mark_found(product=product, by=request.user.as_member, now=clock.now())
        messages.success(request, _("The mark is taken away."))
    return redirect("portal:product", public_id)


@member
def remove(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Removes a product, with the reason (B7, B8)."""
    product = own_product(request.account, public_id)
    form = RemoveForm(request.POST, prefix="remove")
    if request.method != "POST":
        return redirect("portal:product", public_id)
    if not form.is_valid():
        return product_page(request, product, remove=form)
    actions.remove(product=product, gone=form.reason(), by=request.user.as_member, now=clock.now())
    total = number(points_of(request.account))
    said = _("%(product)s was removed. You have %(total)s points now.")
    address = reverse("portal:product", args=[public_id])
    undo = format_html('<a href="{}">{}</a>', address, _("See it, or undo the removal within a day"))
    words = said % {"product": product.model.name, "total": total}
    messages.success(request, format_html("{} {}", words, undo))
    return redirect("portal:products")


@member
@require_POST
def bring_back(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Undoes a removal within a day (B8)."""
    former = former_product_of(request.account, public_id)
    if former is None:
        return redirect("portal:product", own_product(request.account, public_id).public_id)
    try:
        changing.bring_back(product=former, by=request.user.as_member, now=clock.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        total = number(points_of(request.account))
        said = _("%(product)s is in your list again. You have %(total)s points now.")
        messages.success(request, said % {"product": former.model.name, "total": total})
    return redirect("portal:product", public_id)
