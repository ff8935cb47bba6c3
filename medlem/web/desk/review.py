"""The review of one application, and its decision (A7, A8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from medlem.accounts.status import Role
from medlem.applications import deciding, registers
from medlem.applications.comparison import compared
from medlem.applications.models import Application, Check
from medlem.applications.queries import (
    answers_of,
    for_review,
    history,
    latest_checks,
    next_in_queue,
    others_of,
)
from medlem.applications.sentences import CHECK_NAMES, sentence
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.events.actions import NotAllowed
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import SEE, urgency_of
from medlem.web.desk.evidence import sheet_of
from medlem.web.desk.questions import QUESTIONS, starting_text
from medlem.web.desk.timeline import timeline
from medlem.web.forms import Form

DECIDE = (Role.VALIDATOR, Role.MANAGER)


class DecisionForm(Form):
    """One text for all three decisions: the question, the reason, or a note."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy(
            "The applicant reads it when you ask for more or decline. With an approval it stays here as a note."
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


@staff(*SEE)
@require_safe
def application(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The document beside the answers, the register, the checks, the dialogue and what happened."""
    found = _application(public_id)
    text = starting_text(request.GET.get("start", ""), found.language)
    return _page(request, found, DecisionForm(initial={"text": text}))


@staff(*DECIDE)
def approve(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        return deciding.approve(application=found, reason=values["text"], by=by, now=now)

    done = _("%(business)s is approved. The password mail is on its way.")
    return _decision(request, public_id, decide, done)


@staff(*DECIDE)
def ask(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        return deciding.ask_for_more(application=found, text=values["text"], by=by, now=now)

    done = _("%(business)s is asked for more. The clock stands still meanwhile.")
    return _decision(request, public_id, decide, done)


@staff(*DECIDE)
def decline(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def decide(found: Application, values: dict[str, Any]) -> Application:
        by, now = request.user.as_staff, clock.now()
        reason, block = values["text"], values["block_contact"]
        return deciding.decline(application=found, reason=reason, block_contact=block, by=by, now=now)

    done = _("%(business)s is declined. The reason is on its way.")
    return _decision(request, public_id, decide, done)


def _decision(
    request: StaffRequest,
    public_id: UUID,
    decide: Callable[[Application, dict[str, Any]], Application],
    done: str,
) -> HttpResponse:
    """Decides and goes on to the next; or shows the form again, with what is missing.

    Where somebody was quicker, the page as it stands now says who (A8). A refused page that is opened
    again, such as in the other language, is the review.
    """
    found, form = _application(public_id), DecisionForm(request.POST)
    if request.method != "POST":
        return redirect("desk:application", found.public_id)
    if form.is_valid():
        try:
            decided = decide(found, form.cleaned_data)
        except deciding.DecidedAlready as error:
            messages.warning(request, str(error))
            return redirect("desk:application", found.public_id)
        except NotAllowed:
            messages.warning(
                request, _("Somebody else changed this in the meantime. See below how it stands now.")
            )
            return redirect("desk:application", found.public_id)
        except Refused as error:
            form.refuse(error)
        else:
            return _next(request, decided, done)
    return _page(request, found, form, status=422)


def _next(request: StaffRequest, decided: Application, done: str) -> HttpResponse:
    """On to the next in the queue, or back to the list when that was the last."""
    messages.success(request, done % {"business": decided.business_name})
    following = next_in_queue(decided)
    return redirect("desk:application", following.public_id) if following else redirect("desk:applications")


def _application(public_id: UUID) -> Application:
    found = for_review(public_id)
    if found is None:
        raise Http404
    return found


# --- the page ---------------------------------------------------------------------------------------


def _page(
    request: StaffRequest, found: Application, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    turns, decision = list(found.messages.all()), getattr(found, "decision", None)
    names = names_of([*(turn.author_id for turn in turns), decision.decided_by_id if decision else None])
    values = {
        "application": found,
        "here": reverse("desk:application", args=[found.public_id]),  # a refused page has another address
        "sheet": sheet_of(found, request.GET),
        "lines": _lines(found),
        "trade": _trade(found),
        "checks": [_checked(check) for check in latest_checks(found)],
        "turns": [(turn, names.get(turn.author_id, "")) for turn in turns],
        "history": timeline(history(found)),
        "others": others_of(found)[:10],
        "account": account_with_number(country=found.country, registration_number=found.registration_number),
        "decision": decision,
        "decided_by": names.get(decision.decided_by_id, "") if decision else "",
        "urgency": urgency_of(found, clock.now()),
        "next": next_in_queue(found),
        "form": form,
        "may_decide": bool(request.roles & set(DECIDE)),
        "questions": [(code, title) for code, (title, _text) in QUESTIONS.items()],
    }
    return render(request, "desk/application.html", values, status=status)


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


def _checked(check: Check) -> dict[str, Any]:
    return {
        "outcome": check.outcome,
        "label": CHECK_NAMES[check.code],
        "sentence": sentence(check.reason, check.facts),
        "required": check.required,
    }
