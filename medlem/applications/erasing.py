"""Erasing what has been kept long enough (A11). The tick calls it.

What goes, what stays and why: docs/decisions/what-is-erased-and-what-stays.md.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from medlem.applications.likeness import marks
from medlem.applications.models import Application, RegisterAnswer
from medlem.applications.queries import documents_of, kept_long_enough
from medlem.applications.status import ApplicationStatus
from medlem.events.actions import forget_mails, record
from medlem.events.actors import SYSTEM
from medlem.gateways.storage import files

PERSONAL = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "invoice_email",
    "e_invoice_address",
    "former_email",
    "delivery_street",
    "delivery_postcode",
    "delivery_place",
)
OF_A_PERSON = ("business_name", "street", "postcode", "place", "vat_number")
"""What of a business is a person's own where the business is one."""

NOT_ONE_PERSON = {
    "AS",
    "ASA",
    "SA",
    "FLI",
    "STI",
    "BRL",
    "SF",
    "KF",
    "FKF",
    "IKS",
    "ORGL",
    "KOMM",
    "FYLK",
    "STAT",
}
"""Legal forms of Norway's register that are no persons. Any other, and an unknown one from abroad, may be."""


@transaction.atomic
def erase(*, application_id: int, now: datetime) -> None:
    """Erases what has been kept long enough (A11): documents, what was read in them, notes and the register's
    answers about persons; of a declined application its personal data, dialogue and mails too; and a
    forgotten draft whole.

    The files go after the rows are committed; decision, checks and events stay. What another worker erased,
    an applicant saved meanwhile, or a mail is still to be sent of, is left alone.
    """
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None or not kept_long_enough(now).filter(pk=application_id).exists():
        return
    has_no_account = application.status != ApplicationStatus.APPROVED
    if has_no_account and not forget_mails(about=application.public_id, to=application.email):
        return  # by a later tick, when they are sent
    stored = list(documents_of(application).values_list("stored_as", flat=True))
    record(
        "application.erased",
        by=SYSTEM,
        now=now,
        subject=application,
        after={"status": application.status, "documents": len(stored)},
    )
    _erase_register_answers(application)
    if application.status == ApplicationStatus.DRAFT:
        application.delete()
    else:
        _erase_documents(application, now=now)
        _erase_answers(application, now=now)
    transaction.on_commit(partial(_delete_files, stored))


def _erase_documents(application: Application, *, now: datetime) -> None:
    """What a document was goes, its name in the checks too; that it was here stays, so that it is known again:
    its hashes, and marks of its figures that tell nobody what they were (A7)."""
    for document in documents_of(application):
        document.transcript = {"marks": sorted(marks(document.transcript))}
        document.erased_at, document.findings = now, None
        document.filename = document.stored_as = ""
        document.save(update_fields=["transcript", "erased_at", "findings", "filename", "stored_as"])
    for check in application.checks.all():
        if check.facts.pop("document", None) is not None:
            check.save(update_fields=["facts"])


def _erase_answers(application: Application, *, now: datetime) -> None:
    application.erased_at = now
    application.register_answer = None
    application.notes.all().delete()
    if application.status == ApplicationStatus.DECLINED:
        of_a_person = application.organisation_form not in NOT_ONE_PERSON
        for name in (*PERSONAL, *(OF_A_PERSON if of_a_person else ())):
            setattr(application, name, "")
        if of_a_person:
            application.checks.update(facts={})
        application.messages.all().delete()
    application.save()


def _erase_register_answers(application: Application) -> None:
    """What a register told of a business that may be a person; that it was asked, and what came of it, stays.

    Left alone while another application of the same business rests on it.
    """
    same = Application.objects.filter(
        erased_at=None, country=application.country, registration_number=application.registration_number
    )
    if application.organisation_form in NOT_ONE_PERSON or same.exclude(pk=application.pk).exists():
        return
    numbers = {application.registration_number, application.vat_number} - {""}
    judged_on = Q(pk__in=application.checks.exclude(answer=None).values("answer"))
    asked_for = Q(country=application.country, number__in=numbers)
    RegisterAnswer.objects.filter(judged_on | asked_for).update(raw=None)


def _delete_files(stored: list[str]) -> None:
    for name in stored:
        files().delete(name)
