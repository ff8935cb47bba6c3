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
from medlem.applications import claiming, deciding, noting
from medlem.applications.models import Application, Check
from medlem.applications.queries import (
    checks_and_before,
    for_review,
    history,
    notes_of,
    others_of,
)
from medlem.applications.queue import after_in_queue, before_in_queue, claim_is_live, urgency_of
from medlem.applications.rules import CLAIM_LASTS
from medlem.applications.sentences import CHECK_NAMES, named_by, sentence
from medlem.applications.status import ApplicationStatus, Outcome
from medlem.applications.titles import title
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.events.actions import NotAllowed
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import DECIDE, SEE
from medlem.web.desk.beside import lines_of, vat_register_of
from medlem.web.desk.claims import go_on
from medlem.web.desk.evidence import sheet_of
from medlem.web.desk.timeline import timeline
from medlem.web.forms import Form
from medlem.web.numbers import registration_number
from medlem.web.templatetags.medlem import day

LONGEST_NOTE = 4000
TO_DECIDE = (ApplicationStatus.VALIDATING, ApplicationStatus.MORE_WANTED)
WORST_FIRST = (Outcome.FAILED, Outcome.UNCLEAR, Outcome.COULD_NOT_RUN, Outcome.PASSED)


class DecisionForm(Form):
    """One text for all three decisions: the question, or the reason. `seen` is how many turns of the dialogue
    stood on the page."""

    later = frozenset({"text"})  # which of the three is pressed decides whether it may be empty
    seen = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy("The applicant reads it. With an approval it stays here, as its reason."),
        widget=forms.Textarea(attrs={"rows": 3}),
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
    """A note; where a decision can be made it belongs to the form of that, so that each button sends both."""

    note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        help_text=gettext_lazy("The applicant never sees it."),
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "n", "aria-keyshortcuts": "n"}),
        max_length=LONGEST_NOTE,
    )

    def beside_decision(self) -> None:
        self.fields["note"].widget.attrs["form"] = "decide"


