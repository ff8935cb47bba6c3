"""Applying for a business account, in five steps that nobody has to sign in for (A1–A4).

`step` opens the page of each step; the forms are in `steps`, the look-up is in `lookup`. Every button of a
step saves what was typed: *Continue* wants it complete, *Back*, *Continue later* and the list of steps take it
as it is. Where a script may, each answer is saved as it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from medlem.applications import actions
from medlem.applications.evidence import SameFile
from medlem.applications.models import Application
from medlem.applications.postcodes import place_of
from medlem.applications.queries import answers_of, documents_of, draft_by_link, open_step
from medlem.applications.rules import STEPS
from medlem.applications.status import ApplicationStatus
from medlem.core import clock
from medlem.programme import current
from medlem.programme.schema import Page
from medlem.web.public import drafts, steps
from medlem.web.public.documents import of_draft, taken, to_status
from medlem.web.public.fields import StepForm
from medlem.web.public.forms import ResumeForm
from medlem.web.public.lookup import Found, country_of, filled, kept, look_up, with_place
from medlem.web.public.parts import part_of
from medlem.web.public.private import private
from medlem.web.public.uploads import sized, too_large
from medlem.web.templatetags.medlem import text
from medlem.web.throttle import (
    ANSWERS,
    LOOK_UPS,
    MAILS,
    MAILS_TO_ONE,
    UPLOADS,
    allowed,
    client,
    throttled,
    too_many,
)

QUESTIONS: dict[str, Page] = {"business": "apply", "evidence": "evidence"}
KEPT_ON = {
    "evidence": "change from:#id_vat_registered, change from:#id_vat_number",
    "contact": "change from:closest form, input delay:1s from:closest form",
    "information": "change from:closest form, input delay:1s from:closest form",
}
"""On what a script saves a step; the first one asks the register instead, and documents go by themselves."""
NEXT, BACK, LATER, STAY, LOOK, KEEP = "next", "back", "later", "stay", "look", "keep"


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Goes on where the application of this browser stands, or begins one."""
    application = drafts.present(request)
    if application is None or application.status != ApplicationStatus.DRAFT:
        drafts.let_go(request)
        return redirect("public:step", step="business")
    return redirect("public:step", step=open_step(application))


