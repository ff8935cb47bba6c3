"""The former membership on the member's pages: the blue button, the ways on, the report (A5, B6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.accounts.models import Account, User
from medlem.events.actors import SYSTEM
from medlem.events.models import Mail
from medlem.memberships.queries import points_of
from medlem.products import actions, migration
from medlem.products.former_names import kept_waiting
from medlem.products.models import LegacyMember, LegacyProduct, Migration, Product, ProductModel
from medlem.web.letters import write
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/products/"
MIGRATE = "/en/products/migrate/"
AGAIN = "/en/products/former-address/"
FORMER = "post@fjordlys.example"
SERIAL = "023021000484"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def former(*models: str, **details: Any) -> list[LegacyProduct]:
    """What the former system knew, a complete product for each name."""
    member, _ = LegacyMember.objects.get_or_create(email=FORMER, defaults={"number": "CPS-104417"})
    have = LegacyProduct.objects.count()
    return [
        LegacyProduct.objects.create(
            member=member,
            reference=f"L-{have + place}",
            model_name=model,
            **{
                "serial_number": f"0230210004{have + place:02d}",
                "purchased_on": "2021-05-01",
                "purchase_country": "NO",
                "dealer": "Fotohuset",
                **details,
            },
        )
        for place, model in enumerate(models)
    ]


def claimed(account: Account, *, now: datetime, confirmed: bool = True) -> None:
    claim = migration.claim_former_email(account=account, email=FORMER, language="en", by=SYSTEM, now=now)
    if confirmed:
        migration.confirm_former_email(claim=claim, reason="", by=SYSTEM, now=now)


def test_b6_with_a_confirmed_address_the_blue_button_says_how_many_wait(
    alice: Client, cast: Cast, now: datetime
) -> None:
    former("EOS R5", "EOS R6")
    claimed(cast.fjordlys, now=now)
    page = alice.get(PAGE)
    assert re.search(r'<button class="button button-blue"[^>]*>Migrate products</button>', page.text)
    assert "2 waiting from your former membership" in words(page)


def test_b6_without_an_address_it_says_so_and_the_two_ways_on(alice: Client) -> None:
    page = words(alice.get(PAGE))
    assert (
        "No former e-mail address was given, so there is nothing to migrate. Register your products again, or"
        " contact priority support, who can link the address: +47 21 00 00 00 , support@cps.example" in page
    )
    assert "Migrate products" not in page


def test_a5_an_unproven_address_can_be_mailed_its_link_again(
    alice: Client, cast: Cast, now: datetime
) -> None:
    claimed(cast.fjordlys, now=now, confirmed=False)
    page = words(alice.get(PAGE))
    assert "begins with the link that we mailed to p•••@fjordlys.example. Open it there." in page
    assert "Migrate products" not in page
    before = Mail.objects.filter(template="former_email").count()
    said = words(alice.post(AGAIN, follow=True))
    assert "We mailed the link to p•••@fjordlys.example once more." in said
    assert Mail.objects.filter(template="former_email", to=FORMER).count() == before + 1


def test_a5_the_mailbox_of_a_former_address_is_not_filled(alice: Client, cast: Cast, now: datetime) -> None:
    claimed(cast.fjordlys, now=now, confirmed=False)
    assert [alice.post(AGAIN).status_code for _ in range(7)][-2:] == [302, 429]


def test_b6_no_other_address_can_be_given_here(alice: Client, cast: Cast) -> None:
    assert alice.post(AGAIN, {"email": "somebody@else.example"})["Location"] == PAGE
    assert not Mail.objects.filter(template="former_email").exists()


def test_b6_migrating_ends_in_a_report_that_names_every_product(
    alice: Client, cast: Cast, now: datetime
) -> None:
    former("EOS R1")
    former("EOS R6 Mark II", serial_number="", dealer="")
    former("EOS 300V Date")
    actions.add(
        account=cast.nordkapp,
        model=ProductModel.objects.get(name="EOS R5 Mark II"),
        details=factories.details(SERIAL),
        by=cast.charlie.as_member,
        now=now,
    )
    former("EOS R5 Mark II", serial_number=SERIAL)
    former("EOS R1", serial_number="023021000400")
    claimed(cast.fjordlys, now=now)
    page = alice.post(MIGRATE, follow=True)
    assert (
        lacking(
            words(page),
            [
                "You have 500 points now.",
                "Migrated and complete 1",
                "Migrated, details missing 1 · Complete them",
                "Being looked into 1",
                "Not migrated, model not known 1 · waiting for support to add the model +47 21 00 00 00",
                "Not migrated, there already 1",
                "EOS 300V Date 0230 2100 0402 Not migrated nobody knows this model yet",
                "EOS R1 0230 2100 0400 Not migrated it is in your list already",
                "EOS R5 Mark II 0230 2100 0484 Being looked into View product",
                "EOS R6 Mark II – Migrated missing: serial number, dealer View product",
                "EOS R1 0230 2100 0400 Migrated View product",
            ],
        )
        == []
    )
    assert "Nordkapp" not in page.text
    assert points_of(cast.fjordlys) == 500


def test_b6_a_second_click_shows_what_the_first_did(alice: Client, cast: Cast, now: datetime) -> None:
    former("EOS R5", "EOS R6")
    claimed(cast.fjordlys, now=now)
    assert len({alice.post(MIGRATE)["Location"] for _ in range(3)}) == 1
    assert Product.objects.count() == 2
    page = words(alice.get(PAGE))
    assert "Everything from your former membership is migrated. See the report" in page
    assert "Migrate products" not in page


def test_b6_what_could_not_be_moved_waits_and_leads_to_support(
    alice: Client, cast: Cast, now: datetime
) -> None:
    former("EOS 300V Date", "EOS R5")
    claimed(cast.fjordlys, now=now)
    alice.post(MIGRATE)
    page = words(alice.get(PAGE))
    assert "1 former product waits: we do not know the model yet, and support has it. See the report" in page
    assert "Migrate" not in page
    assert "Migrate" not in words(alice.get("/en/overview/")).split("Latest")[0]
    before = words(alice.get(alice.post(MIGRATE)["Location"]))
    assert "EOS 300V Date 0230 2100 0400 Not migrated nobody knows this model yet" in before

    sara = signed_in(cast.sara)
    assert "Former products that wait for a business until we know their model" in words(
        sara.get("/en/desk/")
    )
    assert "EOS 300V Date 1 1" in words(sara.get("/en/desk/legacy/"))
    typed = {"name": "EOS 300V Date", "model": "EOS 300"}
    refused = sara.post("/en/desk/legacy/name/", typed)
    assert (refused.status_code, 'value="EOS 300"' in refused.text) == (422, True)
    assert "We do not know the model “EOS 300”. Did you mean EOS C300 Mark III?" in words(refused)
    shown = sara.post("/en/desk/legacy/name/", {**typed, "model": "eos r6"})
    assert "Waiting for a business 1 product: Fjordlys Foto AS (1) In all 1" in words(shown)
    assert kept_waiting() == 1  # shown, and nothing is linked yet
    sure = {**typed, "model": "EOS R6", "sure": "eos-r6"}
    said = words(sara.post("/en/desk/legacy/name/", sure, follow=True))
    assert "“EOS 300V Date” is EOS R6 now. The businesses that waited are told" in said
    assert "EOS 300V Date EOS R6 Sara Vik, 23 Nov 2026" in said
    taken_back = sara.post("/en/desk/legacy/take-back/", sure, follow=True)
    assert "“EOS 300V Date” is no longer linked to EOS R6." in words(taken_back)
    said = words(sara.post("/en/desk/legacy/name/", sure, follow=True))
    assert "Every former name is known" in said
    assert re.search(r">Migrate products</button>", alice.get(PAGE).text)


def test_b6_without_anything_to_migrate_it_says_so(alice: Client) -> None:
    assert alice.get(MIGRATE)["Location"] == PAGE
    assert "Nothing waits to be migrated." in words(alice.post(MIGRATE, follow=True))


def test_a_stranger_finds_no_report(alice: Client, cast: Cast, now: datetime) -> None:
    former("EOS R5")
    claimed(cast.fjordlys, now=now)
    report = alice.post(MIGRATE)["Location"]
    assert signed_in(cast.bob).get(report).status_code == 200
    assert signed_in(cast.charlie).get(report).status_code == 404
    signed_in(cast.charlie).post(MIGRATE)
    assert Product.objects.filter(account=cast.nordkapp).count() == 0


def test_b6_a_large_migration_shows_how_far_it_has_come_and_can_be_stopped(
    alice: Client, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    monkeypatch.setattr(migration, "PIECE", 2)
    former("EOS R5", "EOS R5", "EOS R6")
    claimed(cast.fjordlys, now=now)
    report = alice.post(MIGRATE)["Location"]
    made = Migration.objects.get()
    page = alice.get(report)
    assert "Migrated so far 0 / 3 You can leave this page: it goes on by itself" in words(page)
    assert 'hx-trigger="every 1s"' in page.text
    assert alice.post(MIGRATE)["Location"] == report
    listed = words(alice.get(PAGE))
    assert "Your former products are being migrated right now. See how far it has come" in listed
    assert "Migrate products" not in listed
    assert "Migrate" not in words(alice.get("/en/overview/")).split("Latest")[0]

    migration._go_on_once(made.pk, now=now)
    assert "Migrated so far 2 / 3" in words(alice.get(report))
    stop = f"{report}stop/"
    assert signed_in(cast.charlie).post(stop).status_code == 404
    stopped = words(alice.post(stop, follow=True))
    said = "The migration was stopped 2 of 3 former products were gone through. What was migrated stays."
    assert f"{said} Migrate the rest" in stopped

    migration.go_on(migration_id=made.pk, now=now)
    rest = alice.post(MIGRATE, follow=True)
    assert "Migrated and complete 1" in words(rest)
    assert "hx-trigger" not in rest.text.split("<main")[1]
    assert Product.objects.count() == 3


@pytest.mark.parametrize(
    ("language", "subject", "lines"),
    [
        (
            "en",
            "Your products from the former membership",
            [
                "1 product was migrated, and its points count.",
                "2 products were migrated but lack details, and their points count when they are there."
                " Missing: serial number (2), dealer (1).",
                "1 product waits: we do not know its model yet. Support has it, and you need to do nothing.",
            ],
        ),
        (
            "nb",
            "Produktene fra det tidligere medlemskapet",
            [
                "1 produkt er migrert, og poengene teller.",
                "2 produkter er migrert, men mangler opplysninger. Poengene teller når de er på plass."
                " Mangler: serienummer (2), forhandler (1).",
                "1 produkt venter fordi vi ikke kjenner modellen ennå. Kundestøtte har saken, og du trenger"
                " ikke gjøre noe.",
            ],
        ),
    ],
)
def test_e1_the_mail_says_what_came_of_it_in_words(
    cast: Cast, now: datetime, language: str, subject: str, lines: list[str]
) -> None:
    former("EOS R1", "EOS 300V Date")
    former("EOS R5", "EOS R6", serial_number="")
    LegacyProduct.objects.filter(model_name="EOS R6").update(dealer="")
    claimed(cast.fjordlys, now=now)
    User.objects.filter(pk=cast.alice.pk).update(language=language)
    made = migration.migrate(account=cast.fjordlys, by=cast.alice.as_member, now=now)
    letter = write(Mail.objects.get(template="migrated"))
    assert letter.subject == subject
    assert lacking(letter.body, lines) == []
    address = f"http://127.0.0.1:8000/{language}/products/migrations/{made.public_id}/"
    assert letter.body.count(address) == 1


def test_e4_former_names_cost_no_more_queries(
    cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    claimed(cast.fjordlys, now=now)
    sara = signed_in(cast.sara)
    for names in (["EOS 3"], ["EOS 5", "EOS 55", "EOS 300V"]):
        former(*names)
        sara.get("/en/desk/legacy/")
        with django_assert_num_queries(9):
            sara.get("/en/desk/legacy/")


@pytest.mark.parametrize("many", [1, 3])
def test_the_report_asks_the_database_as_often_for_one_product_as_for_three(
    alice: Client, cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    former(*["EOS R5"] * many)
    claimed(cast.fjordlys, now=now)
    report = alice.post(MIGRATE)["Location"]
    with django_assert_num_queries(8):
        alice.get(report)
    assert Migration.objects.count() == 1


def test_a5_the_page_of_whoever_lost_an_address_leads_to_support(
    alice: Client, cast: Cast, now: datetime
) -> None:
    for account, user in ((cast.fjordlys, cast.alice), (cast.nordkapp, cast.charlie)):
        migration.claim_former_email(
            account=account, email="arkiv@old.example", language="en", by=user.as_member, now=now
        )
    migration.link_former_email(
        account=cast.nordkapp,
        email="arkiv@old.example",
        reason="Seen the invoice",
        despite=True,
        by=cast.sara.as_staff,
        now=now,
    )
    page = words(alice.get(PAGE))
    assert "The former address a•••@old.example was confirmed for another business" in page
    assert ("Send the link again" in page, "+47 21 00 00 00" in page) == (False, True)
    letter = write(Mail.objects.get(template="former_email_lost"))
    assert letter.subject == "Your former address was confirmed for another business"
    assert "contact priority support: +47 21 00 00 00, support@cps.example" in letter.body
