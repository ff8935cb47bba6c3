"""Applying for a business account, in five steps that nobody has to sign in for (A1–A4).

`step` opens the page of each step; the forms are in `steps`, the look-up is in `lookup`. Every button of a
step saves what was typed: *Continue* wants it complete, *Back*, *Continue later* and the list of steps take it
as it is. Where a script may, each answer is saved as it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from medlem.applications import actions
from medlem.applications.evidence import SameFile
from medlem.applications.models import Application
from medlem.applications.queries import answers_of, documents_of, open_step
from medlem.applications.rules import STEPS
from medlem.applications.status import ApplicationStatus
from medlem.core import clock
from medlem.programme import current
from medlem.programme.schema import Page
from medlem.web.public import drafts, steps
from medlem.web.public.documents import became_another, of_draft, taken, to_status
from medlem.web.public.fields import StepForm
from medlem.web.public.lookup import Found, country_of, filled, kept, look_up, parted, with_place
from medlem.web.public.uploads import sized, too_large
from medlem.web.public.wanted import wanted
from medlem.web.templatetags.medlem import text
from medlem.web.throttle import (
    ANSWERS,
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
    if request.method == "POST" and step != "business" and drafts.is_for_another(request, application):
        return became_another(request, application, step)
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
        return _business_as_kept(request, draft)
    going = _going(request)
    typed = parted(request.POST)
    is_asked = going in (NEXT, STAY, LOOK) or "to" in request.POST
    found = look_up(typed) if is_asked else Found(country_of(typed.get("country", "")))
    if going == LOOK:
        return _shown_again(request, "business", parted(drafts.sent(request)), refused=False)
    form = steps.BusinessForm(filled(typed, found), found=found, locked=found.entity is not None)
    if draft or going != NEXT or form.is_valid():
        draft = _save_business(request, draft, form)
    if going == NEXT and form.errors:
        return _shown_again(request, "business", parted(drafts.sent(request)))
    if going == NEXT:
        _say(request, form)
    return _leave(request, draft, "business", form, going)


def _say(request: HttpRequest, form: steps.BusinessForm) -> None:
    """What the register says of a business that the page did not show yet, and what was made of the number."""
    if form.found.entity and request.POST.get("seen") != form.found.code:
        for word in form.found.words:
            messages.warning(request, word.text)
    if form.made_of_number:
        messages.info(request, form.made_of_number)


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


def _business_as_kept(request: HttpRequest, draft: Application | None) -> HttpResponse:
    """The page as it was refused, or looked up; else as it is saved."""
    page = drafts.page_of(request, "business")
    if page is None:
        return _page(request, draft, "business", _saved_business(request, draft))
    found = look_up(page.answers)
    typed, locked = filled(page.answers, found), found.entity is not None
    if page.refused:
        form = steps.BusinessForm(typed, found=found, locked=locked)
    else:
        form = steps.BusinessForm(initial=typed, found=found, locked=locked)
    return _page(request, draft, "business", form)


def _saved_business(request: HttpRequest, draft: Application | None) -> steps.BusinessForm:
    saved = answers_of(draft) if draft else {"country": current().home_country}
    found = kept(draft)
    locked = found.entity is not None
    return steps.BusinessForm(
        initial={
            **saved,
            "seen": found.code if locked else "",
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
    documents = list(form.errors.get("evidence", []))
    if going == NEXT and (form.errors or not documents_of(draft).exists()):
        return _shown_again(request, "evidence", drafts.sent(request), documents=documents)
    if going == NEXT and uploads:
        going = LOOK  # what was found is read before going on
    return _leave(request, draft, "evidence", form, going)


def _evidence_as_saved(request: HttpRequest, draft: Application) -> HttpResponse:
    initial = {**steps.vat_initial(draft), **drafts.typed(request, "evidence")}
    if refused := too_large(request):
        answers = {name: str(value) for name, value in initial.items() if value}
        return _shown_again(request, "evidence", answers, documents=[refused])
    page = drafts.page_of(request, "evidence")
    form = steps.EvidenceForm(page.answers if page and page.refused else None, initial=initial, draft=draft)
    if page and page.refused:
        wrong = page.errors.get("evidence", [])
        for each in wrong:
            form.add_error("evidence", each)
        if not (wrong or documents_of(draft).exists()):
            form.add_error("evidence", _("Add a document. Without one we cannot see that it is a business."))
    return _page(request, draft, "evidence", form)


def contact(request: HttpRequest, draft: Application) -> HttpResponse:
    """Step 3."""
    initial = {**answers_of(draft), **drafts.typed(request, "contact")}
    form = steps.ContactForm(_typed(request, "contact"), initial=initial, draft=draft)
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
        return _typed(request, "information")
    typed = with_place(request.POST.dict(), country_of(draft.country), before="delivery_")
    return {**typed, "e_invoice_address": request.POST.get("suggested") or typed.get("e_invoice_address", "")}


def check(request: HttpRequest, draft: Application) -> HttpResponse:
    """Step 5: all answers, the declaration, and sending (A3, A6)."""
    form = steps.CheckForm(_typed(request, "check"))
    if request.method != "POST":
        return _page(request, draft, "check", form)
    going = _going(request)
    if going != NEXT:
        return _leave(request, draft, "check", form, going)
    if not form.is_valid():
        return _shown_again(request, "check", drafts.sent(request))
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
        return _shown_again(request, step, dict(form.data))
    return _leave(request, draft, step, form, going)


def _typed(request: HttpRequest, step: str) -> dict[str, str] | None:
    """What was sent: now, or when the step was refused."""
    if request.method == "POST":
        return request.POST.dict()
    page = drafts.page_of(request, step)
    return page.answers if page and page.refused else None


def _shown_again(
    request: HttpRequest,
    step: str,
    answers: Mapping[str, str],
    *,
    documents: Iterable[object] = (),
    refused: bool = True,
) -> HttpResponse:
    """Back to the page, which shows what was typed and what is wrong with it.

    By a redirect: a browser that goes back past the answer to a form would show nothing at all.
    """
    drafts.keep_page(request, step, answers, errors={"evidence": documents}, refused=refused)
    return redirect(request.get_full_path())


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
        drafts.retyped(request, step)
        values = {
            "draft": draft,
            "zone": country_of(draft.country if draft else "").timezone,
            "is_part": True,
        }
        return HttpResponse(render_to_string("public/_saved.html", values))
    drafts.put_right(request, step)
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


def _page(request: HttpRequest, draft: Application | None, step: str, form: StepForm) -> HttpResponse:
    """The page of a step."""
    country = country_of(draft.country if draft else "")
    values: dict[str, Any] = {
        "step": step,
        "steps": steps.list_of(draft, step),
        "heading": steps.HEADINGS[step],
        "draft": draft,
        "form": form,
        "country": country,
        "asks_in": next((text(c.name) for c in current().countries if c.register_lookup != "none"), ""),
        "keeps": KEPT_ON.get(step, "") if draft else "",
        "questions": current().faq_on(QUESTIONS[step]) if step in QUESTIONS else (),
        "zone": country.timezone,
        "drawn_for": drafts.business_code(draft) if draft else "",
    }
    if draft and step in ("evidence", "check"):
        values |= of_draft(draft)
    if step == "evidence":
        values |= {**wanted(values["country"]), "just_found": "found" in request.GET}
    if draft and step == "check":
        values["trade"] = current().trade(draft.trade).name
    return render(request, f"public/apply_{step}.html", values, status=422 if form.errors else 200)
