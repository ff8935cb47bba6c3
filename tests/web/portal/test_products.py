"""My products: the list (B3, B9), registering (B2), completing (B3), disputes (B4), removing (B7)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from medlem.memberships.queries import points_of
from medlem.products import actions
from medlem.products.models import Product, ProductModel
from medlem.products.rules import Details
from medlem.products.status import ProductStatus
from medlem.web.countries import countries, country_name
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/products/"
ADD = "/en/products/add/"
SERIAL = "023021000484"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "product": str(uuid4()),
        "model": "EOS R5 Mark II",
        "serial_number": SERIAL,
        "purchased_on": "2024-03-12",
        "purchase_country": "NO",
        "dealer": "Fotoforhandler AS",
        **changes,
    }


def incomplete(cast: Cast, name: str, now: datetime, **details: Any) -> Product:
    return actions.add(
        account=cast.fjordlys,
        model=ProductModel.objects.get(name=name),
        details=Details(**details),
        by=cast.alice.as_member,
        now=now,
    )


def own(product: Product) -> str:
    return f"{PAGE}{product.public_id}/"


# --- the list ------------------------------------------------------------------------------------


def test_b3_a_complete_product_has_a_tick_and_an_incomplete_one_greyed_points_and_what_is_missing(
    alice: Client, cast: Cast, now: datetime
) -> None:
    factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    incomplete(cast, "EOS R6 Mark II", now, purchased_on=date(2024, 3, 12), purchase_country="NO")
    page = alice.get(PAGE)
    assert re.findall(r'role="img" aria-label="(Complete|Needs details)"', page.text) == [
        "Needs details",
        "Complete",
    ]
    assert (
        lacking(
            words(page),
            [
                "1 complete · 1 need details",
                "EOS R6 Mark II – missing: serial number, dealer (200) , not counted yet View product",
                "0230 2100 0484 12 Mar 2024, Norway, Fotoforhandler AS 310 View product",
            ],
        )
        == []
    )


def test_b9_the_list_is_searched_narrowed_and_sorted(alice: Client, cast: Cast, now: datetime) -> None:
    for place, (name, dealer) in enumerate(
        [("EOS R5 Mark II", "Fotohuset"), ("EOS R1", "Kamerabua"), ("Speedlite EL-5", "Fotohuset")]
    ):
        details = factories.details(f"02302100048{place}", dealer=dealer)
        actions.add(
            account=cast.fjordlys,
            model=ProductModel.objects.get(name=name),
            details=details,
            by=cast.alice.as_member,
            now=now + timedelta(minutes=place),
        )
    incomplete(cast, "EOS R6 Mark II", now + timedelta(hours=1))

    def names(**asked: str) -> list[str]:
        return re.findall(r'<span id="product-\d+">(.+?)</span>', alice.get(PAGE, asked).text)

    assert names() == ["EOS R6 Mark II", "Speedlite EL-5", "EOS R1", "EOS R5 Mark II"]
    assert names(q="eos fotohuset") == ["EOS R5 Mark II"]
    assert names(q="0230 2100 0481") == ["EOS R1"]
    assert names(needs_details="1") == ["EOS R6 Mark II"]
    assert names(kind="flash") == ["Speedlite EL-5"]
    assert names(sort="model") == ["EOS R1", "EOS R5 Mark II", "EOS R6 Mark II", "Speedlite EL-5"]
    assert names(sort="-points") == ["EOS R1", "EOS R5 Mark II", "EOS R6 Mark II", "Speedlite EL-5"]
    assert names(sort="-bought", kind="body")[-1] == "EOS R6 Mark II"
    assert names(sort="nothing") == names()
    assert "Nothing like that" in words(alice.get(PAGE, {"q": "hasselblad"}))


def test_b9_fifty_a_page(alice: Client, cast: Cast, now: datetime) -> None:
    model = ProductModel.objects.get(name="EOS R1")
    Product.objects.bulk_create(
        Product(account=cast.fjordlys, model=model, serial_number=f"0230{n:08d}", added_at=now)
        for n in range(120)
    )
    assert alice.get(PAGE).text.count("View product</a>") == 50
    assert "101–120 of 120" in words(alice.get(PAGE, {"page": "3"}))


@pytest.mark.parametrize("many", [1, 3])
def test_b9_the_list_asks_the_database_as_often_for_one_product_as_for_three(
    alice: Client, cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    for place in range(many):
        factories.product(cast.fjordlys, points=310, serial=f"02302100048{place}", now=now)
    alice.get(PAGE)
    with django_assert_num_queries(12):
        alice.get(PAGE)


def test_an_empty_list_teaches(alice: Client) -> None:
    page = words(alice.get(PAGE))
    assert lacking(page, ["No products yet", "with 500 of them you are invited", "Register products"]) == []


# --- registering ---------------------------------------------------------------------------------


def test_b3_a_product_with_all_details_is_complete_and_counts_its_points(alice: Client, cast: Cast) -> None:
    page = alice.post(ADD, answers(), follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "EOS R5 Mark II is complete: 310 points. You have 310 points now." in words(page)
    assert points_of(cast.fjordlys) == 310


def test_b2_a_product_may_be_saved_incomplete_and_what_is_missing_is_said(alice: Client, cast: Cast) -> None:
    page = alice.post(ADD, answers(serial_number="", dealer=""), follow=True)
    assert (
        "EOS R5 Mark II is saved. Still missing: serial number, dealer. Its points count when that is filled in."
        in words(page)
    )
    assert points_of(cast.fjordlys) == 0


def test_b2_a_best_guess_is_kept_as_one_and_counts(alice: Client) -> None:
    alice.post(ADD, answers(purchased_on_estimated="on", dealer_estimated="on"))
    product = Product.objects.get()
    assert (product.status, product.purchased_on_estimated, product.dealer_estimated) == (
        ProductStatus.COMPLETE,
        True,
        True,
    )
    assert product.purchase_country_estimated is False


ENDING = "imagePROGRAF PRO-1000"  # counts until 30 November 2026


def test_b7_until_when_a_model_counts_is_said_on_the_form_and_when_it_is_saved(alice: Client) -> None:
    until = "Products of this model count until 30 Nov 2026; on the day after, their points are withdrawn."
    assert until in alice.get("/en/products/models/", {"model": ENDING}).text
    saved = words(alice.post(ADD, answers(model=ENDING), follow=True))
    assert f"{ENDING} is complete: 60 points, which count until 30 Nov 2026. You have 60 points now." in saved
    assert until in words(alice.get(own(Product.objects.get())))
    missing = answers(model=ENDING, serial_number="023021000485", dealer="")
    assert "Its points count when that is filled in, until 30 Nov 2026." in words(
        alice.post(ADD, missing, follow=True)
    )


def test_b7_a_model_that_counts_no_longer_promises_nothing(
    alice: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(datetime(2026, 12, 1, 9, tzinfo=UTC), folder=tmp_path, monkeypatch=monkeypatch)
    facts = alice.get("/en/products/models/", {"model": ENDING}).text
    over = "This model counts no longer: it gave points until 30 Nov 2026."
    assert (over in facts, "when complete" in facts) == (True, False)
    saved = words(alice.post(ADD, answers(model=ENDING), follow=True))
    assert (
        f"{ENDING} is complete. It gives no points: this model counts no longer, and did until 30 Nov 2026."
        in saved
    )
    page = alice.post(ADD, answers(model=ENDING, serial_number="023021000485", dealer=""), follow=True)
    assert (
        "Still missing: dealer. It gives no points: this model counts no longer, and did until 30 Nov 2026."
        in words(page)
    )
    incomplete_page = words(alice.get(own(Product.objects.get(dealer=""))))
    assert (over in incomplete_page, "count until" in incomplete_page) == (True, False)


@pytest.mark.parametrize("typed", ["2024-03-12", "12.03.2024", "12.3.24", "12/03/2024", "12032024"])
def test_b2_the_date_may_come_from_the_picker_or_be_typed(alice: Client, typed: str) -> None:
    alice.post(ADD, answers(purchased_on=typed))
    assert Product.objects.get().purchased_on == date(2024, 3, 12)


@pytest.mark.parametrize("typed", ["eos r5 mark ii", "EOS R5MarkII", "eos-r5-mark-ii"])
def test_b2_the_model_is_found_however_it_is_typed(alice: Client, typed: str) -> None:
    alice.post(ADD, answers(model=typed))
    assert Product.objects.get().model.name == "EOS R5 Mark II"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": ""}, "Model : Choose the model."),
        ({"model": "R5 mk 2"}, "We do not know “R5 mk 2”. Choose one of those below, or another model."),
        ({"model": "Hasselblad 500"}, "We do not know “Hasselblad 500”. Choose a model from the list."),
        ({"purchased_on": "the 12th"}, "Purchase date : Write day, month and year, such as 12.03.2024."),
        ({"purchased_on": "2026-11-24"}, "This date is in the future"),
        ({"serial_number": "ÆØÅ1"}, "A serial number has 4 to 20 letters, digits or hyphens."),
        ({"serial_number": "0000"}, "Only zeros cannot be a serial number."),
        ({"serial_number": "4006381333931"}, "Serial number : This is the bar code of the model (EAN)"),
        ({"purchase_country": "XX"}, "Country of purchase : Select a valid choice."),
    ],
)
def test_b4_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(
    alice: Client, changes: dict[str, str], said: str
) -> None:
    page = alice.post(ADD, answers(**changes))
    assert (page.status_code, Product.objects.count()) == (422, 0)
    assert said in words(page)
    assert 'value="Fotoforhandler AS"' in page.text


@pytest.mark.parametrize("dropped", [0, 1])
def test_b4_a_bar_code_of_the_catalogue_is_recognised_without_its_leading_zero_too(
    alice: Client, dropped: int
) -> None:
    ProductModel.objects.filter(name="EOS R1").update(ean="0013803366358")
    page = alice.post(ADD, answers(serial_number="0013803366358"[dropped:]))
    assert "This is the bar code of the model (EAN)" in words(page)


def test_b4_an_unusual_serial_number_is_warned_of_and_saved(alice: Client) -> None:
    page = alice.post(ADD, answers(serial_number="ab-12"), follow=True)
    warning = "Serial numbers of EOS R5 Mark II usually look different from AB-12. Compare it once more"
    assert warning in words(page)
    product = Product.objects.get()
    assert product.status == ProductStatus.COMPLETE
    assert warning in words(alice.get(own(product)))


def test_b4_a_serial_number_keeps_its_leading_zeros_and_loses_its_blanks(alice: Client) -> None:
    alice.post(ADD, answers(serial_number=" 0230 2100 0484 "))
    assert Product.objects.get().serial_number == SERIAL


def test_a_form_that_is_sent_twice_registers_once(alice: Client) -> None:
    same = answers(serial_number="")
    assert [alice.post(ADD, same).status_code for _ in range(2)] == [302, 302]
    assert Product.objects.count() == 1


def test_b2_back_and_the_next_serial_number_registers_the_next(alice: Client) -> None:
    form = answers()
    alice.post(ADD, form)
    page = alice.post(ADD, {**form, "serial_number": "023021000485"}, follow=True)
    assert "EOS R5 Mark II is complete: 310 points. You have 620 points now." in words(page)
    assert list(Product.objects.order_by("id").values_list("serial_number", flat=True)) == [
        SERIAL,
        "023021000485",
    ]


def test_b4_all_that_is_wrong_is_said_together(alice: Client) -> None:
    wrong = answers(model="Hasselblad 500", serial_number="0000", purchased_on="2030-01-01")
    page = alice.post(ADD, wrong)
    said = ["We do not know “Hasselblad 500”", "Only zeros cannot be", "This date is in the future."]
    assert (page.status_code, lacking(words(page), said)) == (422, [])
    early = words(alice.post(ADD, answers(purchased_on="1930-01-01")))
    assert "Purchase date : This date is too long ago." in early


def test_b5_save_and_add_another_remembers_dealer_and_country(alice: Client) -> None:
    again = alice.post(
        ADD,
        answers(another="1", purchase_country="SE", dealer="Kamerabua", dealer_estimated="on"),
        follow=True,
    )
    assert again.redirect_chain == [(f"{ADD}?another=1", 302)]
    form = again.context["form"]
    assert {
        name: form[name].value()
        for name in ("purchase_country", "dealer", "dealer_estimated", "serial_number")
    } == {
        "purchase_country": "SE",
        "dealer": "Kamerabua",
        "dealer_estimated": True,
        "serial_number": None,
    }
    assert "EOS R5 Mark II is complete" in words(again)


def test_b5_the_date_is_kept_for_the_next_where_that_is_asked_for(alice: Client) -> None:
    again = alice.post(ADD, answers(another="1", keep_date="on", purchased_on_estimated="on"), follow=True)
    form = again.context["form"]
    kept = [form[name].value() for name in ("purchased_on", "purchased_on_estimated", "keep_date")]
    assert kept == ["2024-03-12", True, True]
    once = alice.post(ADD, answers(another="1", serial_number="023021000485"), follow=True).context["form"]
    assert [once[name].value() for name in ("purchased_on", "keep_date")] == [None, None]


def test_the_first_product_starts_with_the_countrys_own(alice: Client) -> None:
    form = alice.get(ADD).context["form"]
    assert form["purchase_country"].value() == "NO"


def test_the_model_being_typed_shows_its_points_and_where_its_number_stands(alice: Client) -> None:
    known = alice.get("/en/products/models/", {"model": "EOS R5 Mark II"}).text
    assert lacking(known, ["310 points when complete", "under the tripod socket"]) == []
    assert "1 model to choose from" in alice.get("/en/products/models/", {"model": "R5 Mark 2"}).text
    assert alice.get("/en/products/models/").status_code == 200


def test_b2_typing_narrows_the_names_that_are_offered(alice: Client) -> None:
    def offered(typed: str) -> list[str]:
        page = alice.get("/en/products/models/", {"model": typed}).text
        assert page.count('hx-swap-oob="true"') == 1
        return re.findall(r'<li id="models-\d+" role="option" aria-selected="false">(.+?)</li>', page)

    assert offered("r5") == ["EOS R5", "EOS R5 C", "EOS R5 Mark II", "EOS R50", "EOS R50 V"]
    assert offered("rf 70-200 2.8") == ["RF 70-200mm F2.8L IS USM", "RF 70-200mm F2.8L IS USM Z"]
    assert offered("R5m2") == ["EOS R5 Mark II"]  # the name that the camera writes into its pictures
    assert offered("R5 mk 2") == offered("r5 ii") == offered("r52") == ["EOS R5 Mark II"]
    assert offered("70-200 2.8")[0] == "EF 70-200mm f/2.8L IS II USM"
    assert offered("Spedlite EL-5")[0] == "Speedlite EL-5"  # nothing goes on like that; this looks like it
    assert offered("2900000000032") == ["EOS R5 Mark II"]  # its bar code
    assert offered("hasselblad") == []
    assert len(offered("")) == ProductModel.objects.count()


def test_b2_without_a_script_models_like_what_was_typed_are_chosen_on_the_refused_form(alice: Client) -> None:
    form = answers(model="70-200 2.8")
    page = alice.post(ADD, form)
    meant = re.findall(r'<input type="radio" name="meant" value="(.+?)"', page.text)
    assert (page.status_code, meant[0], len(meant)) == (422, "EF 70-200mm f/2.8L IS II USM", 4)
    assert '<input type="hidden" name="meant_for" value="70-200 2.8">' in page.text
    chosen = {**form, "meant_for": "70-200 2.8", "meant": "RF 70-200mm F2.8L IS USM"}
    wrong = alice.post(ADD, {**chosen, "serial_number": "0000"})
    assert (wrong.context["form"]["model"].value(), wrong.status_code) == ("RF 70-200mm F2.8L IS USM", 422)
    # What was typed since is meant, whatever was chosen before.
    alice.post(ADD, {**chosen, "model": "EOS R1"})
    alice.post(ADD, {**chosen, "product": str(uuid4()), "serial_number": "023021000485"})
    names = list(Product.objects.order_by("id").values_list("model__name", flat=True))
    assert names == ["EOS R1", "RF 70-200mm F2.8L IS USM"]


def test_b5_the_bar_code_of_the_box_names_the_model(alice: Client) -> None:
    model = ProductModel.objects.get(name="EOS R5 Mark II")
    assert model.ean.isdecimal()
    alice.post(ADD, answers(model=f" {model.ean} "))
    assert Product.objects.get().model == model


def test_b2_another_one_like_this_starts_with_all_but_the_serial_number(
    alice: Client, cast: Cast, now: datetime
) -> None:
    own_one = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now, dealer_estimated=True)
    form = alice.get(ADD, {"like": str(own_one.public_id)}).context["form"]
    names = ("model", "serial_number", "purchased_on", "purchase_country", "dealer", "dealer_estimated")
    assert [form[name].value() for name in names] == [
        own_one.model.name,
        "",
        date(2024, 3, 12),
        "NO",
        "Fotoforhandler AS",
        True,
    ]
    other = factories.product(cast.nordkapp, points=310, serial="023021000499", now=now)
    for strange in (str(other.public_id), "nothing"):
        assert alice.get(ADD, {"like": strange}).context["form"]["model"].value() is None


# --- one product ---------------------------------------------------------------------------------


def test_b3_view_product_has_what_is_missing_first_marked_and_in_focus(
    alice: Client, cast: Cast, now: datetime
) -> None:
    product = incomplete(cast, "EOS R5 Mark II", now, purchased_on=date(2024, 3, 12), purchase_country="NO")
    page = alice.get(own(product))
    names = re.findall(
        r'<(?:input|select)[^>]* name="(serial_number|purchased_on|purchase_country|dealer)"', page.text
    )
    assert names == ["serial_number", "dealer", "purchased_on", "purchase_country"]
    assert page.text.count("field-mark-missing") == 2
    assert re.findall(r'<input[^>]*name="(\w+)"[^>]* autofocus', page.text) == ["serial_number"]
    assert "(310 points) , not counted yet · missing: serial number, dealer" in words(page)


def test_b3_completing_says_the_points_and_goes_back_to_the_list(
    alice: Client, cast: Cast, now: datetime
) -> None:
    product = incomplete(cast, "EOS R5 Mark II", now, purchased_on=date(2024, 3, 12), purchase_country="NO")
    page = alice.post(own(product), answers(), follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "EOS R5 Mark II is complete: 310 points. You have 310 points now." in words(page)
    allocated = "310 points allocated on 23 Nov 2026, at the value in force from 1 Jan 2020"
    assert allocated in words(alice.get(own(product)))


def test_b3_of_two_tabs_the_second_is_told_and_shown_both(alice: Client, cast: Cast, now: datetime) -> None:
    product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    first, second = (alice.get(own(product)).context["form"]["seen"].value() for _ in range(2))
    alice.post(own(product), answers(seen=first, dealer="Kamerabua"))
    mine = answers(seen=second, dealer="Fotohuset", dealer_estimated="on")
    page = alice.post(own(product), mine)
    assert (page.status_code, Product.objects.get().dealer) == (422, "Kamerabua")
    said = [
        "These details were changed since you opened them.",
        "Dealer Kamerabua Fotohuset (best guess)",
    ]
    assert lacking(words(page), said) == []
    assert 'value="Fotohuset"' in page.text
    # Whoever has seen both decides.
    alice.post(own(product), {**mine, "seen": page.context["form"]["seen"].value()})
    assert Product.objects.get().dealer == "Fotohuset"
    # What is there already is no conflict.
    assert alice.post(own(product), mine).status_code == 302


def test_b3_one_incomplete_product_leads_to_the_next(alice: Client, cast: Cast, now: datetime) -> None:
    later = incomplete(cast, "EOS R5 Mark II", now + timedelta(minutes=1))
    earlier = incomplete(cast, "EOS R1", now)
    assert "Save and go to the next" in words(alice.get(own(later)))
    assert alice.post(own(later), answers(next="1"))["Location"] == own(earlier)
    assert alice.post(own(earlier), answers(serial_number="023021000485", next="1"))["Location"] == PAGE


def test_b3_taking_a_detail_out_takes_the_points(alice: Client, cast: Cast, now: datetime) -> None:
    product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    page = alice.post(own(product), answers(dealer=""), follow=True)
    assert "Still missing: dealer." in words(page)
    assert points_of(cast.fjordlys) == 0


def test_b4_a_second_claim_is_being_looked_into_and_the_holder_is_not_named(
    alice: Client, cast: Cast, now: datetime
) -> None:
    model = factories.model_worth(310)
    actions.add(
        account=cast.nordkapp,
        model=model,
        details=factories.details(SERIAL),
        by=cast.charlie.as_member,
        now=now,
    )
    saved = alice.post(ADD, answers(model=model.name), follow=True)
    said = f"{model.name} is saved. Support is looking into its serial number; it counts no points yet."
    assert said in words(saved)
    product = Product.objects.get(account=cast.fjordlys)
    page = alice.get(own(product))
    assert "Support is looking into the serial number" in words(page)
    for text in (saved.text, page.text, alice.get("/en/business/").text, alice.get("/en/overview/").text):
        assert "Nordkapp" not in text
        assert "Charlie" not in text


def test_b4_the_accounts_own_product_again_is_refused(alice: Client, cast: Cast, now: datetime) -> None:
    product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    page = alice.post(ADD, answers(model=product.model.name))
    assert page.status_code == 422
    assert "You have registered this product already; it is in your list. View product" in words(page)
    assert f'it is in your list. <a href="{own(product)}">View product</a>' in page.text


def test_e3_a_product_has_its_history_in_words(alice: Client, cast: Cast, now: datetime) -> None:
    product = incomplete(cast, "EOS R5 Mark II", now, purchased_on=date(2024, 3, 12), purchase_country="NO")
    alice.post(own(product), answers(dealer_estimated="on"))
    page = words(alice.get(own(product)))
    assert (
        "What happened EOS R5 Mark II is complete. Points: 310. 23 Nov 2026, 10:00 · Alice Aas"
        " The details of EOS R5 Mark II were changed."
        " Serial number: missing → 023021000484 Dealer: missing → Fotoforhandler AS (best guess)"
        " 23 Nov 2026, 10:00 · Alice Aas"
        " EOS R5 Mark II was registered. 23 Nov 2026, 10:00 · Alice Aas" in page
    )


def test_b7_removing_takes_the_points_and_frees_the_serial_number(
    alice: Client, cast: Cast, now: datetime
) -> None:
    product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    remove = f"{own(product)}remove/"
    assert alice.get(remove)["Location"] == own(product)
    removed = words(alice.post(remove, {"remove-gone": "sold"}, follow=True))
    assert f"{product.model.name} was removed. You have 0 points now." in removed
    assert alice.post(remove, {"remove-gone": "sold"}).status_code == 404
    assert alice.post(ADD, answers(model=product.model.name)).status_code == 302


def test_a_stranger_finds_no_product(cast: Cast, now: datetime) -> None:
    product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    charlie = signed_in(cast.charlie)
    for address in (own(product), f"{own(product)}remove/"):
        assert [charlie.get(address).status_code, charlie.post(address, answers()).status_code] == [404, 404]
    product.refresh_from_db()
    assert product.status == ProductStatus.COMPLETE
    assert signed_in(cast.sara).get(PAGE).status_code == 404
    assert Client().get(PAGE)["Location"].startswith("/en/sign-in/")


def test_a_colleague_sees_and_completes_the_same_products(cast: Cast, now: datetime) -> None:
    product = incomplete(cast, "EOS R5 Mark II", now)
    assert signed_in(cast.bob).post(own(product), answers()).status_code == 302
    assert points_of(cast.fjordlys) == 310


def test_b6_a_country_code_of_the_former_system_stays_what_it_was(
    alice: Client, cast: Cast, now: datetime
) -> None:
    product = incomplete(cast, "EOS R5 Mark II", now, purchase_country="YU")
    assert '<option value="YU" selected>YU</option>' in alice.get(own(product)).text


def test_b2_a_product_may_come_from_any_country(english: None) -> None:
    offered = countries(["NO", "SE"])
    assert offered[:3] == [("NO", "Norway"), ("SE", "Sweden"), ("AF", "Afghanistan")]
    assert [code for code, name in offered if name.startswith("Å")] == ["AX"]
    assert offered.index(("AX", "Åland Islands")) < offered.index(("AL", "Albania"))
    assert (len(offered) > 240, country_name("JP"), country_name("??")) == (True, "Japan", "??")
