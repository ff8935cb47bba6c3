"""Invoices at the desk: finding one, seeing how it stands, and entering its payment (D3, D4, E4)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from medlem.accounts.status import Role
from medlem.billing.models import Invoice
from medlem.billing.queries import InvoiceFilter, find_invoices
from medlem.billing.status import InvoiceStatus
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.payments import actions as payments
from medlem.payments.queries import with_payments
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.payment_form import PaymentForm
from medlem.web.invoices import context_of, pdf_of, row_of
from medlem.web.templatetags.medlem import money

ON_A_PAGE = 50


@staff(Role.FINANCE, Role.MANAGER)
def invoices(request: StaffRequest) -> HttpResponse:
    """All invoices, by number, KID, organisation number or business, and by how they stand."""
    today = clock.today(current().timezone)
    search, status = request.GET.get("q", ""), request.GET.get("status", "")
    found = with_payments(find_invoices(search=search, status=status, today=today))
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "q": search,
        "status": status,
        "statuses": [("", _("All")), *InvoiceFilter.choices],
        "page": page,
        "rows": [row_of(invoice, today=today) for invoice in page],
    }
    return render(request, "desk/invoices.html", context)


@staff(Role.FINANCE, Role.MANAGER)
def invoice(request: StaffRequest, *, number: int) -> HttpResponse:
    """The invoice as its buyer sees it; finance enters a payment here."""
    found = _invoice(number)
    form = PaymentForm(request.POST if request.method == "POST" else None, invoice=found)
    may_enter = Role.FINANCE in request.roles
    if request.method == "POST":
        if not may_enter:
            raise Http404
        if form.is_valid() and enter(request, form):
            return redirect("desk:invoice", number)
    shows_form = form.is_bound or (may_enter and found.status == InvoiceStatus.OPEN)
    context = {**context_of(found), "form": form if shows_form else None}
    return render(request, "desk/invoice.html", context, status=422 if form.is_bound else 200)


@staff(Role.FINANCE, Role.MANAGER)
def invoice_pdf(request: StaffRequest, *, number: int) -> HttpResponse:
    """The PDF as it was sent."""
    found = _invoice(number)
    pdf = pdf_of(found)
    if pdf is None:
        messages.info(request, _("The PDF is being made. It is ready within minutes."))
        return redirect("desk:invoice", number)
    return pdf


def enter(request: StaffRequest, form: PaymentForm) -> bool:
    """Books what the valid form says; a refusal stands in the form afterwards, with what was typed."""
    assert form.invoice is not None
    answers = form.cleaned_data
    try:
        payment = payments.enter_bank_payment(
            invoice=form.invoice,
            amount=answers["amount"],
            received_on=answers["received_on"],
            bank_reference=answers["bank_reference"],
            by=request.user.as_staff,
            now=clock.now(),
        )
    except Refused as error:
        form.refuse(error)
        return False
    said = _("%(sum)s is entered for invoice %(number)s, %(business)s.")
    invoice = payment.entry.invoice
    values = {"sum": money(answers["amount"]), "number": invoice.number, "business": invoice.buyer["name"]}
    messages.success(request, said % values)
    return True


def _invoice(number: int) -> Invoice:
    return get_object_or_404(with_payments(Invoice.objects.select_related("account")), number=number)
