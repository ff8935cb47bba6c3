"""Erasing what has been kept long enough (A11). The tick calls it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from medlem.applications.models import Application, Evidence
from medlem.applications.queries import documents_of, kept_long_enough
from medlem.applications.status import ApplicationStatus
from medlem.events.actions import record
from medlem.events.actors import SYSTEM
from medlem.gateways.storage import files

PERSONAL = ("first_name", "last_name", "email", "phone", "invoice_email", "former_email")


@transaction.atomic
def erase(*, application_id: int, now: datetime) -> None:
    """Erases what has been kept long enough (A11): documents and register answer of a decided application,
    of a declined one its personal data and dialogue too, and a forgotten draft whole.

    The files go after the rows are committed; decision, checks and events stay. What another worker erased,
    or an applicant saved meanwhile, is left alone.
    """
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None or not kept_long_enough(now).filter(pk=application_id).exists():
        return
    stored = list(documents_of(application).values_list("stored_as", flat=True))
    record(
        "application.erased",
        by=SYSTEM,
        now=now,
        subject=application,
        after={"status": application.status, "documents": len(stored)},
    )
    if application.status == ApplicationStatus.DRAFT:
        application.delete()
    else:
        Evidence.objects.filter(application=application).update(
            erased_at=now, findings=None, transcript=None, filename="", stored_as=""
        )
        application.erased_at = now
        application.register_answer = None
        if application.status == ApplicationStatus.DECLINED:
            for name in PERSONAL:
                setattr(application, name, "")
            application.messages.all().delete()
        application.save()
    transaction.on_commit(partial(_delete_files, stored))


def _delete_files(stored: list[str]) -> None:
    for name in stored:
        files().delete(name)
