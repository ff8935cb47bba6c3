"""The bank page: a transfer is entered by its KID, and what was entered is listed (D4, E4). Finance only."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from medlem.accounts.queries import names_of
from medlem.accounts.status import Role
from medlem.payments.queries import payments_entered
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.invoices import enter
from medlem.web.desk.payment_form import KidPaymentForm

ON_A_PAGE = 50


@staff(Role.FINANCE)
def bank(request: StaffRequest) -> HttpResponse:
    """One line of the statement after the other; what was wrong stays typed."""
    form = KidPaymentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and enter(request, form):
        return redirect("desk:bank")
    page = Paginator(payments_entered(), ON_A_PAGE).get_page(request.GET.get("page"))
    names = names_of(payment.entered_by_id for payment in page)
    context = {
        "form": form,
        "page": page,
        "rows": [(payment, names.get(payment.entered_by_id, "")) for payment in page],
    }
    return render(request, "desk/bank.html", context, status=422 if form.is_bound else 200)
