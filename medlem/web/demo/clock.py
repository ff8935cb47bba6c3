"""The demo's calendar (E7): moved forward by hand, it does what is due on every day that passes."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from medlem.billing.queries import InvoiceFilter, find_invoices
from medlem.commands.tick import tick
from medlem.core import clock
from medlem.memberships.queries import ending_terms
from medlem.programme import current
from medlem.web.forms import DateInput, Form
from medlem.web.middleware import chosen_language
from medlem.web.templatetags.medlem import reader

MOST_DAYS = 400
REPORT = "demo.clock"
"""Where a session keeps what was done, from the POST to the page that shows it."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the tick of one day did, and what went wrong."""

    on: str
    done: dict[str, int]
    trouble: list[str]


class ClockForm(Form):
    """Takes `days` (0: only do what is due now), or `to`: a day, or a moment."""

    days = forms.IntegerField(required=False, min_value=0, max_value=MOST_DAYS)
    to = forms.CharField(label=gettext_lazy("Move to"), widget=DateInput(), required=False, max_length=40)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_to(self) -> datetime | None:
        text: str = self.cleaned_data["to"]
        if not text:
            return None
        try:
            return _moment(text, self.now)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(text)s” is no day. Write it as 2026-12-24, or as 2026-12-24T06:00.") % {"text": text}
            ) from error

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        days, to = values.get("days"), values.get("to")
        if self.errors:
            return values
        if (days is None) == (to is None):
            raise forms.ValidationError(_("Give either “days” or “to”."))
        target = to or self.now + timedelta(days=days or 0)
        if target < self.now:
            self.add_error("to", _("The calendar only moves forward. Choose a later day."))
        elif target - self.now > timedelta(days=MOST_DAYS):
            self.add_error(
                "to", _("That is too far. Move %(days)s days at most at a time.") % {"days": MOST_DAYS}
            )
        return {**values, "target": target}


def _moment(text: str, now: datetime) -> datetime:
    """A day keeps the present time of day; a moment without a zone is the programme's. Raises ValueError."""
    if len(text) == len("2026-12-24"):
        return datetime.combine(date.fromisoformat(text), now.time(), now.tzinfo)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


# Scripts move the calendar with one request; nothing in a demo is worth forging one.
@csrf_exempt
@chosen_language
@require_http_methods(["GET", "HEAD", "POST"])
def clock_page(request: HttpRequest) -> HttpResponse:
    """Shows the calendar; a POST of `days` or `to` moves it and does what is due on each day passed."""
    now = clock.now().astimezone(ZoneInfo(current().timezone))
    as_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if request.method != "POST":
        return JsonResponse(_today()) if as_json else _page(request, ClockForm(now=now), now)
    form = ClockForm(request.POST, now=now)
    if not form.is_valid():
        if as_json:
            errors = [str(error) for errors in form.errors.values() for error in errors]
            return JsonResponse({"error": " ".join(errors)}, status=422)
        return _page(request, form, now, status=422)
    days = [_pass(moment) for moment in _moments(now, form.cleaned_data["target"])]
    if as_json:
        return JsonResponse({**_today(), "days": [asdict(each) for each in days]})
    request.session[REPORT] = [asdict(each) for each in days]
    return redirect("demo:clock")


def _moments(now: datetime, target: datetime) -> Iterator[datetime]:
    """Every day between at the present time of day, and the target last."""
    passing = now + timedelta(days=1)
    while passing.date() < target.astimezone(now.tzinfo).date():
        yield passing
        passing += timedelta(days=1)
    yield target


def _pass(moment: datetime) -> Day:
    """Moves the calendar, unless that time has come by itself, and does what is due then."""
    if moment > clock.now():
        clock.move_to(moment)
    report = tick(now=max(moment, clock.now()))
    done = {name: count for name, count in report.done.items() if count}
    return Day(clock.date_in(current().timezone, moment).isoformat(), done, report.trouble)


def _today() -> dict[str, str]:
    return {"now": clock.now().isoformat(), "today": clock.today(current().timezone).isoformat()}


# --- the page ---------------------------------------------------------------------------------------


def _page(request: HttpRequest, form: ClockForm, now: datetime, *, status: int = 200) -> HttpResponse:
    today = now.date()
    shown = _month(request.GET.get("month", ""), today)
    report = request.session.pop(REPORT, [])
    values = {
        "form": form,
        "now": now,
        "today": today,
        "month": format_date(shown, "LLLL y", locale=reader()).capitalize(),
        "weekdays": [get_day_names("abbreviated", locale=reader())[each] for each in range(7)],
        "weeks": Calendar().monthdatescalendar(shown.year, shown.month),
        "shown": shown,
        "before": _shifted(shown, -1) if shown > today.replace(day=1) else None,
        "after": _shifted(shown, 1),
        "coming": _coming(today),
        "report": [each for each in map(_in_words, report) if each["done"] or each["trouble"]],
        "passed": len(report),
        "steps": [(1, _("1 day")), (7, _("1 week")), (30, _("30 days"))],
    }
    return render(request, "demo/clock.html", values, status=status)


WORDS = {
    "applications checked": gettext_lazy("Applications checked"),
    "invoices sent": gettext_lazy("Invoices sent"),
    "cards charged": gettext_lazy("Cards charged"),
    "invoices reminded": gettext_lazy("Reminders of unpaid invoices"),
    "memberships suspended": gettext_lazy("Memberships suspended"),
    "unpaid memberships ended": gettext_lazy("Unpaid memberships ended"),
    "renewals reminded": gettext_lazy("Reminders to renew"),
    "memberships ended": gettext_lazy("Memberships ended"),
    "applications erased": gettext_lazy("Documents of decided applications erased"),
    "mails sent": gettext_lazy("Mails sent"),
}
"""What the tick calls its jobs, for people. The seals of the event log are nobody's news."""


def _in_words(passed: dict[str, Any]) -> dict[str, Any]:
    """One day of the report, with what was done on it in words."""
    done = [(WORDS[name], count) for name, count in passed["done"].items() if name in WORDS]
    return {"on": date.fromisoformat(passed["on"]), "done": done, "trouble": passed["trouble"]}


def _month(text: str, today: date) -> date:
    try:
        return max(date.fromisoformat(f"{text}-01"), today.replace(day=1))
    except ValueError:
        return today.replace(day=1)


def _shifted(month: date, by: int) -> date:
    return (month + timedelta(days=32 if by > 0 else -1)).replace(day=1)


def _coming(today: date) -> list[tuple[date, str]]:
    """The next days on which an invoice is charged or due, or a term ends, each once."""
    due = find_invoices(search="", status=InvoiceFilter.OPEN, today=today).filter(due_on__gt=today)
    coming = [
        (invoice.due_on, f"{invoice.number} {invoice.account.name}")
        for invoice in due.order_by("due_on", "number")[:20]
    ]
    ends = _("%(business)s: the term ends")
    coming += [
        (term.ends_on, ends % {"business": term.membership.account.name}) for term in ending_terms(today)[:20]
    ]
    days: dict[date, list[str]] = {}
    for on, what in sorted(coming):
        days.setdefault(on, []).append(what)
    return [(on, ", ".join(names)) for on, names in list(days.items())[:5]]
