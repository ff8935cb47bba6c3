"""The automatic checks of a sent application, and what follows from them (A7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from medlem.applications import checks, deciding, reading, registers
from medlem.applications.models import Application, Check, RegisterAnswer
from medlem.applications.queries import facts_of, latest_checks, waiting_for_register
from medlem.applications.status import ApplicationStatus, Outcome, RegisterState
from medlem.events.actions import move, record
from medlem.events.actors import SYSTEM
from medlem.programme import current


def check(*, application_id: int, now: datetime) -> Application:
    """Runs the automatic checks that are due, and approves when the programme allows (A7).

    Due are those of an application that was just sent, whose applicant answered, or that waits for a register.
    Documents that wait are read, and the registers asked, before the row is locked. Writes the checks of this
    run, then the decision, the place in the queue, or that it was checked again. Of two workers, the second
    finds the application checked.
    """
    reading.read_all(application_id=application_id, now=now)
    application = Application.objects.get(pk=application_id)
    if not _is_due(application, now=now):
        return application
    heard = _ask(application, now=now)
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application_id)
        if _is_due(application, now=now):
            _judge(application, heard, now=now)
        return application


def _is_due(application: Application, *, now: datetime) -> bool:
    if application.status == ApplicationStatus.VALIDATING and application.checked_at is not None:
        return waiting_for_register(now).filter(pk=application.pk).exists()
    return application.status in (ApplicationStatus.RECEIVED, ApplicationStatus.VALIDATING)


# --- asking ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """What the registers said about an application's business."""

    register: registers.Answer
    vat: registers.AnswerAboutVat

    def proof_of(self, code: str) -> RegisterAnswer | None:
        """The answer that a check was judged on."""
        match code:
            case "register_entry" | "register_live":
                return self.register.proof
            case "name_agrees":
                return self.register.proof or self.vat.proof
            case "vat_agrees":
                return self.vat.proof or self.register.proof
            case _:
                return None


def _ask(application: Application, *, now: datetime) -> Heard:
    """Asks anew, unless an answer is fresh. While a register is down, what it said within the day is used."""
    country, fresh = application.country, current().registers.answer_is_fresh
    register = registers.ask(country=country, number=application.registration_number, fresh=fresh, now=now)
    # Whoever is not VAT-registered has no number to ask about.
    number = application.vat_number if application.vat_registered else ""
    return Heard(register, registers.ask_vat(country=country, number=number, fresh=fresh, now=now))


# --- judging --------------------------------------------------------------------------------------


def _judge(application: Application, heard: Heard, *, now: datetime) -> None:
    was_checked = application.checked_at is not None
    _note(application, heard.register, now=now)
    facts = facts_of(application, register=heard.register.facts, vat=heard.vat.facts, now=now)
    results = checks.run(facts, _weights())
    run = _run(application, results, heard, now=now)
    # The same again and again, while a register is down, would tell nobody anything.
    is_news = not was_checked or _came_to(run) != _came_to(latest_checks(application))
    if is_news:
        Check.objects.bulk_create(run)
    # Where that check is switched off: an address signs in for one business only.
    allowed = current().validation.auto_approve and not facts.contact_taken
    if checks.may_approve_itself(results, _weights(), allowed=allowed and not _had_by_a_person(application)):
        deciding.approve_as(application, by=SYSTEM, automatic=True, reason="", now=now)
        return
    open_checks = [code for code, result in results.items() if result.outcome != Outcome.PASSED]
    if application.status == ApplicationStatus.RECEIVED:
        move(
            application,
            to=ApplicationStatus.VALIDATING,
            name="application.in_validation",
            by=SYSTEM,
            now=now,
            open_checks=open_checks,
        )
    elif is_news:
        after = {"open_checks": open_checks}
        record("application.checked_again", by=SYSTEM, now=now, subject=application, after=after)


def _note(application: Application, answer: registers.Answer, *, now: datetime) -> None:
    """That it was checked, and what the business register said; what it said before stands while it is silent."""
    application.checked_at = now
    if answer.entity:
        application.register_answer = answer.entity.raw
        application.register_asked_at = answer.asked_at
    application.save(update_fields=["checked_at", "register_answer", "register_asked_at"])


def _had_by_a_person(application: Application) -> bool:
    """Whether somebody has it, asked about it or wrote about it; from then on a person decides (A8)."""
    if application.status == ApplicationStatus.RECEIVED:
        return False
    return application.claimed_at is not None or application.messages.exists() or application.notes.exists()


def _weights() -> dict[str, str]:
    """What each check counts for, as the programme weighs it."""
    return {str(code): weight for code, weight in current().validation.checks.items()}


def _run(
    application: Application, results: Mapping[str, checks.Result], heard: Heard, *, now: datetime
) -> list[Check]:
    """The rows of this run, each with the answer that it was judged on."""
    weights: Mapping[str, str] = _weights()
    last = application.checks.order_by("-run").values_list("run", flat=True).first() or 0
    return [
        Check(
            application=application,
            run=last + 1,
            code=code,
            required=weights.get(code) == "required",
            outcome=result.outcome,
            reason=result.reason,
            facts={**result.facts, **_as_of(heard.proof_of(code), application, now=now)},
            answer=heard.proof_of(code),
            at=now,
        )
        for code, result in results.items()
    ]


def _as_of(answer: RegisterAnswer | None, application: Application, *, now: datetime) -> dict[str, str]:
    """The moment of an answer that was not given just now: by a register that is down, or by a download."""
    heard = answer is not None and answer.state != RegisterState.UNAVAILABLE
    if answer is None or not heard or now - answer.asked_at <= current().registers.answer_is_fresh:
        return {}
    zone = ZoneInfo(current().country(application.country).timezone)
    return {"as_of": f"{answer.asked_at.astimezone(zone):%Y-%m-%d %H:%M}"}


def _came_to(run: Iterable[Check]) -> dict[str, tuple[str, str, Mapping[str, str]]]:
    return {check.code: (check.outcome, check.reason, check.facts) for check in run}
