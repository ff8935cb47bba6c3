"""Renewing on the pages, a suspended membership and one that has ended (C7, C8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import translation

from medlem.billing.models import Invoice
from medlem.billing.providers import simulated_cards
from medlem.events.models import Mail
from medlem.memberships import renewing, suspending
from medlem.memberships.models import Membership, Term
from medlem.payments import overdue
from medlem.web import letters
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/membership/renew/gold/"
MEMBERSHIP = "/en/membership/"
ANSWERS = {"months": "12", "means": "bank", "terms_version": "2026-1", "accept": "on"}
IN_OCTOBER = datetime(2027, 10, 1, 9, tzinfo=UTC)
"""53 days before the end of the term."""


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: set_clock(moment, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def membership(cast: Cast, now: datetime, at: Callable[[datetime], None]) -> Membership:
    """Silver, paid, with points for Platinum; it is valid to 22 November 2027, and now it is October."""
    joined = factories.member(cast.fjordlys, now=now)
    factories.paid(factories.invoice_of(joined), now=now)
    at(IN_OCTOBER)
    return joined


@pytest.fixture
def alice(cast: Cast, membership: Membership) -> Client:
    return signed_in(cast.alice)


def send(client: Client, page: str = PAGE, **changes: str) -> Any:
    follows = str(Term.objects.earliest("id").public_id)
    return client.post(page, {**ANSWERS, "follows": follows, **changes})


def test_c7_in_the_last_sixty_days_every_level_in_reach_can_be_renewed_at(alice: Client) -> None:
    page = alice.get(MEMBERSHIP)
    expected = [
        "Your membership ends on 22 Nov 2027",
        "Renew it when it suits you: the next term begins on 23 Nov 2027.",
        "Renew at Silver",
        "Renew at Gold",
        "Renew at Platinum",
    ]
    assert lacking(words(page), expected) == []
    overview = words(alice.get("/en/overview/"))
    assert "Your membership ends on 22 Nov 2027" in overview


def test_c7_before_that_there_is_no_button(alice: Client, at: Callable[[datetime], None]) -> None:
    at(IN_OCTOBER - timedelta(days=8))
    assert "Renew at" not in words(alice.get(MEMBERSHIP))
    assert alice.get(PAGE).headers["Location"] == MEMBERSHIP
    assert "The membership can be renewed from 24 Sept 2027 on." in words(alice.get(MEMBERSHIP))


def test_c7_the_page_says_from_when_to_when_and_what_is_paid(alice: Client) -> None:
    expected = [
        "Renew at Gold",
        "The new term begins on 23 Nov 2027, right after the present one.",
        "Gold, 12 months 23 Nov 2027 to 22 Nov 2028 NOK 2,390.00",
        "You pay NOK 2,987.50 for 12 months by 31 Oct 2027.",
        "Renew and get the invoice",
    ]
    assert lacking(words(alice.get(PAGE)), expected) == []


def test_c7_renewed_it_goes_on_under_the_same_number(alice: Client, membership: Membership) -> None:
    assert send(alice).headers["Location"] == MEMBERSHIP
    expected = [
        "The membership is renewed: Gold, from 23 Nov 2027 to 22 Nov 2028. The invoice comes to",
        f"Member number {membership.number}",
        "Level Silver",
        "After that Gold, 23 Nov 2027 to 22 Nov 2028",
        "Invoice 10002",
    ]
    page = words(alice.get(MEMBERSHIP))
    assert (lacking(page, expected), "Renew at" in page) == ([], False)


def test_c7_by_card_it_is_renewed_on_the_way_back(alice: Client, membership: Membership) -> None:
    session = send(alice, means="card").headers["Location"].rstrip("/").rpartition("/")[2]
    assert "You began to renew at Gold" in words(alice.get("/en/overview/"))
    assert "You began before, and the card was not entered" in words(alice.get(PAGE))
    back = urlsplit(simulated_cards().open_session(session).return_url)
    simulated_cards().complete_session(session, factories.SUCCEEDS)
    for _ in range(2):
        assert alice.get(f"{back.path}?{back.query}").headers["Location"] == MEMBERSHIP
    assert membership.terms.count() == 2
    assert "The membership is renewed: Gold" in words(alice.get(MEMBERSHIP))


def test_c7_who_renews_second_is_told_who_was_first(alice: Client, cast: Cast) -> None:
    cast.fjordlys.people.filter(user=cast.bob).update(role="super_user")
    send(signed_in(cast.bob), "/en/membership/renew/platinum/")
    assert send(alice).headers["Location"] == MEMBERSHIP
    said = "Bob Bakke renewed the membership already: Platinum for 12 months, on 1 Oct 2027,"
    assert said in words(alice.get(MEMBERSHIP))
    assert (Term.objects.count(), Invoice.objects.count()) == (2, 2)


def test_c7_a_colleague_is_told_who_can_renew(alice: Client, cast: Cast) -> None:
    bob = signed_in(cast.bob)
    page = words(bob.get(MEMBERSHIP))
    assert ("Alice Aas can renew it, as your super user." in page, "Renew at" in page) == (True, False)
    assert send(bob).status_code == 422
    assert Term.objects.count() == 1


def test_c7_without_a_membership_there_is_nothing_to_renew(cast: Cast, now: datetime) -> None:
    charlie = signed_in(cast.charlie)
    assert charlie.get(PAGE).headers["Location"] == "/en/membership/join/gold/"
    assert charlie.post(PAGE, {**ANSWERS, "follows": "fish"}).headers["Location"].endswith("/join/gold/")


def test_c7_another_businesss_term_is_not_followed(alice: Client, cast: Cast, now: datetime) -> None:
    other = factories.member(cast.nordkapp, now=now)
    send(alice, follows=str(other.terms.get().public_id))
    assert (other.terms.count(), Term.objects.filter(membership__account=cast.fjordlys).count()) == (1, 2)


def test_c7_in_the_days_of_grace_the_page_says_until_when(
    alice: Client, at: Callable[[datetime], None]
) -> None:
    at(datetime(2027, 11, 25, 9, tzinfo=UTC))
    expected = [
        "Your membership ended on 22 Nov 2027",
        "Renew it by 6 Dec 2027, and it goes on without a gap, under the same number.",
    ]
    assert lacking(words(alice.get(MEMBERSHIP)), expected) == []
    assert lacking(words(alice.get("/en/overview/")), expected) == []


def test_c8_a_suspended_membership_says_how_it_is_restored(
    cast: Cast, now: datetime, at: Callable[[datetime], None]
) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    late = datetime(2027, 1, 6, 9, tzinfo=UTC)
    for day in (-11, -4, 0):
        overdue.remind(invoice_id=invoice.pk, now=late + timedelta(days=day))
    overdue.suspend(invoice_id=invoice.pk, now=late)
    at(late)
    alice = signed_in(cast.alice)
    page = alice.get(MEMBERSHIP)
    expected = ["Your membership is suspended", "It is restored as soon as the invoice is paid."]
    assert lacking(words(page), expected) == []
    assert 'href="/en/invoices/10001/"' in page.text
    assert "Reminders sent 26 Dec 2026, 2 Jan 2027" in words(alice.get("/en/invoices/10001/"))


@pytest.mark.parametrize("language", ["nb", "en"])
def test_e1_the_letters_of_renewal_suspension_and_end_are_written_in_both_languages(
    cast: Cast, membership: Membership, now: datetime, language: str
) -> None:
    with translation.override("en"):
        renewing.remind(membership_id=membership.pk, now=IN_OCTOBER)
        renewing.renew(
            account=cast.fjordlys,
            follows=membership.terms.get(),
            level="gold",
            months=12,
            means="bank",
            card=None,
            terms_version="2026-1",
            by=cast.alice.as_member,
            now=IN_OCTOBER,
        )
        invoice = Invoice.objects.get(number=10_002)
        for days in (3, 10):
            overdue.remind(invoice_id=invoice.pk, now=IN_OCTOBER + timedelta(days=30 + days))
        suspending.suspend(invoice=invoice, now=now)
        Invoice.objects.update(status="paid")
        suspending.restore(invoice=Invoice.objects.get(number=10_002), now=now)
        membership.refresh_from_db()
        suspending.end(membership=membership, reason="unpaid", now=now)
    expected = {
        "renewal_reminder": [f"/{language}/membership/", "Silver"],
        "membership_renewed": [membership.number, "Gold"],
        "reminder": ["9999.05.43212", invoice.kid, f"/{language}/invoices/10002/"],
        "membership_suspended": ["10002", invoice.kid, f"/{language}/invoices/10002/"],
        "membership_restored": [f"/{language}/membership/"],
        "membership_ended": [f"/{language}/membership/"],
    }
    Mail.objects.update(language=language)
    found = {mail.template: letters.write(mail) for mail in Mail.objects.filter(template__in=expected)}
    missing = {name: lacking(str(found[name].body), words) for name, words in expected.items()}
    assert {name: words for name, words in missing.items() if words} == {}
