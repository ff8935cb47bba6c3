"""The invitation comes as soon as the account has 500 points, once (C1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from medlem.accounts.models import User
from medlem.events.models import Event, Mail
from medlem.memberships.models import Membership
from medlem.memberships.queries import invitation_of, points_of
from tests.factories import give_points, product
from tests.people import Cast
from tests.together import together


def invitations() -> list[tuple[str, int]]:
    """To whom, with how many points."""
    mails = Mail.objects.filter(template="invitation").order_by("id")
    return [(mail.to, mail.values["points"]) for mail in mails]


@pytest.mark.parametrize(
    ("points", "mailed"),
    [(0, []), (499, []), (500, [("alice@fjordlys.example", 500)]), (510, [("alice@fjordlys.example", 510)])],
)
def test_c1_invitation_comes_once_at_500(
    cast: Cast, now: datetime, points: int, mailed: list[tuple[str, int]]
) -> None:
    give_points(cast.fjordlys, points, now=now)
    assert invitations() == mailed
    invitation = invitation_of(cast.fjordlys)
    assert ([(cast.alice.email, invitation.points)] if invitation else []) == mailed
    give_points(cast.fjordlys, 0, now=now)
    assert invitations() == mailed


def test_c1_invitation_tells_who_how_many_and_where(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.alice.pk).update(language="nb")
    give_points(cast.fjordlys, 500, now=now)
    columns = ("to", "language", "account_id", "queued_at", "values")
    assert list(Mail.objects.filter(template="invitation").values_list(*columns)) == [
        (
            "alice@fjordlys.example",
            "nb",
            cast.fjordlys.public_id,
            now,
            {
                "name": "Alice",
                "points": 500,
                "link": {"page": "portal:membership", "purpose": "", "thing": "", "kwargs": {}},
            },
        )
    ]
    event = Event.objects.get(name="account.invited")
    assert (event.subject_id, event.account_id, event.actor_kind, event.after) == (
        cast.fjordlys.public_id,
        cast.fjordlys.public_id,
        "system",
        {"points": 500},
    )


def test_c1_invitation_does_not_come_again_after_falling_below(cast: Cast, now: datetime) -> None:
    for step, points in enumerate((499, 1, -300, 300, 1_000)):
        give_points(cast.fjordlys, points, now=now + timedelta(days=step))
    assert (points_of(cast.fjordlys), invitations()) == (1_500, [("alice@fjordlys.example", 500)])
    invitation = invitation_of(cast.fjordlys)
    assert invitation is not None
    assert (invitation.points, invitation.at) == (500, now + timedelta(days=1))


def test_c1_invitation_comes_with_the_product_that_reaches_500(cast: Cast, now: datetime) -> None:
    product(cast.fjordlys, points=250, serial="0012345", now=now)
    assert invitations() == []
    product(cast.fjordlys, points=310, serial="0012346", now=now)
    assert invitations() == [("alice@fjordlys.example", 560)]


@pytest.mark.usefixtures("committing")
def test_c1_invitation_comes_once_to_two_at_once(cast: Cast, now: datetime) -> None:
    together(*[lambda: give_points(cast.fjordlys, 600, now=now)] * 2)
    assert (points_of(cast.fjordlys), invitations()) == (1_200, [("alice@fjordlys.example", 600)])
    assert Event.objects.filter(name="account.invited").count() == 1


def test_c1_invitation_does_not_come_to_a_live_member(cast: Cast, now: datetime) -> None:
    Membership.objects.create(account=cast.fjordlys, number="CPS-1", status="suspended", joined_at=now)
    Membership.objects.create(account=cast.nordkapp, number="CPS-2", status="ended", joined_at=now)
    give_points(cast.fjordlys, 500, now=now)
    give_points(cast.nordkapp, 500, now=now)
    assert invitations() == [("charlie@nordkapp.example", 500)]


def test_c1_threshold_is_the_programmes(cast: Cast, now: datetime, settings: Any) -> None:
    settings.MEDLEM_PROGRAMME_FILE = settings.MEDLEM_PROGRAMME_FILE.with_name("nordlys.toml")
    give_points(cast.fjordlys, 299, now=now)
    assert invitations() == []
    give_points(cast.fjordlys, 1, now=now)
    assert invitations() == [("alice@fjordlys.example", 300)]
