"""The what-if of the desk: whom a planned catalogue or planned thresholds would lift or drop (B7). Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from medlem.accounts.models import Account
from medlem.accounts.status import Role
from medlem.core import clock
from medlem.memberships.queries import levels_held
from medlem.products.catalogue import Change, Refusal, compare
from medlem.products.planning import Concerned, Effect, Thresholds, WhatIf, what_if
from medlem.products.queries import catalogue, shown_names
from medlem.programme import current
from medlem.programme.problems import Problem, Reason
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.what_if_form import PlanForm
from medlem.web.templatetags.medlem import day, number, text

MOST_CONCERNED = 50


@dataclass(frozen=True, slots=True)
class ConcernedRow:
    """An account of the list, with the level that it holds and keeps to the end of its term."""

    account: Account
    concerned: Concerned
    held: str


@dataclass(frozen=True, slots=True)
class View:
    """One reading of the plan: its thresholds, and the accounts most concerned."""

    effect: Effect
    rows: list[ConcernedRow]


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of a plan that was worked out."""

    changes: list[tuple[str, str]]
    problems: list[str]
    result: WhatIf
    from_now: View
    anew: View
    thresholds: bool

    @property
    def nothing(self) -> bool:
        """Whether all is as it is published already."""
        return not self.changes and not self.thresholds

    @property
    def differs(self) -> bool:
        """Whether the two readings come to different things; with thresholds alone they do not."""
        return bool(self.changes)


@staff(Role.MANAGER)
def plan(request: StaffRequest) -> HttpResponse:
    """The form, and below it what the plan comes to."""
    sent = request.method == "POST"
    form = PlanForm(request.POST if sent else None, request.FILES if sent else None)
    found = _worked_out(form) if sent and form.is_valid() else None
    values = {"form": form, "found": found, "models": sorted(shown_names().values())}
    return render(request, "desk/what_if.html", values, status=422 if form.errors else 200)


def _worked_out(form: PlanForm) -> Found:
    today = clock.today(current().timezone)
    known = {model.code: model for model in catalogue()}
    planned, problems = form.planned(known)
    changes = list(compare(planned, known, today=today))
    present, then = present_thresholds(), form.thresholds()
    result = what_if(changes, now=present, then=then, today=today)
    refused = [refusal for change in changes for refusal in change.refused]
    return Found(
        changes=[
            (change.planned.name, _words(change)) for change in changes if change.values or change.until
        ],
        problems=[*map(_problem, problems), *map(_problem, refused)],
        result=result,
        from_now=_view(result.from_now),
        anew=_view(result.anew),
        thresholds=then != present,
    )


def present_thresholds() -> Thresholds:
    programme = current()
    return Thresholds(invitation=programme.membership.invitation_points, levels=programme.levels)


def _words(change: Change) -> str:
    """What the plan says of one model, in words."""
    said = [
        _("%(points)s points from %(day)s") % {"points": number(dated.points), "day": day(dated.from_on)}
        for dated in change.values
    ]
    if change.until:
        said.append(_("counts until %(day)s") % {"day": day(change.until)})
    return ", ".join(said)


def _problem(problem: Problem | Refusal) -> str:
    """With the line, where the file has one: what is typed into the fields has none."""
    reason = problem.reason
    said = _(reason.words) % reason.values if isinstance(reason, Reason) else reason
    return _("line %(line)s: %(reason)s") % {"line": problem.line, "reason": said} if problem.line else said


def _view(effect: Effect) -> View:
    """The accounts most concerned, with their names and the levels that they hold: two queries."""
    most = effect.concerned[:MOST_CONCERNED]
    accounts = Account.objects.in_bulk([concerned.account_id for concerned in most])
    held = levels_held(accounts, today=clock.today(current().timezone))
    names = {level.code: text(level.name) for level in current().levels}
    return View(
        effect,
        [
            ConcernedRow(
                accounts[concerned.account_id],
                concerned,
                names.get(held.get(concerned.account_id, ""), ""),
            )
            for concerned in most
        ],
    )
