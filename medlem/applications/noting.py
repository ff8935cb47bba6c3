"""What staff write to each other about an application; the applicant never sees it (A8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.applications.claiming import renew
from medlem.applications.models import Application, Note
from medlem.core.errors import Refused
from medlem.events.actions import record
from medlem.events.actors import Actor

SECOND_CLICK = timedelta(minutes=10)
"""A page that is sent again by reloading says the same once more, too."""


@transaction.atomic
def add_note(*, application: Application, text: str, by: Actor, now: datetime) -> Note:
    """Writes a note, of any application that was sent; a second click writes none. Its event does not repeat
    the words, which go when the application is erased. Raises Refused (field `note`) for one without words."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if not text.strip():
        raise Refused(_("Write the note first."), field="note")
    if application.erased_at:
        raise Refused(_("The application was erased; it takes no more notes."), field="note")
    last = application.notes.last()
    if last and (last.author_id, last.text) == (by.id, text.strip()) and now - last.at < SECOND_CLICK:
        return last
    note = Note.objects.create(application=application, author_id=by.person_id, text=text.strip(), at=now)
    record("application.note_added", by=by, now=now, subject=application)
    renew(application, by=by, now=now)
    return note
