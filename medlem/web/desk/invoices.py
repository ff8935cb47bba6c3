"""Invoices at the desk: finding one, seeing how it stands, and entering its payment (D3, D4, E4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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
from medlem.payments.models import BankPayment
from medlem.payments.queries import payments_of, with_payments
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.payment_form import PaymentForm, TakeBackForm
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
    if request.method == "POST":
        if Role.FINANCE not in request.roles:
            raise Http404
        if form.is_valid() and enter(request, form):
            return redirect("desk:invoice", number)
    return _page(request, found, form)


@staff(Role.FINANCE)
def take_back(request: StaffRequest, *, public_id: UUID) -> HttpResponse:
    """Takes back a payment that was entered wrongly; the books keep it and its reversal (D7)."""
    payment = get_object_or_404(BankPayment.objects.select_related("entry__invoice"), public_id=public_id)
    found, form = _invoice(payment.entry.invoice.number), _take_back_form(payment, request.POST)
    if request.method != "POST":  # a refused page that is opened again, such as in the other language
        return redirect("desk:invoice", found.number)
    if form.is_valid():
        try:
            payments.take_back_bank_payment(
                payment=payment,
                reason=form.cleaned_data["reason"],
                by=request.user.as_staff,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            said = _("The payment of %(sum)s is taken back.")
            messages.success(request, said % {"sum": money(payment.amount)})
            return redirect("desk:invoice", found.number)
    return _page(request, found, PaymentForm(invoice=found), refused=(payment, form))


def _page(
    request: StaffRequest,
    found: Invoice,
    form: PaymentForm,
    *,
    refused: tuple[BankPayment, TakeBackForm] | None = None,
) -> HttpResponse:
    may_enter = Role.FINANCE in request.roles
    refusals = dict([refused]) if refused else {}
    entered = [(payment, refusals.get(payment, _take_back_form(payment))) for payment in payments_of(found)]
    context = {
        **context_of(found),
        "form": form if may_enter and (form.is_bound or found.status == InvoiceStatus.OPEN) else None,
        "payments": entered if may_enter else [],
    }
    return render(request, "desk/invoice.html", context, status=422 if form.is_bound or refused else 200)


def _take_back_form(payment: BankPayment, typed: Any = None) -> TakeBackForm:
    return TakeBackForm(typed, prefix=f"take-back-{payment.public_id}")  # as many as there are payments


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
            more=answers.get("more", False),
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
