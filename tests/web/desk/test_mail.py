"""The desk's outbox: what was sent, what was not, and trying again (E1, E4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from medlem.events.models import Event, Mail
from tests.people import Cast


@pytest.fixture(autouse=True)
def house(cast: Cast, set_clock: Callable[[datetime], None]) -> Iterator[None]:
    """An empty outbox; the cast's own mails are no part of these tests."""
    Mail.objects.all().delete()
    with translation.override("en"):
        yield


def mail(to: str, *, now: datetime, **values: Any) -> Mail:
    return Mail.objects.create(template="welcome", to=to, language="en", queued_at=now, try_at=now, **values)


def shown(client: Client, **query: str) -> list[str]:
    return [each.to for each in client.get(reverse("desk:mail"), query).context["page"]]


def test_e4_the_outbox_is_narrowed_to_what_was_not_sent(client: Client, cast: Cast, now: datetime) -> None:
    mail("sent@one.example", now=now, sent_at=now)
    mail("waiting@two.example", now=now, attempts=2, last_error="ConnectionRefusedError")
    mail("given-up@three.example", now=now, attempts=8, given_up_at=now)
    client.force_login(cast.sara)

    assert shown(client) == ["given-up@three.example", "waiting@two.example", "sent@one.example"]
    assert shown(client, state="waiting") == ["waiting@two.example"]
    assert shown(client, state="given_up") == ["given-up@three.example"]
    assert shown(client, state="sent") == ["sent@one.example"]
    assert shown(client, q="one.example") == ["sent@one.example"]
    assert shown(client, state="nonsense", q="nobody") == []


def test_a_given_up_mail_is_tried_again_once(client: Client, cast: Cast, now: datetime) -> None:
    given_up = mail("given-up@three.example", now=now, attempts=8, given_up_at=now)
    client.force_login(cast.sara)
    address = reverse("desk:mail_again", args=[given_up.public_id])

    answers = [client.post(address).status_code, client.post(address).status_code]

    assert answers == [302, 302]
    given_up.refresh_from_db()
    assert (given_up.given_up_at, given_up.attempts) == (None, 0)
    assert Event.objects.filter(name="mail.tried_again").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_outbox_asks_the_database_as_often_for_three_rows_as_for_one(
    client: Client, cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        mail(f"{number}@many.example", now=now)
    client.force_login(cast.mona)

    with django_assert_num_queries(6):
        assert len(shown(client)) == count


def test_strangers_and_other_roles_find_nothing(client: Client, cast: Cast, now: datetime) -> None:
    given_up = mail("given-up@three.example", now=now, attempts=8, given_up_at=now)
    for stranger in (cast.alice, cast.vera, cast.finn):
        client.force_login(stranger)
        assert client.get(reverse("desk:mail")).status_code == 404
        assert client.post(reverse("desk:mail_again", args=[given_up.public_id])).status_code == 404
