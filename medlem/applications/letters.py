"""What the applicant is written, whoever writes it: sending, checking or deciding."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from medlem.applications.models import Application
from medlem.events.actions import link, queue_mail
from medlem.programme import current


def mail_applicant(application: Application, template: str, *, now: datetime, **values: Any) -> None:
    """Queues a letter to the applicant, with the link to the status page (A6)."""
    queue_mail(
        template,
        to=application.email,
        language=application.language,
        now=now,
        name=application.first_name,
        business=application.business_name,
        number=application.number,
        zone=current().country(application.country).timezone,
        link=link("public:status", "status", application.public_id),
        **values,
    )
