"""The review of one application, and its decision (A7, A8): what speaks against it stands on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from medlem.accounts.queries import account_with_number, names_of
from medlem.applications import claiming, deciding, noting, registers
from medlem.applications.comparison import compared
from medlem.applications.models import Application, Check
from medlem.applications.queries import (
    answers_of,
    checks_and_before,
    for_review,
    history,
    notes_of,
    others_of,
)
from medlem.applications.queue import before_in_queue, claim_is_live, urgency_of
from medlem.applications.sentences import CHECK_NAMES, sentence
from medlem.applications.status import Outcome
from medlem.applications.titles import title
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.events.actions import NotAllowed
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import DECIDE, SEE
from medlem.web.desk.claims import go_on
from medlem.web.desk.evidence import sheet_of
from medlem.web.desk.timeline import timeline
from medlem.web.forms import Form

WORST_FIRST = (Outcome.FAILED, Outcome.UNCLEAR, Outcome.COULD_NOT_RUN, Outcome.PASSED)


class DecisionForm(Form):
    """One text for all three decisions: the question, the reason, or a note. `seen` is how many turns of the
    dialogue stood on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy(
            "The applicant reads it when you ask for more or decline. With an approval it stays here as its reason."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
    )
    block_contact = forms.BooleanField(
        label=gettext_lazy("When declining, block the contact’s address"),
        help_text=gettext_lazy("Later applications from it are never approved automatically."),
        required=False,
    )

    def refuse(self, error: Refused) -> None:
        """Whatever is wrong with the question or the reason is wrong with the text."""
        self.add_error("text" if error.field in ("text", "reason") else None, str(error))


class NoteForm(Form):
    note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        help_text=gettext_lazy("The applicant never sees it."),
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "n", "aria-keyshortcuts": "n"}),
        max_length=4000,
    )


