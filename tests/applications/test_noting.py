"""Notes of staff, which the applicant never sees (A8), and the list of blocked contacts (A7)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from medlem.applications import blocking, deciding, erasing, noting
from medlem.applications.models import BlockedContact, Note
from medlem.applications.queries import blocked_contacts, notes_of
from medlem.core.errors import Refused
from medlem.events.models import Event
from tests.applications.applying import checked, sent, validating
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a8_staff_note_what_colleagues_should_know(cast: Cast, now: datetime) -> None:
    application = validating(now=now)
    for text in (" Rang, no answer. ", "Rang again.", "Rang again."):  # the last one is a second click
        noting.add_note(application=application, text=text, by=cast.sara.as_staff, now=now)
    assert [(note.author_id, note.text) for note in notes_of(application)] == [
        (cast.sara.public_id, "Rang again."),
        (cast.sara.public_id, "Rang, no answer."),
    ]
    event = Event.objects.filter(name="application.note_added").latest("id")
    assert (event.actor_id, event.after) == (cast.sara.public_id, {})
    assert application.messages.count() == 0


def test_a8_a_note_has_words(cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused, match="Write the note first") as refused:
        noting.add_note(application=validating(now=now), text=" \n", by=cast.vera.as_staff, now=now)
    assert (refused.value.field, Note.objects.count()) == ("note", 0)


def test_a11_notes_go_with_the_documents_that_they_are_about(cast: Cast, now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    noting.add_note(application=application, text="A friend of Kari's.", by=cast.vera.as_staff, now=now)
    later = now + timedelta(days=90)
    erasing.erase(application_id=application.pk, now=later)
    assert Note.objects.count() == 0
    with pytest.raises(Refused, match="takes no more notes"):
        noting.add_note(application=application, text="Late.", by=cast.vera.as_staff, now=later)


def test_a7_a_blocked_contact_is_let_go_with_a_trace(cast: Cast, now: datetime) -> None:
    application = validating(now=now, email="Kari@studio.example")
    deciding.decline(
        application=application, reason="Fraud", block_contact=True, by=cast.vera.as_staff, now=now
    )
    (contact,) = blocked_contacts("kari@")
    assert list(blocked_contacts("ola@")) == []
    for _click in range(2):
        blocking.unblock(contact_id=contact.pk, by=cast.mona.as_staff, now=now + timedelta(days=1))
    assert BlockedContact.objects.count() == 0
    event = Event.objects.get(name="contact.unblocked")
    assert (event.actor_id, event.before["reason"], event.before["person"]) == (
        cast.mona.public_id,
        "Fraud",
        str(cast.vera.public_id),
    )
    assert "kari" not in str(event.before)
