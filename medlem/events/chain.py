"""The hash chain over the event log: an altered or missing row does not go unseen (E3).

The tick seals what is older than a few minutes, so that no transaction still holds an id in between;
`doctor` recomputes every seal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction

from medlem.events.models import Event, Seal

SETTLED = timedelta(minutes=5)
BATCH = 1000


def seal(*, now: datetime) -> int:
    """Seals settled events in batches; returns how many. Two workers at once make one chain: keys are unique."""
    sealed = 0
    while True:
        with transaction.atomic():
            last = Seal.objects.select_for_update().order_by("-last_id").first()
            after = last.last_id if last else 0
            events = list(Event.objects.filter(pk__gt=after, at__lte=now - SETTLED).order_by("pk")[:BATCH])
            # An event with a lower id may be younger by its clock: the batch ends before the gap.
            younger = Event.objects.filter(pk__gt=after, at__gt=now - SETTLED).order_by("pk").first()
            if younger:
                events = [event for event in events if event.pk < younger.pk]
            if not events:
                return sealed
            try:
                with transaction.atomic():
                    Seal.objects.create(
                        first_id=after + 1,
                        last_id=events[-1].pk,
                        count=len(events),
                        digest=_digest(last.digest if last else "", events),
                        sealed_at=now,
                    )
            except IntegrityError:  # another worker is sealing them, and goes on
                return sealed
            sealed += len(events)


def broken() -> list[str]:
    """The seals that no longer agree with their events, each as a sentence; empty when all is well."""
    problems: list[str] = []
    before, next_id = "", 1
    for link in Seal.objects.order_by("first_id").iterator():
        events = list(Event.objects.filter(pk__range=(link.first_id, link.last_id)).order_by("pk"))
        if link.first_id != next_id:
            problems.append(f"events {next_id} to {link.first_id - 1}: their seal is missing")
        elif len(events) != link.count:
            problems.append(
                f"events {link.first_id} to {link.last_id}: {link.count} were sealed, {len(events)} are there"
            )
        elif _digest(before, events) != link.digest:
            problems.append(
                f"events {link.first_id} to {link.last_id}: altered since {link.sealed_at:%Y-%m-%d}"
            )
        before, next_id = link.digest, link.last_id + 1
    return problems


def _digest(before: str, events: Iterable[Event]) -> str:
    digest = hashlib.sha256(before.encode())
    for event in events:
        digest.update(_line(event))
    return digest.hexdigest()


def _line(event: Event) -> bytes:
    values = [
        event.pk,
        str(event.public_id),
        event.name,
        event.at.astimezone(UTC).isoformat(),
        event.actor_kind,
        str(event.actor_id),
        str(event.account_id),
        event.subject_kind,
        str(event.subject_id),
        event.before,
        event.after,
    ]
    return json.dumps(values, sort_keys=True, ensure_ascii=False).encode() + b"\n"