@staff(*SEE)
@require_safe
def application(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What speaks against it, the document, answers and register, the dialogue, notes, and what happened."""
    found = _application(public_id)
    return _page(request, found, DecisionForm(initial={"text": _starting_text(request, found)}))


def _starting_text(request: StaffRequest, found: Application) -> str:
    """The programme's text of that code as the applicant reads it; nothing for an unknown code."""
    try:
        return current().message(request.GET.get("start", "")).text.in_(found.language)
    except LookupError:
        return ""


@staff(*DECIDE)
def approve(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        return deciding.approve(application=found, reason=values["text"], seen=values["seen"], by=by, now=now)

    done = _("%(business)s is approved. The password mail is on its way.")
    return _decision(request, public_id, decide, done)


@staff(*DECIDE)
def ask(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        return deciding.ask_for_more(
            application=found, text=values["text"], seen=values["seen"], by=by, now=now
        )

    done = _("%(business)s is asked for more. The clock stands still meanwhile.")
    return _decision(request, public_id, decide, done)


@staff(*DECIDE)
def decline(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        return deciding.decline(
            application=found,
            reason=values["text"],
            block_contact=values["block_contact"],
            seen=values["seen"],
            by=request.user.as_staff,
            now=clock.now(),
        )

    done = _("%(business)s is declined. The reason is on its way.")
    return _decision(request, public_id, decide, done)


def _decision(
    request: StaffRequest,
    public_id: UUID,
    decide: Callable[[Application, dict[str, Any]], Application],
    done: str,
) -> HttpResponse:
    """Decides and goes on to the next; or shows the page as it stands now, with what was typed and what is
    wrong: a missing reason, a colleague who has it on the table, words that were not seen (A8).

    A refused page that is opened again, such as in the other language, is the review.
    """
    found, form = _application(public_id), DecisionForm(request.POST)
    if request.method != "POST":
        return redirect("desk:application", found.public_id)
    if form.is_valid():
        try:
            decided = decide(found, form.cleaned_data)
        except claiming.DecidedAlready as error:
            messages.warning(request, str(error))
            return redirect("desk:application", found.public_id)
        except NotAllowed:
            form.add_error(None, _("This cannot be done as it stands now. See below what happened."))
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, done % {"business": decided.business_name})
            return go_on(request, leaving=decided)
    return _page(request, _application(public_id), form, status=422)


@staff(*DECIDE)
def take_over(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Takes it from a colleague's table; what was typed before stays on the page."""
    found = _application(public_id)
    if request.method == "POST":
        try:
            claiming.take_over(application=found, by=request.user.as_staff, now=clock.now())
        except Refused as error:
            messages.warning(request, str(error))
        else:
            if typed := request.POST.get("text", ""):
                return _page(request, _application(public_id), DecisionForm(initial={"text": typed}))
    return redirect("desk:application", found.public_id)


@staff(*SEE)
def note(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Whoever sees an application may note something about it."""
    found, form = _application(public_id), NoteForm(request.POST)
    if request.method != "POST":
        return redirect("desk:application", found.public_id)
    if form.is_valid():
        try:
            noting.add_note(
                application=found, text=form.cleaned_data["note"], by=request.user.as_staff, now=clock.now()
            )
        except Refused as error:
            form.refuse(error)
        else:
            address = reverse("desk:application", args=[found.public_id])
            return redirect(f"{address}#notes")
    return _page(request, found, DecisionForm(), note_form=form, status=422)


def _application(public_id: UUID) -> Application:
    found = for_review(public_id)
    if found is None:
        raise Http404
    return found


# --- the page ---------------------------------------------------------------------------------------


def _page(
    request: StaffRequest,
    found: Application,
    form: DecisionForm,
    *,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, decision = clock.now(), getattr(found, "decision", None)
    turns, notes = list(found.messages.all()), list(notes_of(found))
    people = [*(turn.author_id for turn in turns), *(each.author_id for each in notes), found.claimed_by_id]
    names = names_of([*people, decision.decided_by_id if decision else None])
    checks, lines = [_checked(*both) for both in checks_and_before(found)], _lines(found)
    form.initial["seen"] = len(turns)
    if form.is_bound:  # whatever was said in between is read on this page
        form.data = {**request.POST.dict(), "seen": str(len(turns))}
    values = {
        "application": found,
        "here": reverse("desk:application", args=[found.public_id]),  # a refused page has another address
        "sheet": sheet_of(found, request.GET),
        "lines": lines,
        "differing": [line for line in lines if line.agrees is False],
        "trade": _trade(found),
        "checks": checks,
        "against": _together(check for check in checks if check.outcome != Outcome.PASSED),
        "passed": [check for check in checks if check.outcome == Outcome.PASSED],
        "turns": [(turn, names.get(turn.author_id, "")) for turn in turns],
        "notes": [(each, names.get(each.author_id, "")) for each in notes],
        "history": timeline(history(found), reason=decision.reason if decision else ""),
        "others": others_of(found)[:10],
        "account": account_with_number(country=found.country, registration_number=found.registration_number),
        "decision": decision,
        "decided_by": names.get(decision.decided_by_id, "") if decision else "",
        "decided_on": _decided_on(decision.checks) if decision else [],
        "urgency": urgency_of(found, now),
        "claim": _claim(request, found, names, now),
        "before": before_in_queue(found),
        "form": form,
        "note_form": note_form or NoteForm(),
        "may_decide": bool(request.roles & set(DECIDE)),
        "messages_to_start_from": _messages(),
    }
    return render(request, "desk/application.html", values, status=status)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has it on the table, since when; `mine` where it is the reader."""

    name: str
    since: datetime | None
    mine: bool


def _claim(
    request: StaffRequest, found: Application, names: dict[UUID | None, str], now: datetime
) -> Claim | None:
    if not claim_is_live(found, now):
        return None
    name = names.get(found.claimed_by_id, "")
    return Claim(name, found.claimed_at, mine=found.claimed_by_id == request.user.public_id)


def _messages() -> list[tuple[str, list[Any]]]:
    """The programme's texts to start from, by what they are for."""
    headings = {"ask": _("To ask for more"), "decline": _("To decline")}
    return [
        (heading, [each for each in current().messages if each.purpose == purpose])
        for purpose, heading in headings.items()
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """An answer beside the register's."""

    label: Any
    given: str
    register: str
    agrees: bool | None


def _lines(found: Application) -> list[Line]:
    labels = {
        "registration_number": current().country(found.country).number_label,
        "business_name": _("Business name"),
        "organisation_form": _("Legal form"),
        "street": _("Street address"),
        "postcode": _("Postcode"),
        "place": _("Place"),
        "vat_registered": _("VAT-registered"),
    }
    comparisons = compared(answers_of(found), registers.kept(found.register_answer))
    return [
        Line(labels[each.name], _words(each.given), _words(each.register), each.agrees)
        for each in comparisons
    ]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value or "")


def _trade(found: Application) -> Any:
    try:
        return current().trade(found.trade).name
    except LookupError:  # a trade that the programme no longer has
        return found.trade


@dataclass(frozen=True, slots=True)
class Checked:
    """A check in words: called by what it found (`label`) and by what was asked (`question`); `before` is its
    outcome in the run before, where that was another."""

    outcome: Outcome
    label: Any
    question: Any
    sentence: str
    required: bool
    before: str = ""
    others: tuple[Any, ...] = ()


def _together(checks: Iterable[Checked]) -> list[Checked]:
    """What must be passed first, and of it the worst; several for one reason as one, with what else is not known."""
    worst_first = sorted(checks, key=lambda each: (not each.required, WORST_FIRST.index(each.outcome)))
    found: dict[tuple[bool, str], Checked] = {}
    for check in worst_first:
        same = found.get((check.required, check.sentence))
        others = (*(same.others or (same.question,)), check.question) if same else ()
        found[check.required, check.sentence] = replace(same or check, others=others)
    return list(found.values())


def _checked(check: Check, before: Check | None) -> Checked:
    changed = before is not None and before.outcome != check.outcome
    return Checked(
        outcome=Outcome(check.outcome),
        label=title(check.code, check.outcome, check.reason),
        question=CHECK_NAMES.get(check.code, check.code),
        sentence=sentence(check.reason, check.facts),
        required=check.required,
        before=before.get_outcome_display() if before and changed else "",
    )


def _decided_on(checks: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    """The checks on which it was decided, with the outcome that each had then."""
    return [
        (title(check["code"], check["outcome"], check["reason"]), Outcome(check["outcome"]).label)
        for check in checks
    ]