@never_cache
@sized
@throttled(ANSWERS)
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One step. A later one opens when those before it are complete; a sent application has its status page."""
    if step not in PAGES:
        raise Http404
    application = drafts.present(request)
    if application is None:
        return business(request, None) if step == "business" else redirect("public:start")
    if application.status != ApplicationStatus.DRAFT:
        return to_status(request, application)
    names = list(STEPS)
    if names.index(step) > names.index(open_step(application)):
        return redirect("public:start")
    try:
        return PAGES[step](request, application)
    except actions.SentAlready:
        return to_status(request, application)


# --- the steps ------------------------------------------------------------------------------------


def business(request: HttpRequest, draft: Application | None) -> HttpResponse:
    """Step 1. Asks the register before it goes on, so that the number alone is enough (A2)."""
    if request.method != "POST":
        return _page(request, draft, "business", _saved_business(request, draft))
    going = _going(request)
    is_asked = going in (NEXT, STAY, LOOK)
    found = look_up(request.POST) if is_asked else Found(country_of(request.POST.get("country", "")))
    typed, locked = filled(request.POST, found), found.entity is not None
    if going == LOOK:
        return _page(
            request, draft, "business", steps.BusinessForm(initial=typed, found=found, locked=locked)
        )
    form = steps.BusinessForm(typed, found=found, locked=locked)
    if draft or going != NEXT or form.is_valid():
        draft = _save_business(request, draft, form)
    if going == NEXT and form.errors:
        return _page(request, draft, "business", form, status=422)
    if going == NEXT and found.entity and request.POST.get("seen") != found.number:
        if found.belongs_elsewhere:
            going = STAY  # whose number it is, and which is the right one, is read before going on
        else:
            for word in found.words:
                messages.warning(request, word.text)
    return _leave(request, draft, "business", form, going)


def _save_business(
    request: HttpRequest, draft: Application | None, form: steps.BusinessForm
) -> Application | None:
    """Keeps what is right. With a wrong number nothing is: name and address may be those of another business."""
    if draft and "registration_number" in form.typed():
        return draft
    saved = actions.save_business(
        application=draft,
        answers=form.answers(),
        answer=form.found.answer,
        language=get_language() or current().default_language,
        now=clock.now(),
    )
    drafts.hold(request, saved)
    return saved


def _saved_business(request: HttpRequest, draft: Application | None) -> steps.BusinessForm:
    saved = answers_of(draft) if draft else {"country": current().home_country}
    found = kept(draft)
    locked = found.entity is not None
    return steps.BusinessForm(
        initial={
            **saved,
            "seen": saved["registration_number"] if locked else "",
            **drafts.typed(request, "business"),
        },
        found=found,
        locked=locked,
    )


def evidence(request: HttpRequest, draft: Application) -> HttpResponse:
    """Step 2. Documents are taken and read at once; what was not found keeps nobody from going on (A3, A4)."""
    if request.method != "POST":
        return _evidence_as_saved(request, draft)
    uploads = request.FILES.getlist("evidence")
    if uploads and not allowed(UPLOADS, client(request)):
        return too_many(request)
    form, refused = taken(request, draft)
    for each in refused:
        if isinstance(each.error, SameFile):  # as after a double click
            messages.info(request, f"{each.filename}: {each.error}")
        else:
            form.add_error("evidence", f"{each.filename}: {each.error}")
    going = _going(request)
    if going == NEXT and "evidence" not in form.errors and not documents_of(draft).exists():
        form.add_error("evidence", _("Add a document. Without one we cannot see that it is a business."))
    if going == NEXT and form.errors:
        drafts.keep_typed(request, "evidence", form.typed())
        return _page(request, draft, "evidence", form, status=422)
    if going == NEXT and uploads:
        going = LOOK  # what was found is read before going on
    return _leave(request, draft, "evidence", form, going)


def _evidence_as_saved(request: HttpRequest, draft: Application) -> HttpResponse:
    initial = {**steps.vat_initial(draft), **drafts.typed(request, "evidence")}
    refused = too_large(request)
    form = steps.EvidenceForm(initial if refused else None, initial=initial, draft=draft)
    if refused:
        form.add_error("evidence", refused)
    return _page(request, draft, "evidence", form, status=413 if refused else 200)


def contact(request: HttpRequest, draft: Application) -> HttpResponse:
    """Step 3."""
    initial = {**answers_of(draft), **drafts.typed(request, "contact")}
    form = steps.ContactForm(request.POST or None, initial=initial, draft=draft)
    return _plain(request, draft, "contact", form)


def information(request: HttpRequest, draft: Application) -> HttpResponse:
    """Step 4."""
    initial = steps.information_initial(answers_of(draft), draft)
    initial |= drafts.typed(request, "information")
    form = steps.InformationForm(_information_typed(request, draft), initial=initial, draft=draft)
    return _plain(request, draft, "information", form)


def _information_typed(request: HttpRequest, draft: Application) -> dict[str, str] | None:
    """What was sent, with the place of a known post code and the suggested e-invoice address where it was taken."""
    if request.method != "POST":
        return None
    typed = with_place(request.POST.dict(), country_of(draft.country), before="delivery_")
    return {**typed, "e_invoice_address": request.POST.get("suggested") or typed.get("e_invoice_address", "")}


def check(request: HttpRequest, draft: Application) -> HttpResponse:
    """Step 5: all answers, the declaration, and sending (A3, A6)."""
    form = steps.CheckForm(request.POST or None)
    if request.method != "POST":
        return _page(request, draft, "check", form)
    going = _going(request)
    if going != NEXT:
        return _leave(request, draft, "check", form, going)
    if not form.is_valid():
        return _page(request, draft, "check", form, status=422)
    try:
        sent = actions.send(application=draft, language=get_language() or "", now=clock.now())
    except actions.NotComplete as error:  # emptied in another tab a moment ago
        messages.warning(request, str(error))
        return redirect("public:step", step=error.step)
    return to_status(request, sent)


PAGES: dict[str, Callable[[HttpRequest, Application], HttpResponse]] = {
    "business": business,
    "evidence": evidence,
    "contact": contact,
    "information": information,
    "check": check,
}


def _plain(request: HttpRequest, draft: Application, step: str, form: StepForm) -> HttpResponse:
    """A step that is nothing but its form. What is right of it is saved, also where something is wrong."""
    if request.method != "POST":
        return _page(request, draft, step, form)
    going = _going(request)
    draft = actions.save_answers(application=draft, step=step, answers=form.answers(), now=clock.now())
    if going == NEXT and form.errors:
        drafts.keep_typed(request, step, form.typed())
        return _page(request, draft, step, form, status=422)
    return _leave(request, draft, step, form, going)


def _going(request: HttpRequest) -> str:
    """Where the pressed button leads."""
    if "choose" in request.POST or "suggested" in request.POST:
        return STAY
    if "to" in request.POST:
        return BACK
    going = request.POST.get("go", NEXT)
    return going if going in (BACK, LATER, LOOK, KEEP) else NEXT


def _leave(
    request: HttpRequest, draft: Application | None, step: str, form: StepForm, going: str
) -> HttpResponse:
    """On to the next page, once what was typed is kept. Whoever came to change an answer returns to the check."""
    drafts.keep_typed(request, step, form.typed())
    for error in form.errors.get("evidence", []):
        messages.warning(request, str(error))
    if going == KEEP:
        return HttpResponse(render_to_string("public/_saved.html", {"draft": draft, "is_part": True}))
    if request.POST.get("to") in STEPS:
        return redirect("public:step", step=request.POST["to"])
    changing = {"change": "1"} if "change" in request.GET else {}
    if going == LATER:
        return redirect("public:continue_later")
    if going == LOOK:
        return redirect(steps.address(step, query={**changing, "found": "1"}, fragment="documents"))
    if going == STAY:
        return redirect(steps.address(step, query=changing))
    if changing:
        return redirect("public:step", step="check")
    to = steps.after(step) if going == NEXT else steps.before(step)
    return redirect("public:step", step=to) if to else redirect("home")


def _page(
    request: HttpRequest, draft: Application | None, step: str, form: StepForm, *, status: int = 200
) -> HttpResponse:
    """The page of a step."""
    values: dict[str, Any] = {
        "step": step,
        "steps": steps.list_of(draft, step),
        "heading": steps.HEADINGS[step],
        "draft": draft,
        "form": form,
        "country": country_of(draft.country if draft else ""),
        "asks_in": next((text(c.name) for c in current().countries if c.register_lookup != "none"), ""),
        "keeps": KEPT_ON.get(step, "") if draft else "",
        "questions": current().faq_on(QUESTIONS[step]) if step in QUESTIONS else (),
    }
    if draft and step in ("evidence", "check"):
        values |= of_draft(draft)
    if step == "evidence":
        values |= {**steps.wanted(values["country"]), "just_found": "found" in request.GET}
    if draft and step == "check":
        values["trade"] = current().trade(draft.trade).name
    return render(request, f"public/apply_{step}.html", values, status=status)


# --- beside the steps -------------------------------------------------------------------------------


@require_POST
@throttled(LOOK_UPS)
def look_up_business(request: HttpRequest) -> HttpResponse:
    """What the register says to what is being typed, as the part of step 1 that changes with it (A2)."""
    found = look_up(request.POST)
    form = steps.BusinessForm(
        initial=filled(request.POST, found), found=found, locked=found.entity is not None
    )
    target = request.htmx.target  # type: ignore[attr-defined]
    part = target if target in ("found", "hits") else "business"
    values = {"form": form, "chosen": "choose" in request.POST}
    return part_of(request, "public/apply_business.html", values, part=part, heard=found.heard)


@require_GET
def place(request: HttpRequest) -> HttpResponse:
    """The place of a post code that is being typed, as an event for the script of the form (A2)."""
    country = country_of(request.GET.get("country", ""))
    typed = request.GET.get("postcode") or request.GET.get("delivery_postcode") or ""
    found = place_of(country=country.code, code=country.postcode(typed[:12]) or "")
    answer = HttpResponse(status=204)
    if found:
        heard = str(_("Place: %(place)s") % {"place": found})
        trigger_client_event(answer, "medlem:place", {"place": found, "heard": heard})
    return answer


@never_cache
@throttled(MAILS)
def continue_later(request: HttpRequest) -> HttpResponse:
    """Mails a link with which the draft goes on, on any device (A1)."""
    draft = drafts.present(request)
    if draft is None or draft.status != ApplicationStatus.DRAFT:
        return redirect("public:start")
    form = ResumeForm(request.POST or None, initial={"email": draft.email})
    if not form.is_valid():
        values = {"form": form, "days": current().deadlines.resume_link_days}
        return render(request, "public/continue_later.html", values, status=422 if form.is_bound else 200)
    email = form.cleaned_data["email"]
    if not allowed(MAILS_TO_ONE, email.casefold()):
        return too_many(request)
    actions.mail_resume_link(application=draft, email=email, now=clock.now())
    messages.success(request, _("The link is on its way to %(email)s.") % {"email": email})
    return redirect("home")


@private
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Takes up a draft by its mailed link."""
    draft = draft_by_link(token, now=clock.now())
    if draft is None:
        values = {"days": current().deadlines.resume_link_days}
        return render(request, "public/resume_dead.html", values, status=410)
    drafts.hold(request, draft)
    return redirect("public:start")
