"""The append-only event log, its seals, and the outbox of mails (E1, E3)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from medlem.core.identifiers import uuid7


class AppendOnly(models.QuerySet[Any]):
    """A table whose rows are written once: correcting means another row."""

    def update(self, **_columns: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never changed; record another")

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never removed")


class Event(models.Model):
    """One thing that happened: who, what, when, before and after.

    Refers to people, accounts and subjects by their outside ids, as this table outlives their rows.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True, db_index=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True, db_index=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name", "at"], name="event_name_at")]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class Seal(models.Model):
    """A link of the hash chain over the events from `first_id` to `last_id`, made by the tick."""

    first_id = models.BigIntegerField(unique=True)
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    def __str__(self) -> str:
        return f"events {self.first_id} to {self.last_id}"


class Mail(models.Model):
    """A mail that is to be sent, or was. Its words are made at sending; links are signed then, not stored."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    template = models.CharField(max_length=60)
    to = models.EmailField()
    language = models.CharField(max_length=5)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    account_id = models.UUIDField(null=True, db_index=True)
    attachment = models.CharField(max_length=60, blank=True)
    attachment_name = models.CharField(max_length=80, blank=True)
    queued_at = models.DateTimeField()
    try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["try_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="mail_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} of {self.queued_at:%Y-%m-%d %H:%M}"
