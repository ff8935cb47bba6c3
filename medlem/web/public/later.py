"""Continuing later: a link to the draft by mail, and taking it up again by that link (A1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medlem.applications import actions
from medlem.applications.queries import draft_by_link
from medlem.applications.status import ApplicationStatus
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.programme import current
from medlem.web.public import drafts
from medlem.web.public.forms import ResumeForm
from medlem.web.public.private import private, revisitable
from medlem.web.templatetags.medlem import email as readable
from medlem.web.throttle import RESUMES, RESUMES_TO_ONE, allowed, throttled, too_many


@revisitable
@throttled(RESUMES)
def continue_later(request: HttpRequest) -> HttpResponse:
    """Mails a link with which the draft goes on, on any device (A1)."""
    draft = drafts.present(request)
    if draft is None or draft.status != ApplicationStatus.DRAFT:
        return redirect("public:start")
    form = ResumeForm(request.POST or None, initial={"email": draft.email})
    if form.is_valid():
        email = form.cleaned_data["email"]
        if not allowed(RESUMES_TO_ONE, email.casefold()):
            return too_many(request)
        try:
            actions.mail_resume_link(application=draft, email=email, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("The link is on its way to %(email)s.") % {"email": readable(email)})
            return redirect("home")
    values = {"form": form, "days": current().deadlines.resume_link_days}
    return render(request, "public/continue_later.html", values, status=422 if form.is_bound else 200)


@private
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Takes up a draft by its mailed link."""
    draft = draft_by_link(token, now=clock.now())
    if draft is None:
        values = {"days": current().deadlines.resume_link_days}
        return render(request, "public/resume_dead.html", values, status=410)
    drafts.hold(request, draft)
    return redirect("public:start")