@staff(*SEE)
@require_safe
def application(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What speaks against it, the document, answers and register, the dialogue, notes, and what happened."""
    found = _application(public_id)
    if request.headers.get("HX-Target") == "document":  # the paper is turned, zoomed or leafed through
        return render(request, "desk/application_document.html", _document(request, found))
    return _page(request, found, DecisionForm())


def _document(request: StaffRequest, found: Application) -> dict[str, Any]:
    return {
        "application": found,
        "here": reverse("desk:application", args=[found.public_id]),  # a refused page has another address
        "sheet": sheet_of(found, request.GET, about=_document_in_doubt(checks_and_before(found))),
    }


@staff(*DECIDE)
def ready_text(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Puts one of the programme's texts, as the applicant reads it, below what is written already."""
    found = _application(public_id)
    if request.method != "POST":
        return redirect("desk:application", found.public_id)
    written, text = request.POST.get("text", ""), _ready(request.POST.get("start", ""), found.language)
    return _still_typed(request, found, text=f"{written.rstrip()}\n\n{text}".strip() if text else written)


def _ready(code: str, language: str) -> str:
    try:
        return current().message(code).text.in_(language)
    except LookupError:
        return ""


def _still_typed(request: StaffRequest, found: Application, *, at: str = "", **changes: str) -> HttpResponse:
    """The review with all that was typed on it and neither decided nor saved; without any, its own address, at
    the part of it that is named."""
    typed = {name: request.POST.get(name, "") for name in ("text", "note", "block_contact")} | changes
    if not any(value.strip() for value in typed.values()):
        return redirect(reverse("desk:application", args=[found.public_id]) + at)
    return _page(request, _application(found.public_id), DecisionForm(initial=typed), note=typed["note"])


@staff(*DECIDE)
def approve(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        return deciding.approve(
            application=found, reason=values["text"], note=_note(request), seen=values["seen"], by=by, now=now
        )

    done = _("%(business)s is approved. The password mail is on its way.")
    return _decision(request, public_id, decide, done)


@staff(*DECIDE)
def ask(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        return deciding.ask_for_more(
            application=found, text=values["text"], note=_note(request), seen=values["seen"], by=by, now=now
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
            note=_note(request),
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
    wrong: a missing reason, a colleague who has it on the table, words that were not seen (A8). A note that
    was begun is kept as one.

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
    return _page(request, _application(public_id), form, note=request.POST.get("note", ""), status=422)


def _note(request: StaffRequest) -> str:
    """What was begun in the field for colleagues, no longer than the field takes."""
    return request.POST.get("note", "")[:LONGEST_NOTE]


@staff(*DECIDE)
def claim(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _on_table(request, public_id, claiming.claim)


@staff(*DECIDE)
def release(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _on_table(request, public_id, claiming.release)


@staff(*DECIDE)
def take_over(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _on_table(request, public_id, claiming.take_over)


def _on_table(request: StaffRequest, public_id: UUID, do: Callable[..., Application]) -> HttpResponse:
    """Puts it on my table or takes it off; what was typed before stays on the page."""
    found = _application(public_id)
    if request.method != "POST":
        return redirect("desk:application", found.public_id)
    try:
        do(application=found, by=request.user.as_staff, now=clock.now())
    except Refused as error:  # a colleague was quicker, or it is decided
        messages.warning(request, str(error))
    return _still_typed(request, found)


@staff(*SEE)
def note(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Whoever sees an application may note something about it; a message that was begun stays on the page."""
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
            return _still_typed(request, found, at="#notes", note="")
    typed = {name: request.POST.get(name, "") for name in ("text", "block_contact")}
    return _page(request, found, DecisionForm(initial=typed), note_form=form, status=422)


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
    note: str = "",
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, decision = clock.now(), getattr(found, "decision", None)
    turns, notes = list(found.messages.all()), list(notes_of(found))
    people = [*(turn.author_id for turn in turns), *(each.author_id for each in notes), found.claimed_by_id]
    names = names_of([*people, decision.decided_by_id if decision else None])
    judged, lines = checks_and_before(found), lines_of(found)
    checks = [_checked(*both, found) for both in judged]
    may_decide = bool(request.roles & set(DECIDE))
    note_form = note_form or NoteForm(initial={"note": note})
    if may_decide and found.status in TO_DECIDE:
        note_form.beside_decision()
    form.initial["seen"] = len(turns)
    if form.is_bound:  # whatever was said in between is read on this page
        form.data = {**request.POST.dict(), "seen": str(len(turns))}
    values = {
        "application": found,
        "here": reverse("desk:application", args=[found.public_id]),  # a refused page has another address
        "sheet": sheet_of(found, request.GET, about=_document_in_doubt(judged)),
        "lines": [line for line in lines if line.agrees is not None],
        "unconfirmed": [line for line in lines if line.agrees is None],
        # Of an approved one the answers stay; its account has them.
        "gone": found.erased_at if found.status == ApplicationStatus.DECLINED else None,
        "vat_register": vat_register_of(found, (check for check, _before in judged)),
        "has_register": current().country(found.country).register_lookup != "none",
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
        # Who may decide goes on by taking the next; who may not only looks at it.
        "after": None if may_decide else after_in_queue(found),
        "form": form,
        "note_form": note_form,
        "typed": any(map(form.initial.get, ("text", "block_contact"))) or bool(note),
        "may_decide": may_decide,
        "to_decide": found.status in TO_DECIDE,
        "in_the_way": deciding.required_and_failed(check for check, _before in judged),
        "ready_texts": _ready_texts(found.language),
    }
    return render(request, "desk/application.html", values, status=status)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has it on the table, since when, and until when without a sign of him; `mine` where it is the reader."""

    name: str
    since: datetime
    until: datetime
    mine: bool


def _claim(
    request: StaffRequest, found: Application, names: dict[UUID | None, str], now: datetime
) -> Claim | None:
    if not claim_is_live(found, now):
        return None
    name = names.get(found.claimed_by_id, "")
    assert found.claimed_at is not None  # a live claim has its moment
    return Claim(
        name,
        found.claimed_at,
        found.claimed_at + CLAIM_LASTS,
        mine=found.claimed_by_id == request.user.public_id,
    )


def _ready_texts(language: str) -> list[tuple[str, list[tuple[str, Any, str]]]]:
    """The programme's texts by what they are for: code, title, and the words that the applicant reads."""
    headings = {"ask": _("To ask for more"), "decline": _("To decline")}
    return [
        (
            heading,
            [
                (each.code, each.title, each.text.in_(language))
                for each in current().messages
                if each.purpose == purpose
            ],
        )
        for purpose, heading in headings.items()
    ]


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


def _document_in_doubt(judged: Iterable[tuple[Check, Check | None]]) -> str:
    """The name of the document that the worst check is about, empty where none names one."""
    in_doubt = [
        check for check, _before in judged if check.outcome != Outcome.PASSED and "document" in check.facts
    ]
    in_doubt.sort(key=lambda each: (not each.required, WORST_FIRST.index(Outcome(each.outcome))))
    return str(in_doubt[0].facts["document"]) if in_doubt else ""


def _together(checks: Iterable[Checked]) -> list[Checked]:
    """What must be passed first, and of it the worst; several for one reason as one, with what else is not known."""
    worst_first = sorted(checks, key=lambda each: (not each.required, WORST_FIRST.index(each.outcome)))
    found: dict[tuple[bool, str], Checked] = {}
    for check in worst_first:
        same = found.get((check.required, check.sentence))
        others = (*(same.others or (same.question,)), check.question) if same else ()
        found[check.required, check.sentence] = replace(same or check, others=others)
    return list(found.values())


def _checked(check: Check, before: Check | None, found: Application) -> Checked:
    changed = before is not None and before.outcome != check.outcome
    return Checked(
        outcome=Outcome(check.outcome),
        label=title(check.code, check.outcome, _reason(check, found.country)),
        question=CHECK_NAMES.get(check.code, check.code),
        sentence=_sentence(check, found),
        required=check.required,
        before=before.get_outcome_display() if before and changed else "",
    )


def _sentence(check: Check, found: Application) -> str:
    """The sentence of a check, with numbers and days as people write them; when what it named was erased, that."""
    reason = _reason(check, found.country)
    if found.erased_at and not named_by(reason) <= check.facts.keys():
        return _("What this rested on was erased on %(day)s.") % {"day": day(found.erased_at)}
    return sentence(reason, {name: _fact(name, value, found.country) for name, value in check.facts.items()})


def _fact(name: str, value: str, country: str) -> str:
    match name:
        case "on":
            return day(value)
        case "number" | "parent":
            return registration_number(value, country)
    return value


def _reason(check: Check, country: str) -> str:
    """Why it came to that: where a country has no register, nothing is missing that one could have said."""
    none = current().country(country).register_lookup == "none" and check.reason == "register_not_answered"
    return "no_register" if none else check.reason


def _decided_on(checks: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    """The checks on which it was decided, with the outcome that each had then."""
    return [
        (title(check["code"], check["outcome"], check["reason"]), Outcome(check["outcome"]).label)
        for check in checks
    ]
