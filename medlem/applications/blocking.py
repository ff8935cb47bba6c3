"""Contacts whose applications are never approved automatically: blocking and unblocking (A7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from medlem.applications.models import BlockedContact
from medlem.events.actions import record
from medlem.events.actors import Actor


def block(*, email: str, reason: str, by: Actor, now: datetime) -> None:
    """Blocks an address, as part of declining: its event tells. One that is blocked stays as it is."""
    BlockedContact.objects.get_or_create(
        email=email.casefold(),
        defaults={"reason": reason.strip()[:200], "blocked_by_id": by.person_id, "at": now},
    )


@transaction.atomic
def unblock(*, contact_id: int, by: Actor, now: datetime) -> BlockedContact | None:
    """Takes an address off the list; the event keeps who had blocked it and why, not the address. Of two
    clicks the second finds nothing."""
    contact = BlockedContact.objects.select_for_update().filter(pk=contact_id).first()
    if contact is None:
        return None
    record(
        "contact.unblocked",
        by=by,
        now=now,
        subject=contact,
        before={"person": str(contact.blocked_by_id), "reason": contact.reason, "at": contact.at},
    )
    contact.delete()
    return contact
