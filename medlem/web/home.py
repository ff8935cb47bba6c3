"""The first page of each kind of visitor, and the choice of language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from medlem.accounts.queries import account_of, roles_of
from medlem.applications.status import ApplicationStatus
from medlem.programme import current
from medlem.web.public import drafts


def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` goes to the language that the visitor's browser or cookie asks for, else the programme's."""
    language = translation.get_language_from_request(request)
    if language not in current().languages:
        language = current().default_language
    with translation.override(language):
        return redirect(reverse("home"))


def home(request: HttpRequest) -> HttpResponse:
    """Members come to their overview, staff to the desk, everyone else to the way in."""
    if account_of(request.user):
        return redirect("portal:overview")
    if roles_of(request.user):
        return redirect("desk:home")
    application = drafts.present(request)
    is_draft = application is not None and application.status == ApplicationStatus.DRAFT
    return render(request, "home.html", {"questions": current().faq_on("apply"), "draft": is_draft})
