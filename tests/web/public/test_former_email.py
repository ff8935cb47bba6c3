"""Proving a former address by its link (A5)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from medlem.core import links
from medlem.events.actors import SYSTEM
from medlem.events.models import Event
from medlem.products import migration
from medlem.products.models import LegacyClaim
from medlem.products.status import ClaimStatus
from tests.people import Cast
from tests.web.visits import signed_in, words


@pytest.fixture
def claim(cast: Cast, now: datetime) -> LegacyClaim:
    return migration.claim_former_email(
        account=cast.fjordlys, email="gammel@fjordlys.example", language="en", by=SYSTEM, now=now
    )


def page_of(claim: LegacyClaim) -> str:
    return f"/en/former-email/{links.sign('former-email', claim.public_id)}/"


def test_a5_opening_the_link_confirms_nothing_pressing_the_button_does(
    client: Client, claim: LegacyClaim
) -> None:
    assert "Fjordlys Foto AS says that it was a member with gammel@fjordlys.example." in words(
        client.get(page_of(claim))
    )
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.UNPROVEN

    assert client.post(page_of(claim)).headers["Location"] == page_of(claim)
    claim.refresh_from_db()
    assert (claim.status, claim.reason) == (ClaimStatus.CONFIRMED, "")
    assert "The address is confirmed" in words(client.get(page_of(claim)))


def test_a5_confirming_twice_confirms_once(client: Client, claim: LegacyClaim) -> None:
    for _ in range(2):
        client.post(page_of(claim))

    assert Event.objects.filter(name="former_email.confirmed").count() == 1


def test_a5_the_member_who_confirms_is_named_in_the_history(cast: Cast, claim: LegacyClaim) -> None:
    signed_in(cast.alice).post(page_of(claim))

    assert Event.objects.get(name="former_email.confirmed").actor_id == cast.alice.public_id


def test_a5_an_address_confirmed_for_another_business_goes_to_support(
    client: Client, cast: Cast, claim: LegacyClaim, now: datetime
) -> None:
    migration.link_former_email(
        account=cast.nordkapp,
        email=claim.email,
        reason="They rang.",
        despite=True,
        by=cast.sara.as_staff,
        now=now,
    )

    assert client.get(page_of(claim)).status_code == 409
    refused = client.post(page_of(claim))
    assert refused.status_code == 409
    assert "Contact priority support." in words(refused)
    assert "+47 21 00 00 00" in words(refused)
    assert "Nordkapp" not in refused.text


def test_only_the_signed_link_opens_it(client: Client, claim: LegacyClaim) -> None:
    for token in ("x", str(claim.public_id), links.sign("status", claim.public_id)):
        assert client.get(f"/en/former-email/{token}/").status_code == 404
        assert client.post(f"/en/former-email/{token}/").status_code == 404
