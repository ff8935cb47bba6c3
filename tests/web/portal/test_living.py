"""Below a product: showing that it is one's own, giving it, lost or stolen, removing it with a reason (B4, B8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from medlem.memberships.queries import points_of
from medlem.products import settling
from medlem.products.models import Dispute, DisputeStatement, Product, Transfer
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PRODUCTS = "/en/products/"
SERIAL = "023021000484"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


@pytest.fixture
def charlie(cast: Cast) -> Client:
    return signed_in(cast.charlie)


@pytest.fixture
def product(cast: Cast, now: datetime) -> Product:
    return factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)


def own(product: Product, verb: str = "") -> str:
    return f"{PRODUCTS}{product.public_id}/{verb}"


def offered(transfer: Transfer, verb: str = "") -> str:
    return f"/en/transfers/{transfer.public_id}/{verb}"


# --- disputes ------------------------------------------------------------------------------------------


def test_b4_both_sides_are_asked_to_show_that_it_is_theirs(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    assert "Show that it is yours" not in words(alice.get(own(product)))
    claim = factories.product(cast.nordkapp, points=310, serial=SERIAL, now=now)
    hers, his = words(alice.get(own(product))), words(charlie.get(own(claim)))
    assert "Your product and its points stay while support looks into it" in hers
    assert "Another business has registered this serial number." in his
    sent = alice.post(
        own(product, "statement/"),
        {"statement-text": "Kjøpt i Bergen", "statement-file": factories.receipt()},
        follow=True,
    )
    assert (
        lacking(words(sent), ["Support has it. You are told by e-mail", "Kjøpt i Bergen", "kvittering.png"])
        == []
    )
    assert "Bergen" not in words(charlie.get(own(claim)))
    assert "Nordkapp" not in sent.text


def test_b4_a_statement_that_is_refused_keeps_what_was_typed(
    alice: Client, cast: Cast, product: Product, now: datetime
) -> None:
    factories.product(cast.nordkapp, points=310, serial=SERIAL, now=now)
    wrong = alice.post(
        own(product, "statement/"),
        {"statement-text": "Mitt kamera", "statement-file": SimpleUploadedFile("x.pdf", b"no")},
    )
    assert (wrong.status_code, "Mitt kamera</textarea>" in wrong.text) == (422, True)
    assert "The name says PDF or picture, but the file is something else." in words(wrong)
    nothing = alice.post(own(product, "statement/"), {})
    assert (nothing.status_code, "Write something, or choose a file." in words(nothing)) == (422, True)
    assert DisputeStatement.objects.count() == 0


def test_b4_what_was_settled_meanwhile_takes_no_more(
    alice: Client, cast: Cast, product: Product, now: datetime
) -> None:
    factories.product(cast.nordkapp, points=310, serial=SERIAL, now=now)
    settling.settle(
        dispute=Dispute.objects.get(),
        owner_id=product.public_id,
        reason="x",
        by=cast.sara.as_staff,
        now=now,
    )
    late = alice.post(own(product, "statement/"), {"statement-text": "Mine"})
    assert (late.status_code, DisputeStatement.objects.count()) == (422, 0)


# --- giving ------------------------------------------------------------------------------------------------


def test_b8_a_product_is_offered_seen_and_accepted(
    alice: Client, charlie: Client, cast: Cast, product: Product
) -> None:
    answers = {"give-to_number": f" {cast.nordkapp.number} ", "give-message": "Som avtalt"}
    said = words(alice.post(own(product, "give/"), answers, follow=True))
    assert f"Offered to account {cast.nordkapp.number} until 23 Dec 2026." in said
    assert "Nordkapp" not in said
    transfer = Transfer.objects.get()
    listed = charlie.get(PRODUCTS)
    assert (
        "1 product is offered to you Fjordlys Foto AS offers you EF 300mm f/2.8L IS II USM 0230 2100 0484 Accept"
        in words(listed)
    )
    assert offered(transfer) in listed.text
    page = charlie.get(offered(transfer))
    assert (
        lacking(
            words(page),
            [
                "Fjordlys Foto AS offers it to you.",
                "Som avtalt",
                "Serial number 0230 2100 0484",
                "Points for you 310",
            ],
        )
        == []
    )
    assert 'value="Fjordlys Foto AS"' in page.text
    done = charlie.post(offered(transfer), {"dealer": "Privat salg"}, follow=True)
    assert "is yours now: 310 points. You have 310 points now." in words(done)
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 310)
    again = charlie.post(offered(transfer), {"dealer": "Privat salg"})
    assert (again.status_code, "Accepted View product" in words(again)) == (422, True)


def test_b8_several_offers_stand_in_one_notice_and_each_is_taken_there(
    charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    other = factories.product(cast.fjordlys, points=200, serial="023021000485", now=now)
    first, second = (factories.offer(each, cast.nordkapp, now=now) for each in (product, other))
    page = charlie.get(PRODUCTS)
    assert ("2 products are offered to you" in words(page), page.text.count('class="offers"')) == (True, 1)
    assert page.text.count('<input type="hidden" name="dealer" value="Fjordlys Foto AS">') == 2
    charlie.post(offered(first), {"dealer": "Fjordlys Foto AS"})
    charlie.post(offered(second, "decline/"))
    assert points_of(cast.nordkapp) == 310


def test_b8_an_offer_is_declined_or_taken_back(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    first = factories.offer(product, cast.nordkapp, now=now)
    assert "You have declined. The other business is told." in words(
        charlie.post(offered(first, "decline/"), follow=True)
    )
    second = factories.offer(product, cast.nordkapp, now=now)
    assert "The offer is taken back." in words(alice.post(offered(second, "take-back/"), follow=True))
    for late in (charlie.post(offered(second, "decline/"), follow=True),):
        assert "answered or taken back in the meantime" in words(late)
    assert list(Transfer.objects.order_by("id").values_list("status", flat=True)) == ["declined", "withdrawn"]


def test_b8_the_receiver_sees_what_was_offered_and_nothing_of_later(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    transfer = factories.offer(product, cast.nordkapp, now=now)
    page = alice.get(own(product))
    values = {"purchased_on": "2024-03-12", "purchase_country": "NO", "dealer": "Fotohuset"}
    alice.post(own(product), {**values, "serial_number": "023021000999"})
    transfer.refresh_from_db()
    assert (page.status_code, transfer.status) == (200, "withdrawn")  # another number is another offer
    seen = words(charlie.get(offered(transfer)))
    assert ("Serial number 0230 2100 0484" in seen, "0999" in seen) == (True, False)
    assert ("Withdrawn" in seen, "Points for you" in seen) == (True, False)


def test_b8_a_wrong_number_is_said_at_its_field(alice: Client, cast: Cast, product: Product) -> None:
    page = alice.post(own(product, "give/"), {"give-to_number": "100025", "give-message": "Hei"})
    assert (page.status_code, 'value="Hei"' in page.text) == (422, True)
    assert "The account number has a typing slip" in words(page)
    assert '<details class="confirm confirm-quiet" open>' in page.text


def test_b8_an_offer_is_nobody_elses(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    transfer = factories.offer(product, cast.nordkapp, now=now)
    assert [
        alice.get(offered(transfer)).status_code,
        alice.post(offered(transfer, "decline/")).status_code,
    ] == [
        404,
        404,
    ]
    assert charlie.post(offered(transfer, "take-back/")).status_code == 404
    assert Transfer.objects.get().status == "offered"


# --- lost, stolen, removed -----------------------------------------------------------------------------------


def test_b8_a_product_is_marked_as_stolen_and_found_again(
    alice: Client, cast: Cast, product: Product
) -> None:
    answers = {
        "missing-missing_as": "stolen",
        "missing-since_on": "2026-11-20",
        "missing-note": "Anmeldt 12345",
    }
    page = words(alice.post(own(product, "missing/"), answers, follow=True))
    assert (
        lacking(page, ["It is marked.", "Stolen Since 20 Nov 2026.", "Anmeldt 12345", "It is there again"])
        == []
    )
    assert points_of(cast.fjordlys) == 310
    assert "The mark is taken away." in words(alice.post(own(product, "found/"), follow=True))
    product.refresh_from_db()
    assert product.missing_as == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"missing-missing_as": ""}, "What happened : Choose one."),
        ({"missing-since_on": "2026-11-24"}, "This date is in the future"),
        ({"missing-since_on": ""}, "Since : Fill this in."),
    ],
)
def test_b8_what_is_wrong_with_the_mark_is_said(
    alice: Client, product: Product, changes: dict[str, Any], said: str
) -> None:
    answers = {"missing-missing_as": "lost", "missing-since_on": "2026-11-20", "missing-note": "keep"}
    page = alice.post(own(product, "missing/"), {**answers, **changes})
    assert (page.status_code, said in words(page), 'value="keep"' in page.text) == (422, True, True)


def test_b7_a_product_is_removed_with_a_reason(alice: Client, cast: Cast, product: Product) -> None:
    page = alice.get(own(product))
    assert (
        lacking(
            words(page), ["Its 310 points are withdrawn", "Why?", "Sold", "Scrapped", "Registered by mistake"]
        )
        == []
    )
    wrong = alice.post(own(product, "remove/"), {"remove-gone": "given"})
    assert (wrong.status_code, points_of(cast.fjordlys)) == (422, 310)
    done = alice.post(own(product, "remove/"), {"remove-gone": "scrapped"}, follow=True)
    assert "was removed. You have 0 points now." in words(done)
    product.refresh_from_db()
    assert (product.status, product.removed_as) == ("removed", "scrapped")
    assert "Removed: it was scrapped" in words(alice.get("/en/points/"))


def test_b8_a_reason_is_chosen_and_none_is_there_beforehand(alice: Client, product: Product) -> None:
    assert 'name="remove-gone" value="sold" id="id_remove-gone_0">' in alice.get(own(product)).text
    page = alice.post(own(product, "remove/"), {})
    said = words(page)
    assert (page.status_code, "Choose why" in said, "Why? optional" in said) == (422, True, False)


def test_b8_what_is_gone_is_found_read_and_brought_back_within_a_day(
    alice: Client,
    charlie: Client,
    cast: Cast,
    product: Product,
    tmp_path: Path,
    monkeypatch: Any,
    now: datetime,
) -> None:
    done = alice.post(own(product, "remove/"), {"remove-gone": "scrapped"}, follow=True)
    assert f'<a href="{own(product)}">See it, or undo the removal within a day</a>' in done.text
    assert f"{product.model.name} 0230 2100 0484 Scrapped, 23 Nov 2026 View product" in words(
        alice.get(PRODUCTS, {"state": "gone"})
    )
    page = words(alice.get(own(product)))
    said = ["Scrapped Removed 23 Nov 2026, 10:00.", "Undo the removal", "Fotoforhandler AS", "was removed."]
    assert lacking(page, said) == []
    late = alice.post(own(product), {"serial_number": "X"}, follow=True)
    assert "This product was removed meanwhile." in words(late)
    assert [charlie.get(own(product)).status_code, charlie.post(own(product, "bring-back/")).status_code] == [
        404,
        404,
    ]
    back = alice.post(own(product, "bring-back/"), follow=True)
    assert f"{product.model.name} is in your list again. You have 310 points now." in words(back)
    alice.post(own(product, "remove/"), {"remove-gone": "mistake"})
    set_clock(now + timedelta(days=2), folder=tmp_path, monkeypatch=monkeypatch)
    assert "Undo the removal" not in words(alice.get(own(product)))
    refused = alice.post(own(product, "bring-back/"), follow=True)
    assert "This removal cannot be undone any more." in words(refused)


def test_b8_what_was_given_away_is_read_and_not_brought_back(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    transfer = factories.offer(product, cast.nordkapp, now=now)
    assert "Offered" in words(alice.get(PRODUCTS, {"state": "offered"}))
    charlie.post(offered(transfer), {"dealer": "Privat salg"})
    page = words(alice.get(own(product)))
    assert f"Account {cast.nordkapp.number} accepted it on 23 Nov 2026." in page
    assert ("Undo" in page, "Nordkapp" in page) == (False, False)
    refused = words(alice.post(own(product, "bring-back/"), follow=True))
    assert "This removal cannot be undone any more." in refused
    # The list was empty, and still leads to what is gone.
    assert "Products that are no longer here" in words(alice.get(PRODUCTS))


def test_b8_what_became_of_an_offer_stands_in_the_products_history(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    first = factories.offer(product, cast.nordkapp, now=now)
    assert f"{product.model.name} Offered" in words(alice.get(PRODUCTS))
    charlie.post(offered(first, "decline/"))
    alice.post(offered(factories.offer(product, cast.nordkapp, now=now), "take-back/"))
    page = words(alice.get(own(product)))
    number = cast.nordkapp.number
    said = [
        f"Account {number} declined the offer of {product.model.name}.",
        f"The offer of {product.model.name} to account {number} was taken back.",
    ]
    assert lacking(page, said) == []
    assert "Charlie" not in page


def test_b4_a_number_that_another_claims_is_marked_in_the_list_and_on_the_overview(
    alice: Client, cast: Cast, product: Product, now: datetime
) -> None:
    assert "Claimed by another business too" not in words(alice.get(PRODUCTS))
    factories.product(cast.nordkapp, points=310, serial=SERIAL, now=now)
    for address in (PRODUCTS, f"{PRODUCTS}?state=disputed"):
        assert f"{product.model.name} Claimed by another business too" in words(alice.get(address))
    overview = words(alice.get("/en/overview/"))
    assert (
        lacking(overview, ["Show that 1 serial number is yours", "Claimed by another business too 1"]) == []
    )
    assert "Without your product support decides" in words(alice.get(own(product)))


def test_b4_the_reason_of_a_decision_stands_in_the_history_of_both(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    claim = factories.product(cast.nordkapp, points=310, serial=SERIAL, now=now)
    assert "Your claim to the serial number ends with it" in words(charlie.get(own(claim)))
    settling.settle(
        dispute=Dispute.objects.get(),
        owner_id=claim.public_id,
        reason="Kvitteringen fra 2024",
        by=cast.sara.as_staff,
        now=now,
    )
    for client, side in ((alice, product), (charlie, claim)):
        assert "Reason: Kvitteringen fra 2024" in words(client.get(own(side)))


def test_b4_a_claim_that_is_removed_while_the_case_runs_ends_and_the_holders_does_not(
    alice: Client, charlie: Client, cast: Cast, product: Product, now: datetime
) -> None:
    claim = factories.product(cast.nordkapp, points=310, serial=SERIAL, now=now)
    charlie.post(own(claim, "remove/"), {"remove-gone": "mistake"})
    assert Dispute.objects.get().status == "withdrawn"
    charlie.post(own(claim, "bring-back/"))
    alice.post(own(product, "remove/"), {"remove-gone": "sold"})
    still = Dispute.objects.get(status="open")
    settling.settle(dispute=still, owner_id=claim.public_id, reason="x", by=cast.sara.as_staff, now=now)
    assert points_of(cast.nordkapp) == 310


def test_the_addresses_of_the_forms_lead_back_to_the_product(alice: Client, product: Product) -> None:
    for verb in ("statement/", "give/", "missing/", "found/", "remove/"):
        assert alice.get(own(product, verb))["Location"] == own(product), verb
    assert date(2026, 11, 23).isoformat() in alice.get(own(product)).text
