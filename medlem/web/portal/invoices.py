"""The member's invoices: what is to be paid or was, how and on which day (C5, D2, D3), and another card (D5)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medlem.billing import actions as billing
from medlem.billing.models import Invoice
from medlem.billing.providers import cards_are_taken
from medlem.billing.queries import invoices_of
from medlem.billing.status import InvoiceStatus, Means
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.core.money import Money
from medlem.payments import confirming
from medlem.payments.queries import charge_to_confirm, last_charge, with_payments
from medlem.payments.status import ChargeStatus
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.invoices import context_of, pdf_of, row_of
from medlem.web.templatetags.medlem import money, reader

ON_A_PAGE = 25


@member
def invoices(request: MemberRequest) -> HttpResponse:
    """All invoices of the business, newest first."""
    today = clock.today(current().timezone)
    page = Paginator(with_payments(invoices_of(request.account)), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [row_of(each, today=today) for each in page]
    context = {"page": page, "rows": rows, "questions": current().faq_on("invoices")}
    return render(request, "portal/invoices.html", context)


@member
def invoice(request: MemberRequest, *, number: int) -> HttpResponse:
    found = _invoice(request, number)
    other_card = found.status == InvoiceStatus.OPEN and found.means == Means.CARD and cards_are_taken()
    context = {
        **context_of(found),
        "can_use_other_card": other_card,
        "can_confirm": charge_to_confirm(found) is not None,
        "questions": current().faq_on("invoices"),
    }
    return render(request, "portal/invoice.html", context)


@member
def invoice_pdf(request: MemberRequest, *, number: int) -> HttpResponse:
    """The PDF as it was sent; until the worker has made it, a page that says so (D2, D3)."""
    found = _invoice(request, number)
    return pdf_of(found) or render(request, "portal/invoice_waiting.html", {"invoice": found}, status=202)


@member
@require_POST
def new_card(request: MemberRequest, *, number: int) -> HttpResponse:
    """To the provider's page, to charge this invoice to another card (D5)."""
    found = _invoice(request, number)
    back = request.build_absolute_uri(reverse("portal:card_saved", args=[number]))
    try:
        url, session = billing.begin_card(reference=found.public_id, return_url=back, language=reader())
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("portal:invoice", number)
    # The provider does not tell on the way back which page it was.
    request.session[_key(number)] = session
    return redirect(url)


@member
@require_POST
def confirm(request: MemberRequest, *, number: int) -> HttpResponse:
    """To the provider's page, on which the cardholder confirms the charge that waits (D5)."""
    found = _invoice(request, number)
    back = request.build_absolute_uri(reverse("portal:charge_confirmed", args=[number]))
    try:
        return redirect(confirming.begin(invoice=found, return_url=back, language=reader(), now=clock.now()))
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("portal:invoice", number)


@member
def confirmed(request: MemberRequest, *, number: int) -> HttpResponse:
    """Back from there; what became of the charge is booked once, and loaded again it says the same (D5)."""
    last = last_charge(_invoice(request, number))
    if last is None:
        return redirect("portal:invoice", number)
    try:
        made = confirming.learn(charge_id=last.pk, now=clock.now())
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("portal:invoice", number)
    values = {"sum": money(Money(made.amount_minor, made.invoice.currency)), "card": made.card}
    if made.status == ChargeStatus.SUCCEEDED:
        messages.success(request, _("%(sum)s was charged to %(card)s.") % values)
    else:
        said = _("The payment was not confirmed, so nothing was charged to %(card)s.")
        messages.warning(request, said % values)
    return redirect("portal:invoice", number)


@member
def card_saved(request: MemberRequest, *, number: int) -> HttpResponse:
    """Back from the provider's page; loaded again it says the same (D5)."""
    found = _invoice(request, number)
    session = request.session.get(_key(number))
    if session is None:
        return redirect("portal:invoice", number)
    try:
        card = billing.save_card(
            account=found.account, session=session, by=request.user.as_member, now=clock.now()
        )
    except Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("%(card)s is saved. What is open is charged to it.") % {"card": card})
    return redirect("portal:invoice", number)


def _invoice(request: MemberRequest, number: int) -> Invoice:
    return get_object_or_404(with_payments(invoices_of(request.account)), number=number)


def _key(number: int) -> str:
    return f"card-session-{number}"
