"""Help, terms and privacy: what the programme file says, for everybody (E2)."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from medlem.accounts.queries import account_of
from medlem.programme import current
from medlem.programme.schema import Document

SUBJECTS = {
    "apply": _("Applying"),
    "evidence": _("Evidence"),
    "status": _("Waiting for the answer"),
    "password": _("Password"),
    "products": _("Products and points"),
    "migration": _("Products of a former membership"),
    "membership": _("Membership"),
    "payment": _("Payment"),
    "invoices": _("Invoices"),
    "business": _("Your business"),
}


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Every question of the programme by subject, and who else helps. Members keep their tabs (B1)."""
    subjects = [
        {"key": page, "heading": SUBJECTS[page], "questions": list(questions)}
        for page, questions in groupby(current().faq, key=lambda question: question.page)
    ]
    base = "portal.html" if account_of(request.user) else "public.html"
    return render(request, "public/help.html", {"subjects": subjects, "base": base})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of membership in force (C5)."""
    return _document(request, _("Terms of membership"), current().terms_of_membership)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored about people, and for how long."""
    return _document(request, _("Privacy"), current().privacy)


def _document(request: HttpRequest, heading: object, document: Document) -> HttpResponse:
    return render(request, "public/document.html", {"heading": heading, "document": document})
