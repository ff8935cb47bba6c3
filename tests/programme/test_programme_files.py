"""The two programme files that ship say what the rules of the product say."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations_with_replacement
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from stdnum import iban
from stdnum.no import kontonr, mva, orgnr
from stdnum.se import orgnr as se_orgnr
from stdnum.se import vat as se_vat

from medlem.core.money import Money
from medlem.programme.applying import CheckCode
from medlem.programme.colour import NEAR_BLACK, READABLE, WHITE, contrast
from medlem.programme.schema import Programme


@pytest.fixture(params=["cps", "nordlys"])
def programme(request: pytest.FixtureRequest) -> Programme:
    found: Programme = request.getfixturevalue(request.param)
    return found


def test_c2_levels_and_the_points_that_they_need(cps: Programme) -> None:
    assert [(level.code, level.points) for level in cps.levels_of("individual")] == [
        ("silver", 500),
        ("gold", 1000),
        ("platinum", 1600),
    ]
    assert [(level.code, level.covers_products) for level in cps.levels_of("business")] == [
        ("business-a", 25),
        ("business-b", 100),
        ("business-c", 250),
    ]


@pytest.mark.parametrize(
    ("points", "in_reach"),
    [
        (0, []),
        (499, []),
        (500, ["silver"]),
        (1000, ["silver", "gold"]),
        (2000, ["silver", "gold", "platinum"]),
        (2500, ["silver", "gold", "platinum"]),
        (2501, ["silver", "gold", "platinum", "business-a", "business-b", "business-c"]),
    ],
)
def test_c2_business_levels_need_more_than_their_points(
    cps: Programme, points: int, in_reach: list[str]
) -> None:
    assert [level.code for level in cps.levels if level.in_reach(points)] == in_reach
    assert all(level.in_reach(points + level.missing(points)) for level in cps.levels)


def test_c3_what_is_missing_to_a_level(cps: Programme) -> None:
    assert {level.code: level.missing(1240) for level in cps.levels} == {
        "silver": 0,
        "gold": 0,
        "platinum": 360,
        "business-a": 1261,
        "business-b": 1261,
        "business-c": 1261,
    }


def test_c4_fees_in_kroner_for_a_year(cps: Programme) -> None:
    assert {level.code: cps.fee(level.code, "NOK", 12) for level in cps.levels} == {
        "silver": Money(119_000, "NOK"),
        "gold": Money(239_000, "NOK"),
        "platinum": Money(419_000, "NOK"),
        "business-a": Money(1_190_000, "NOK"),
        "business-b": Money(2_990_000, "NOK"),
        "business-c": Money(5_990_000, "NOK"),
    }


def test_the_assumed_figures_have_their_defaults(cps: Programme) -> None:
    assert cps.evidence.model_dump() == {
        "max_files": 5,
        "max_bytes": 10 * 1024 * 1024,
        "kinds": ("pdf", "jpeg", "png", "tiff", "heic", "webp"),
        "with_vat": ("vat_certificate", "invoice"),
        "without_vat": ("invoice", "business_licence", "registration"),
    }
    assert cps.deadlines.model_dump() == {
        "answer_working_days": 2,
        "cutoff_hour": 16,
        "password_link_hours": 72,
        "resume_link_days": 30,
        "remind_asked_days": (7, 21),
        "close_asked_days": 60,
        "erase_declined_days": 30,
        "erase_approved_evidence_days": 90,
    }
    assert cps.membership.model_dump() == {
        "invitation_points": 500,
        "business_switch_above": 2500,
        "grace_days": 14,
        "renewal_reminder_days": (60, 30, 7),
        "qualifying_notice_days": 60,
        "upgrade_credit": "pro-rata",
    }
    assert [(term.months, term.discount_basis_points) for term in cps.terms] == [
        (12, 0),
        (24, 500),
        (36, 1000),
    ]
    assert cps.payment.model_dump(exclude={"reminders"}) == {
        "due_days": 30,
        "means": ("card", "bank"),
        "card_retry_days": (1, 3, 5),
        "suspend_after_days": 14,
        "end_after_days": 60,
    }
    assert cps.payment.due_on(date(2026, 11, 22)) == date(2026, 12, 22)
    assert (cps.validation.auto_approve, cps.validation.invoice_max_age_days) == (True, 365)
    assert set(cps.validation.checks) == set(get_args(CheckCode.__value__))
    assert set(cps.validation.checks.values()) == {"required"}


def test_a8_validators_have_texts_to_start_from_in_every_language(programme: Programme) -> None:
    assert {message.purpose for message in programme.messages} == {"ask", "decline"}
    assert programme.message("unreadable").text.in_("en").startswith("We cannot read the document")
    with pytest.raises(LookupError):
        programme.message("nothing")


def test_the_names_that_others_rely_on(cps: Programme) -> None:
    assert cps.brand.wordmark == "CPS"
    assert cps.words.former_email.in_("en") == "Former CPS e-mail address"
    assert cps.words.available_levels.in_("nb") == "tilgjengelige CPS-nivåer"
    assert cps.words.available_levels.in_("en") == "available CPS levels"
    assert [level.name.in_("en") for level in cps.levels] == [
        "Silver",
        "Gold",
        "Platinum",
        "Business A",
        "Business B",
        "Business C",
    ]
    assert cps.country("NO").number_label.in_("en") == "Organisation number"


def test_the_seller_is_invented_but_its_numbers_could_be_right(cps: Programme, nordlys: Programme) -> None:
    seller = cps.brand.seller
    assert orgnr.is_valid(seller.organisation_number)
    assert mva.is_valid(seller.vat_number)
    # Norway gives out no number that begins with 1.
    assert seller.organisation_number.startswith("1")
    assert kontonr.is_valid(seller.bank.bban)
    assert iban.is_valid(seller.bank.iban)
    other = nordlys.brand.seller
    assert se_orgnr.is_valid(other.organisation_number)
    assert se_vat.is_valid(other.vat_number)


def test_nineteen_countries(cps: Programme) -> None:
    codes = "NO SE DK FI IS DE FR NL BE LU IE GB ES PT IT AT CH PL CZ"
    assert " ".join(country.code for country in cps.countries) == codes
    assert [c.code for c in cps.countries if c.register_lookup == "brreg"] == ["NO"]


def test_a7_which_register_of_vat_numbers_is_asked(cps: Programme) -> None:
    asked = {country.code: country.vat_lookup for country in cps.countries}
    assert [code for code, register in asked.items() if register == "none"] == ["NO", "IS", "CH"]
    assert [code for code, register in asked.items() if register == "hmrc"] == ["GB"]
    assert set(asked.values()) == {"none", "hmrc", "vies"}


def test_a7_how_long_answers_stand(cps: Programme) -> None:
    registers = cps.registers
    assert (registers.answer_stands, registers.answer_is_fresh, registers.bulk_stands) == (
        timedelta(days=1),
        timedelta(hours=1),
        timedelta(days=7),
    )


@pytest.mark.parametrize(
    ("country", "typed", "standard"),
    [
        ("NO", "923 609 016", "923609016"),
        ("NO", "923 609 017", None),
        ("SE", "556016-0680", "5560160680"),
        ("DK", "DK 13585628", "13585628"),
        ("FI", "2077474-0", "20774740"),
        ("IS", "450401-3150", "4504013150"),
        ("FR", "552 008 443", "552008443"),
        ("PL", "8567346215", "8567346215"),
        ("GB", " 01234567 ", "01234567"),
        ("GB", "  ", None),
    ],
)
def test_a7_registration_numbers_of_countries(
    cps: Programme, country: str, typed: str, standard: str | None
) -> None:
    assert cps.country(country).registration_number(typed) == standard


@pytest.mark.parametrize(
    ("country", "typed", "standard"),
    [
        ("NO", "NO 923 609 016 MVA", "923609016MVA"),
        ("NO", "NO 923 609 017 MVA", None),
        ("SE", "SE 556016068001", "556016068001"),
        ("DE", "DE 136 695 976", "136695976"),
        ("GB", "GB 980 7806 84", "980780684"),
    ],
)
def test_a7_vat_numbers_of_countries(cps: Programme, country: str, typed: str, standard: str | None) -> None:
    assert cps.country(country).vat_number(typed) == standard


def test_c4_every_country_can_be_charged(programme: Programme) -> None:
    fees = [
        programme.fee(level.code, country.currency, term.months)
        for country in programme.countries
        for level in programme.levels
        for term in programme.terms
    ]
    assert all(fee.minor > 0 for fee in fees)


def test_accents_can_be_read_in_both_schemes(programme: Programme) -> None:
    accent = programme.brand.accent
    assert contrast(accent.light, WHITE) >= READABLE
    assert contrast(accent.dark, NEAR_BLACK) >= READABLE


def test_countries_have_time_zones_and_labels(programme: Programme) -> None:
    for country in programme.countries:
        assert ZoneInfo(country.timezone)
        assert all(country.vat_label.in_(language) for language in programme.languages)
    assert programme.country(programme.home_country).timezone == programme.timezone


def test_long_texts_are_read_in_both_languages(programme: Programme) -> None:
    for document in (programme.terms_of_membership, programme.privacy):
        norwegian, english = document.text.in_("nb"), document.text.in_("en")
        assert norwegian != english
        headings = [line for line in norwegian.splitlines() if line.startswith("## ")]
        assert len(headings) == english.count("\n## ") >= 3


def test_e2_people_find_help_where_they_get_stuck(cps: Programme) -> None:
    pages = {question.page for question in cps.faq}
    assert pages == {
        "apply",
        "evidence",
        "status",
        "password",
        "products",
        "migration",
        "membership",
        "payment",
        "invoices",
        "business",
    }
    assert len(cps.faq_on("apply")) == 3


def test_nothing_of_one_brand_is_in_the_other(nordlys: Programme) -> None:
    assert "cps" not in nordlys.model_dump_json().casefold()
    assert "canon" not in nordlys.model_dump_json().casefold()
    assert not {level.code for level in nordlys.levels} & {"silver", "gold", "platinum"}
    assert nordlys.country(nordlys.home_country).currency == nordlys.invoices.currency == "SEK"
    assert nordlys.validation.auto_approve is False


@pytest.mark.parametrize("total", [500, 510, 1240, 1600, 2500, 2501])
def test_totals_at_the_thresholds_can_be_made_of_few_products(cps: Programme, total: int) -> None:
    day = date(2026, 11, 23)
    values = {model.points_on(day) for model in cps.catalogue}
    assert {1, 5, 10, 15, 250, 310, 495} <= values
    demo = (495, 310, 250, 15, 10, 5, 1)
    sums = (sum(c) for n in range(1, 9) for c in combinations_with_replacement(demo, n))
    assert total in set(sums)


def test_a_catalogue_to_try_with(cps: Programme, nordlys: Programme) -> None:
    assert (len(cps.catalogue), len(nordlys.catalogue)) == (99, 25)
    assert {model.brand for model in cps.catalogue} == {"Canon"}
    assert sum(len(model.points) > 1 for model in cps.catalogue) >= 5


def test_lookups_of_what_is_not_there(cps: Programme) -> None:
    with pytest.raises(LookupError):
        cps.level("bronze")
    with pytest.raises(LookupError):
        cps.country("US")
    with pytest.raises(LookupError):
        cps.fee("gold", "USD", 12)
    with pytest.raises(LookupError):
        cps.fee("gold", "NOK", 13)


def test_the_programme_cannot_be_changed(cps: Programme) -> None:
    with pytest.raises(ValueError, match="frozen"):
        cps.payment.due_days = 1
