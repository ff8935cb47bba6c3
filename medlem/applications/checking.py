"""The automatic checks of a sent application, and what follows from them (A7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from medlem.applications import deciding, reading, registers, rules
from medlem.applications.models import Application, Check
from medlem.applications.queries import facts_of
from medlem.applications.status import ApplicationStatus, Outcome
from medlem.events.actions import move
from medlem.events.actors import SYSTEM
from medlem.programme import current


def check(*, application_id: int, now: datetime) -> Application:
    """Runs the automatic checks and approves when the programme allows (A7).

    Documents that wait are read, and the register is asked, before the row is locked. Writes the checks of
    this run, then the decision or the place in the queue. Of two workers, the second finds the application
    checked.
    """
    reading.read_all(application_id=application_id, now=now)
    application = Application.objects.get(pk=application_id)
    answer = registers.ask(country=application.country, number=application.registration_number)
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application_id)
        if application.status != ApplicationStatus.RECEIVED:
            return application
        facts = facts_of(application, answer.facts)
        results = rules.run(facts, _weights())
        _write_checks(application, results, now=now)
        application.checked_at = now
        application.register_answer = answer.entity.raw if answer.entity else application.register_answer
        application.register_asked_at = now
        application.save(update_fields=["checked_at", "register_answer", "register_asked_at"])
        # Where that check is switched off: an address signs in for one business only.
        allowed = current().validation.auto_approve and not facts.contact_taken
        if rules.may_approve_itself(results, _weights(), allowed=allowed):
            return deciding.approve_as(application, by=SYSTEM, automatic=True, reason="", now=now)
        move(
            application,
            to=ApplicationStatus.VALIDATING,
            name="application.in_validation",
            by=SYSTEM,
            now=now,
            open_checks=[code for code, result in results.items() if result.outcome != Outcome.PASSED],
        )
        return application


def _weights() -> dict[str, str]:
    """What each check counts for, as the programme weighs it."""
    return {str(code): weight for code, weight in current().validation.checks.items()}


def _write_checks(application: Application, results: Mapping[str, rules.Result], *, now: datetime) -> None:
    weights: Mapping[str, str] = _weights()
    last = application.checks.order_by("-run").values_list("run", flat=True).first() or 0
    Check.objects.bulk_create(
        Check(
            application=application,
            run=last + 1,
            code=code,
            required=weights.get(code) == "required",
            outcome=result.outcome,
            reason=result.reason,
            facts=result.facts,
            at=now,
        )
        for code, result in results.items()
    )


# --- deciding (A8) ---------------------------------------------------------------------------------
