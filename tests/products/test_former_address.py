"""The former address is never proof by itself: the mailed link is, or staff with a reason (A5, B6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.forms.models import model_to_dict

from medlem.accounts.models import Account
from medlem.core import links
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.models import Event, Mail
from medlem.products import migration
from medlem.products.former import (
    MigrationOffer,
    MigrationState,
    claim_by_link,
    claims_of,
    migration_offer,
    waiting_for,
)
from medlem.products.models import LegacyClaim
from tests import factories
from tests.people import Cast
from tests.products.legacy import imported, row
from tests.together import together

FORMER = "gamle@fjordlys.example"


@pytest.fixture
def former_members(db: None, tmp_path: Path) -> None:
    """Two products of the former address."""
    imported(tmp_path, row("R-1"), row("R-2", serial="012021000124"))


def claim(cast: Cast, *, email: str = FORMER, account: Account | None = None, now: datetime) -> LegacyClaim:
    return migration.claim_former_email(
        account=account or cast.fjordlys, email=email, language="nb", by=cast.alice.as_member, now=now
    )


def confirm(cast: Cast, made: LegacyClaim, *, now: datetime) -> LegacyClaim:
    """As the page of the mailed link does."""
    return migration.confirm_former_email(claim=made, reason="link", by=cast.alice.as_member, now=now)


def mailed() -> list[tuple[str, str, dict[str, Any]]]:
    mails = Mail.objects.filter(template="former_email").order_by("id")
    return list(mails.values_list("to", "language", "values"))


@pytest.mark.parametrize("email", [FORMER, "nobody@example.net"])
def test_a5_the_answer_is_the_same_whether_or_not_the_address_is_known(
    cast: Cast, former_members: None, now: datetime, email: str
) -> None:
    made = claim(cast, email=f" {email.upper()} ", now=now)
    assert model_to_dict(made, exclude=["id"]) == {
        "account": cast.fjordlys.pk,
        "email": email,
        "status": "unproven",
        "made_at": now,
        "confirmed_at": None,
        "reason": "",
    }
    link = {
        "page": "public:former_email",
        "purpose": "former-email",
        "thing": str(made.public_id),
        "kwargs": {},
    }
    assert mailed() == [(email, "nb", {"business": "Fjordlys Foto AS", "link": link})]
    assert Event.objects.filter(name="former_email.claimed", subject_id=made.public_id).count() == 1


def test_b6_unproven_nothing_can_be_migrated(cast: Cast, former_members: None, now: datetime) -> None:
    claim(cast, now=now)
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.UNPROVEN, 0, 0, FORMER)
    with pytest.raises(migration.NothingToMigrate):
        migration.migrate(account=cast.fjordlys, by=cast.alice.as_member, now=now)
    assert (list(waiting_for(cast.fjordlys)), cast.fjordlys.products.count()) == ([], 0)


def test_b6_what_the_page_offers(cast: Cast, former_members: None, now: datetime) -> None:
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.NOT_GIVEN, 0, 0, "")
    made = claim(cast, now=now)
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.UNPROVEN, 0, 0, FORMER)
    confirm(cast, made, now=now)
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.READY, 2, 0, "")
    migration.migrate(account=cast.fjordlys, by=cast.alice.as_member, now=now)
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.DONE, 0, 0, "")
    claim(cast, email="older@fjordlys.example", now=now)
    assert migration_offer(cast.fjordlys) == MigrationOffer(
        MigrationState.DONE, 0, 0, "older@fjordlys.example"
    )
    assert migration_offer(cast.nordkapp) == MigrationOffer(MigrationState.NOT_GIVEN, 0, 0, "")


def test_a5_the_link_finds_its_claim_and_no_other_does(cast: Cast, now: datetime) -> None:
    made = claim(cast, now=now)
    token = links.sign("former-email", made.public_id)
    assert claim_by_link(token) == made
    assert claim_by_link(links.sign("password", made.public_id)) is None
    assert claim_by_link(links.sign("former-email", uuid7())) is None
    assert claim_by_link(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert claim_by_link("made-up") is None


def test_a5_following_the_link_confirms_once(cast: Cast, former_members: None, now: datetime) -> None:
    made = claim(cast, now=now)
    confirmed = confirm(cast, made, now=now + timedelta(hours=1))
    again = confirm(cast, made, now=now + timedelta(hours=2))
    assert (again.status, again.reason, again.confirmed_at) == ("confirmed", "link", now + timedelta(hours=1))
    assert confirmed == again
    assert Event.objects.filter(name="former_email.confirmed").count() == 1
    assert Event.objects.filter(name="account.former_number_noted").count() == 1


def test_a5_asked_again_the_link_comes_again_until_it_was_followed(cast: Cast, now: datetime) -> None:
    made = claim(cast, now=now)
    assert claim(cast, email=FORMER.title(), now=now) == made
    assert len(mailed()) == 2
    confirm(cast, made, now=now)
    assert (claim(cast, now=now), len(mailed())) == (made, 2)
    assert (LegacyClaim.objects.count(), Event.objects.filter(name="former_email.claimed").count()) == (1, 1)


def test_c5_the_former_number_is_kept_and_shown_at_joining(
    cast: Cast, former_members: None, now: datetime
) -> None:
    confirm(cast, claim(cast, now=now), now=now)
    cast.fjordlys.refresh_from_db()
    assert cast.fjordlys.former_member_number == "CPS-104417"
    membership = factories.member(cast.fjordlys, now=now)
    assert (membership.number, membership.former_number) == ("CPS-2000016", "CPS-104417")


def test_a5_an_address_that_the_former_system_did_not_know_gives_no_number(cast: Cast, now: datetime) -> None:
    confirm(cast, claim(cast, email="nobody@example.net", now=now), now=now)
    cast.fjordlys.refresh_from_db()
    assert cast.fjordlys.former_member_number == ""
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.DONE, 0, 0, "")


def test_a5_two_may_claim_an_address_and_one_gets_it(cast: Cast, former_members: None, now: datetime) -> None:
    ours, theirs = claim(cast, now=now), claim(cast, account=cast.nordkapp, now=now)
    confirm(cast, ours, now=now)
    with pytest.raises(migration.ClaimedElsewhere):
        confirm(cast, theirs, now=now)
    with pytest.raises(migration.ClaimedElsewhere):
        migration.link_former_email(
            account=cast.nordkapp, email=FORMER, reason="They called", by=cast.sara.as_staff, now=now
        )
    assert [list(waiting_for(account)) for account in (cast.fjordlys, cast.nordkapp)][1] == []
    cast.nordkapp.refresh_from_db()
    assert cast.nordkapp.former_member_number == ""


def test_a5_whoever_loses_an_address_is_told_and_sees_the_next_step(
    cast: Cast, former_members: None, now: datetime
) -> None:
    ours, theirs = claim(cast, now=now), claim(cast, account=cast.nordkapp, now=now)
    with pytest.raises(migration.ClaimedByOthers):
        migration.link_former_email(
            account=cast.fjordlys, email=FORMER, reason="Called", by=cast.sara.as_staff, now=now
        )
    confirm(cast, ours, now=now)
    told = Mail.objects.get(template="former_email_lost")
    assert (told.to, told.account_id) == ("charlie@nordkapp.example", cast.nordkapp.public_id)
    lost = Event.objects.get(name="former_email.lost")
    assert (lost.subject_id, lost.account_id, lost.actor_kind) == (
        theirs.public_id,
        cast.nordkapp.public_id,
        "system",  # the loser's history names nobody of the other business
    )
    assert migration_offer(cast.nordkapp) == MigrationOffer(MigrationState.TAKEN, 0, 0, "", FORMER)
    confirm(cast, ours, now=now)
    assert Mail.objects.filter(template="former_email_lost").count() == 1


@pytest.mark.usefixtures("committing")
def test_a5_confirmed_by_two_at_once_one_gets_it(cast: Cast, now: datetime) -> None:
    ours, theirs = claim(cast, now=now), claim(cast, account=cast.nordkapp, now=now)
    given = together(lambda: confirm(cast, ours, now=now), lambda: confirm(cast, theirs, now=now))
    assert {type(each) for each in given} == {LegacyClaim, migration.ClaimedElsewhere}
    assert LegacyClaim.objects.filter(status="confirmed").count() == 1


@pytest.mark.parametrize("claimed_before", [True, False])
def test_b6_support_links_an_address_with_a_reason(
    cast: Cast, former_members: None, now: datetime, claimed_before: bool
) -> None:
    if claimed_before:
        claim(cast, now=now)
    linked = migration.link_former_email(
        account=cast.fjordlys,
        email=f" {FORMER.title()}",
        reason="  Invoice of 2023 seen ",
        by=cast.sara.as_staff,
        now=now,
    )
    assert (linked.status, linked.reason, list(claims_of(cast.fjordlys))) == (
        "confirmed",
        "Invoice of 2023 seen",
        [linked],
    )
    event = Event.objects.get(name="former_email.confirmed")
    assert (event.actor_kind, event.actor_id, event.after["reason"]) == (
        "staff",
        cast.sara.public_id,
        "Invoice of 2023 seen",
    )
    assert migration_offer(cast.fjordlys).state is MigrationState.READY


def test_b6_support_needs_a_reason(cast: Cast, former_members: None, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        migration.link_former_email(
            account=cast.fjordlys, email=FORMER, reason=" ", by=cast.sara.as_staff, now=now
        )
    assert (refused.value.field, LegacyClaim.objects.count()) == ("reason", 0)
