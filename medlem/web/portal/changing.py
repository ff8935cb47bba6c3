"""Many products at once: setting details, removing, undoing the latest change (B9).

The address says which products: those ticked in the list (`product`), or all that it was narrowed to (`all`).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.memberships.queries import points_of
from medlem.products import changing
from medlem.products.models import Product
from medlem.products.queries import dealers_of
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.portal.living_forms import RemoveForm
from medlem.web.portal.product_form import ManyProductsForm
from medlem.web.portal.products import Wanted
from medlem.web.templatetags.medlem import number

NAMED = 10
"""How many of the chosen products the page names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The products that are to be changed."""

    keys: list[int]
    named: list[Product]

    @classmethod
    def by(cls, asked: QueryDict, account: Account) -> Chosen:
        """Those that the address names and that the account has; none are chosen where it names none."""
        wanted = Wanted.by(asked).of(account)
        if not asked.get("all"):
            wanted = wanted.filter(public_id__in=_ids(asked.getlist("product")))
        keys = list(wanted.values_list("pk", flat=True))
        return cls(keys, list(wanted.filter(pk__in=keys[:NAMED])))

    @property
    def others(self) -> int:
        return len(self.keys) - len(self.named)


@member
def change(request: MemberRequest) -> HttpResponse:
    """Sets date, country or dealer of the chosen products; the other form on the page removes them."""
    chosen = Chosen.by(request.GET, request.account)
    form = ManyProductsForm(
        request.POST if request.method == "POST" else None, today=clock.today(current().timezone)
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = changing.change_details(
                account=request.account,
                products=chosen.keys,
                changes=form.cleaned_data,
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            _tell(request, _changed(len(changed.before)))
            return _to_list(request)
    return _page(request, chosen, form=form)


@member
def remove(request: MemberRequest) -> HttpResponse:
    """Removes the chosen products, with a reason."""
    chosen = Chosen.by(request.GET, request.account)
    form = RemoveForm(request.POST, prefix="remove")
    if request.method != "POST" or not form.is_valid():
        return _page(request, chosen, remove=form if request.method == "POST" else None)
    try:
        changed = changing.remove_many(
            account=request.account,
            products=chosen.keys,
            gone=form.reason(),
            by=request.user.as_member,
            now=clock.now(),
        )
    except Refused as error:
        messages.error(request, str(error))
    else:
        _tell(request, _removed(len(changed.before)))
    return _to_list(request)


@member
def undo(request: MemberRequest) -> HttpResponse:
    """Undoes the latest change; the form names it, so that a second click undoes nothing else."""
    if request.method != "POST":
        return redirect("portal:products")
    last = changing.last_change(request.account, now=clock.now())
    if last is None or str(last.public_id) != request.POST.get("change"):
        messages.warning(request, _("This change cannot be undone any more."))
        return redirect("portal:products")
    count = changing.undo(change=last, by=request.user.as_member, now=clock.now())
    said = ngettext("%(count)s product is as it was.", "%(count)s products are as they were.", count)
    _tell(request, said % {"count": number(count)})
    return redirect("portal:products")


def _to_list(request: MemberRequest) -> HttpResponse:
    """Back to the list, narrowed as it was."""
    return redirect(f"{reverse('portal:products')}?{urlencode(Wanted.by(request.GET).hidden())}".rstrip("?"))


def _page(
    request: MemberRequest,
    chosen: Chosen,
    *,
    form: ManyProductsForm | None = None,
    remove: RemoveForm | None = None,
) -> HttpResponse:
    if not chosen.keys:
        messages.warning(request, _("Choose the products first: tick them in the list."))
        return redirect("portal:products")
    form = form or ManyProductsForm(today=clock.today(current().timezone))
    values = {
        "chosen": chosen,
        "form": form,
        "remove_form": remove or RemoveForm(prefix="remove"),
        "dealers": dealers_of(request.account),
        "asked": request.GET.urlencode(),
    }
    wrong = form.errors or (remove and remove.errors)
    return render(request, "portal/products_change.html", values, status=422 if wrong else 200)


def _tell(request: MemberRequest, said: str) -> None:
    total = _("You have %(total)s points now.") % {"total": number(points_of(request.account))}
    messages.success(request, f"{said} {total}")


def _changed(count: int) -> str:
    said = ngettext("%(count)s product was changed.", "%(count)s products were changed.", count)
    return said % {"count": number(count)}


def _removed(count: int) -> str:
    said = ngettext("%(count)s product was removed.", "%(count)s products were removed.", count)
    return said % {"count": number(count)}


def _ids(texts: list[str]) -> list[UUID]:
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError as error:
            raise Http404 from error
    return ids
