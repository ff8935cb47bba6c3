"""The desk's accounts and programme: finding, seeing, helping (A5, A9, B7, E4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from medlem.accounts.models import Account
from medlem.events.models import Event, Mail
from medlem.memberships.queries import points_of
from medlem.products import actions as products
from medlem.products import migration
from medlem.products.models import LegacyClaim
from tests import factories
from tests.people import Cast, open_account
from tests.products.legacy import imported, row


@pytest.fixture(autouse=True)
def house(set_clock: Callable[[datetime], None]) -> Iterator[None]:
    with translation.override("en"):
        yield


def address_of(name: str, account: Account) -> str:
    return reverse(f"desk:{name}", args=[account.public_id])


def page_of(client: Client, cast: Cast) -> str:
    return client.get(address_of("account", cast.fjordlys)).text


# --- finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "search",
    ["fjordlys", "974760673", "974 760 673", "alice@fjordlys.example", "0230 2100 0484", "faktura@fjordlys"],
)
def test_e4_an_account_is_found_by_whatever_one_has(
    client: Client, cast: Cast, now: datetime, search: str
) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    client.force_login(cast.sara)

    page = client.get(reverse("desk:accounts"), {"q": search}).context["page"]

    assert list(page) == [cast.fjordlys]


def test_e4_an_account_is_found_by_its_number_and_its_member_number(
    client: Client, cast: Cast, now: datetime
) -> None:
    membership = factories.member(cast.fjordlys, now=now)
    client.force_login(cast.finn)

    for search in (cast.fjordlys.number, membership.number):
        assert list(client.get(reverse("desk:accounts"), {"q": search}).context["page"]) == [cast.fjordlys]
    assert list(client.get(reverse("desk:accounts"), {"q": "nobody"}).context["page"]) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    client: Client, cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        open_account(name="Mange AS", number=f"90000000{number}", email=f"a@many{number}.example", now=now)
    client.force_login(cast.vera)

    with django_assert_num_queries(6):
        assert len(client.get(reverse("desk:accounts"), {"q": "mange"}).context["page"]) == count


def test_strangers_find_nothing(client: Client, cast: Cast) -> None:
    addresses = [reverse("desk:home"), reverse("desk:accounts"), address_of("account", cast.fjordlys)]
    addresses += [reverse(f"desk:{name}") for name in ("disputes", "mail", "programme")]
    for address in addresses:
        assert client.get(address).status_code == 302
    client.force_login(cast.alice)
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)


# --- one account ------------------------------------------------------------------------------------


def test_e4_the_page_shows_all_of_an_account(client: Client, cast: Cast, now: datetime) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    membership = factories.member(cast.fjordlys, now=now)
    client.force_login(cast.mona)

    response = client.get(address_of("account", cast.fjordlys))

    shown = response.content.decode()
    for expected in (
        "974760673",
        "Alice Aas",
        "Bob Bakke",
        "2,010",
        membership.number,
        "The account was opened.",
    ):
        assert expected in shown
    assert reverse("desk:invoice", args=[factories.invoice_of(membership).number]) in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_products_as_for_one(
    client: Client, cast: Cast, now: datetime, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        factories.product(cast.fjordlys, points=310, serial=f"02302100048{number}", now=now)
    client.force_login(cast.mona)

    with django_assert_max_num_queries(30):
        assert len(client.get(address_of("account", cast.fjordlys)).context["products"]) == count


def test_b7_points_are_adjusted_with_a_reason(client: Client, cast: Cast) -> None:
    client.force_login(cast.sara)
    address = address_of("adjust_points", cast.fjordlys)

    without_reason = client.post(address, {"points-points": "40", "points-reason": ""})
    nothing = client.post(address, {"points-points": "0", "points-reason": "Feil"})
    client.post(address, {"points-points": "100", "points-reason": "Messe"})
    adjusted = client.post(address, {"points-points": "-40", "points-reason": "Talt to ganger"})

    assert [without_reason.status_code, nothing.status_code, adjusted.status_code] == [422, 422, 302]
    assert '<details class="confirm confirm-quiet" open>' in without_reason.content.decode()
    assert points_of(cast.fjordlys) == 60
    assert {event.actor_id for event in Event.objects.filter(name="points.adjusted")} == {cast.sara.public_id}


def test_b7_a_large_adjustment_is_shown_before_it_is_booked(client: Client, cast: Cast) -> None:
    client.force_login(cast.sara)
    address = address_of("adjust_points", cast.fjordlys)
    client.post(address, {"points-points": "499", "points-reason": "Messe"})

    shown = client.post(address, {"points-points": "1000", "points-reason": "Messe"})

    assert (shown.status_code, points_of(cast.fjordlys)) == (200, 499)
    assert "499 → <strong>1,499</strong>" in shown.text
    sure = {"points-points": "1000", "points-reason": "Messe", "points-sure": "1000"}
    assert client.post(address, {**sure, "points-points": "2000"}).status_code == 200  # changed since
    assert (client.post(address, sure).status_code, points_of(cast.fjordlys)) == (302, 1499)


def test_b7_no_adjustment_takes_more_points_than_there_are(client: Client, cast: Cast) -> None:
    client.force_login(cast.sara)
    address = address_of("adjust_points", cast.fjordlys)
    client.post(address, {"points-points": "495", "points-reason": "Messe"})

    refused = client.post(address, {"points-points": "-100000", "points-reason": "Feil"})

    assert (refused.status_code, points_of(cast.fjordlys)) == (422, 495)
    assert "The account has 495 points; more cannot be taken." in refused.text


def test_c1_the_desk_says_that_an_account_was_invited(client: Client, cast: Cast, now: datetime) -> None:
    client.force_login(cast.sara)
    assert "The invitation comes with 500 points." in page_of(client, cast)
    factories.give_points(cast.fjordlys, 510, now=now)
    page = page_of(client, cast)
    assert "The invitation was sent on" in page
    assert "The invitation comes with" not in page


def test_b7_a_form_that_is_sent_twice_adjusts_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.sara)
    found = re.search(r'name="points-public_id" value="([0-9a-f-]{36})"', page_of(client, cast))
    assert found
    same = {"points-points": "40", "points-reason": "Goodwill", "points-public_id": found[1]}
    assert [client.post(address_of("adjust_points", cast.fjordlys), same).status_code for _ in range(2)] == [
        302,
        302,
    ]
    assert points_of(cast.fjordlys) == 40
    assert Event.objects.filter(name="points.adjusted").count() == 1


def test_b7_the_ledger_on_the_desk_says_why_points_went(client: Client, cast: Cast, now: datetime) -> None:
    client.force_login(cast.sara)
    product = factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    products.remove(product=product, by=cast.alice.as_member, now=now)
    page = page_of(client, cast)
    assert "Complete; value in force from 1 Jan 2020" in page
    assert "Removed: it was registered by mistake" in page


def test_a5_support_links_a_former_address_with_a_reason(client: Client, cast: Cast) -> None:
    client.force_login(cast.sara)
    address = address_of("link_former_address", cast.fjordlys)

    refused = client.post(address, {"former-email": "old@fjordlys.example", "former-reason": ""})
    values = {"former-email": "old@fjordlys.example", "former-reason": "Ringte fra kontoret"}
    shown = client.post(address, values)
    assert not LegacyClaim.objects.exists()
    linked = client.post(address, {**values, "former-sure": "old@fjordlys.example"})

    assert [refused.status_code, shown.status_code, linked.status_code] == [422, 200, 302]
    claim = LegacyClaim.objects.get()
    assert (claim.account, claim.status, claim.reason) == (cast.fjordlys, "confirmed", "Ringte fra kontoret")
    assert "Ringte fra kontoret" in client.get(address_of("account", cast.fjordlys)).content.decode()


def test_a5_an_address_that_another_business_proved_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.sara)
    values = {
        "former-email": "old@fjordlys.example",
        "former-reason": "Ringte",
        "former-sure": "old@fjordlys.example",
    }
    client.post(address_of("link_former_address", cast.fjordlys), values)

    response = client.post(address_of("link_former_address", cast.nordkapp), values)

    assert response.status_code == 422
    assert "already confirmed for another business" in response.content.decode()


def link(client: Client, account: Account, email: str, **more: str) -> Any:
    """The second sending of the form, after what stands under the address was shown."""
    values = {"former-email": email, "former-reason": "Ringte", "former-sure": email, **more}
    return client.post(address_of("link_former_address", account), values)


def test_a5_an_address_that_another_account_claims_is_not_given_away_unseen(
    client: Client, cast: Cast, now: datetime
) -> None:
    migration.claim_former_email(
        account=cast.nordkapp,
        email="arkiv@nordkapp.example",
        language="nb",
        by=cast.charlie.as_member,
        now=now,
    )
    client.force_login(cast.sara)
    values = {"former-email": "Arkiv@nordkapp.example", "former-reason": "Ringte"}

    shown = client.post(address_of("link_former_address", cast.fjordlys), values)
    assert "Another business gave this address too" in shown.text
    assert ("Nordkapp Film AS" in shown.text, "has waited for its link since" in shown.text) == (True, True)

    refused = link(client, cast.fjordlys, "arkiv@nordkapp.example")
    assert (refused.status_code, LegacyClaim.objects.filter(status="confirmed").exists()) == (422, False)
    assert "Make sure whose it was before you link it." in refused.text

    assert (
        link(client, cast.fjordlys, "arkiv@nordkapp.example", **{"former-despite": "on"}).status_code == 302
    )
    assert "Confirmed for another business" in client.get(address_of("account", cast.nordkapp)).text
    told = Mail.objects.get(template="former_email_lost")
    assert (told.to, told.values["email"]) == ("charlie@nordkapp.example", "arkiv@nordkapp.example")


def test_b6_linking_says_what_stands_under_the_address(client: Client, cast: Cast, tmp_path: Path) -> None:
    imported(tmp_path, row("R-1"), row("R-2", serial="012021000124"))
    client.force_login(cast.sara)
    values = {"former-email": "gamel@fjordlys.example", "former-reason": "Ringte"}

    typo = client.post(address_of("link_former_address", cast.fjordlys), values)
    assert "No former product stands under this address" in typo.text
    assert "<li>gamle@fjordlys.example</li>" in typo.text

    right = {**values, "former-email": "gamle@fjordlys.example", "former-sure": "gamel@fjordlys.example"}
    shown = client.post(address_of("link_former_address", cast.fjordlys), right)
    assert (shown.status_code, LegacyClaim.objects.exists()) == (200, False)
    assert "2 former products stand under this address." in shown.text


def said(client: Client, account: Account, email: str) -> str:
    link(client, account, email)
    return str(next(iter(client.get(address_of("account", account)).context["messages"])))


def test_b6_after_linking_the_desk_says_what_is_true(client: Client, cast: Cast, tmp_path: Path) -> None:
    imported(tmp_path, row("R-1"), row("R-2", email="x@y.example", model="EOS 300V Date"))
    client.force_login(cast.sara)
    assert said(client, cast.nordkapp, "finnesikke@x.example") == (
        "The address is linked. No former product stands under it, so there is nothing to migrate."
    )
    assert said(client, cast.nordkapp, "x@y.example") == (
        "The address is linked. Its products wait until somebody says which models they are."
    )
    assert said(client, cast.fjordlys, "gamle@fjordlys.example") == (
        "The address is linked. The business can migrate 1 product now."
    )


def test_a9_a_password_link_is_mailed_again_and_the_log_says_by_whom(client: Client, cast: Cast) -> None:
    Mail.objects.all().delete()
    client.force_login(cast.sara)

    response = client.post(address_of("password_link", cast.fjordlys), {"person": str(cast.bob.public_id)})

    assert response.status_code == 302
    assert Mail.objects.get().to == cast.bob.email
    event = Event.objects.get(name="password.link_sent", subject_id=cast.bob.public_id)
    assert (event.actor_id, event.account_id) == (cast.sara.public_id, cast.fjordlys.public_id)


@pytest.mark.parametrize("person", ["", "nonsense", "charlie"])
def test_a9_a_link_goes_to_people_of_the_account_alone(client: Client, cast: Cast, person: str) -> None:
    Mail.objects.all().delete()
    client.force_login(cast.sara)
    person = str(cast.charlie.public_id) if person == "charlie" else person

    assert client.post(address_of("password_link", cast.fjordlys), {"person": person}).status_code == 404
    assert not Mail.objects.exists()


def test_each_role_does_only_what_is_its_own(client: Client, cast: Cast) -> None:
    def answers(user: Any) -> list[int]:
        client.force_login(user)
        names = ("adjust_points", "link_former_address", "password_link")
        return [client.post(address_of(name, cast.fjordlys)).status_code for name in names]

    assert answers(cast.sara) == [422, 422, 404]  # nobody was named for the link
    assert answers(cast.mona) == [422, 404, 404]
    assert answers(cast.finn) == [404, 404, 404]
    assert answers(cast.alice) == [404, 404, 404]


# --- the programme, and the first page ----------------------------------------------------------------------


def test_e4_the_programme_is_shown_as_it_is_in_force(client: Client, cast: Cast) -> None:
    client.force_login(cast.mona)

    shown = client.get(reverse("desk:programme")).content.decode()

    for expected in ("cps.toml", "Silver", "NOK 1,190.00", "2,501", "72 hours", "The name agrees", "To come"):
        assert expected in shown


def test_the_first_page_of_somebody_with_nothing_to_do_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.vera)

    assert "Nothing waits for you" in client.get(reverse("desk:home")).content.decode()


def test_the_first_page_counts_what_the_roles_may_do(client: Client, cast: Cast, now: datetime) -> None:
    for account in (cast.fjordlys, cast.nordkapp):
        factories.product(account, points=310, serial="023021000484", now=now)
    factories.member(cast.fjordlys, now=now)

    def labels(user: Any) -> list[str]:
        client.force_login(user)
        return [work.label for work in client.get(reverse("desk:home")).context["work"]]

    assert labels(cast.sara) == ["Products that two businesses claim"]
    assert labels(cast.finn) == ["Invoices to be paid"]
    assert labels(cast.mona) == ["Products that two businesses claim", "Invoices to be paid"]
