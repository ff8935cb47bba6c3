"""The same document, one that is alike, or the same number in another form, with somebody else (A7, A10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.applications import deciding, elsewhere
from medlem.applications.elsewhere import applied_in, forms_of, like_one_of, same_number_in
from medlem.applications.likeness import MOST_BITS, bands, distance, marks, same_figures
from medlem.applications.models import Application
from medlem.events.actors import SYSTEM
from tests import people
from tests.applications.applying import BLATIMEN, NORDVIK, checked, draft_of, pdf_of, sent, validating
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HASH = "8f3c00ff12345678"
INVOICE = (
    "Fakturanr. 2026-114 Dato 02.11.2026 Kunde 0150 Oslo 12 000,00 3 200,50 3 800,13 Kontonr. 1234.56.78903"
)


def page(text: str, number: int = 1) -> dict[str, Any]:
    return {"page": number, "text": text}


def with_document(application: Application, *, picture: str, words: str = INVOICE) -> Application:
    application.evidence.update(picture_hash=picture, transcript=[page(words)])
    return application


def alike(application: Application) -> str:
    return like_one_of(application, list(application.evidence.all()))


# --- alike ----------------------------------------------------------------------------------------


def test_a7_a_changed_copy_of_another_businesss_document_is_found(now: datetime) -> None:
    first = with_document(sent(now=now), picture=HASH)
    copy = with_document(
        sent(NORDVIK, now=now), picture="8f3c00ff1234567f", words=f"{INVOICE} Org.nr. 310 313 815 MVA"
    )
    assert distance(HASH, "8f3c00ff1234567f") == MOST_BITS
    assert alike(copy) == first.number


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        ("8f3c00ff12345687", INVOICE),  # too many bits differ
        ("", INVOICE),  # a blank page is like no other
        (
            HASH,
            "Fakturanr. 55012 Dato 18.09.2026 Kunde 7011 Trondheim 4 500,00 1 125,00 Kontonr. 9999.88.77777",
        ),
        (HASH, ""),  # nothing was read: looks alone say nothing
    ],
)
def test_a7_what_only_looks_alike_or_only_reads_alike_is_no_copy(
    now: datetime, picture: str, words: str
) -> None:
    with_document(sent(now=now), picture=HASH)
    assert alike(with_document(sent(NORDVIK, now=now), picture=picture, words=words)) == ""


def test_a7_a_business_may_send_the_same_paper_again(now: datetime) -> None:
    with_document(sent(now=now), picture=HASH)
    assert alike(with_document(sent(now=now), picture=HASH)) == ""


def test_a7_a_draft_was_not_used(now: datetime) -> None:
    with_document(draft_of(BLATIMEN, now=now), picture=HASH)
    assert alike(with_document(sent(NORDVIK, now=now), picture=HASH)) == ""


def test_a7_a_blank_picture_compares_with_nothing(now: datetime) -> None:
    with_document(sent(now=now), picture="")
    assert alike(with_document(sent(NORDVIK, now=now), picture="")) == ""


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=MOST_BITS))
def test_a7_whatever_is_near_has_one_band_the_same(value: int, flipped: set[int]) -> None:
    other = value
    for bit in flipped:
        other ^= 1 << bit
    one, two = f"{value:016x}", f"{other:016x}"
    assert distance(one, two) == len(flipped)
    assert any(a == b for a, b in zip(bands(one), bands(two), strict=True))


def test_a7_figures_are_compared_by_marks_that_tell_nobody_what_they_were() -> None:
    whole = marks([page(INVOICE), page(INVOICE + " 99999"), page("7777", 2)])
    assert len(whole) == 8  # a page that was read twice counts once; "12" is too short to say anything
    assert not any("2026" in mark for mark in whole)
    assert marks({"marks": sorted(whole)}) == whole
    assert marks(None) == marks([]) == frozenset()
    assert same_figures(whole, frozenset(list(whole)[:6]))
    assert not same_figures(whole, frozenset(list(whole)[:5]))
    assert not same_figures(marks([page("2026 000,00 0150")]), marks([page("2026 000,00 0150")]))  # too few


# --- the number -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "number", "vat_number", "forms"),
    [
        ("NO", "310003913", "", {"310003913", "310003913MVA", "NO310003913", "NO310003913MVA"}),
        (
            "NO",
            "310 003 913",
            "NO 310003913 MVA",
            {"310003913", "310003913MVA", "NO310003913", "NO310003913MVA"},
        ),
        ("DK", "12345678", "DK12345678", {"12345678", "DK12345678"}),
        (
            "SE",
            "5566778899",
            "SE556677889901",
            {"5566778899", "SE5566778899", "556677889901", "SE556677889901"},
        ),
        ("FR", "552008443", "FR40552008443", {"552008443", "FR552008443", "40552008443", "FR40552008443"}),
    ],
)
def test_a10_a_number_in_every_form(country: str, number: str, vat_number: str, forms: set[str]) -> None:
    assert set(forms_of(country, number, vat_number)) == forms


@pytest.mark.parametrize(
    "changes",
    [
        {"registration_number": f"NO {BLATIMEN}"},
        {"registration_number": f"{BLATIMEN[:3]} {BLATIMEN[3:6]} {BLATIMEN[6:]}"},
        {"registration_number": "999999999", "vat_number": f"NO{BLATIMEN}MVA"},
    ],
)
def test_a10_the_same_number_in_another_form_is_found(now: datetime, changes: dict[str, str]) -> None:
    other = sent(NORDVIK, now=now)
    Application.objects.filter(pk=other.pk).update(**changes)
    mine = sent(now=now)
    assert same_number_in(mine, parent="") == other.number
    check = checked(mine, now=now).checks.get(code="number_not_elsewhere")
    assert (check.outcome, check.facts) == ("failed", {"number": other.number})


def test_a10_a_branch_is_marked_where_its_business_applied(now: datetime) -> None:
    business = sent(BLATIMEN, now=now)
    branch = checked(sent("316152201", now=now), now=now)
    assert branch.checks.get(code="number_not_elsewhere").facts == {"number": business.number}


def test_a10_an_account_with_the_number_in_another_form_is_found(now: datetime) -> None:
    account = people.open_account(name="Annet AS", number="974760673", email="a@annet.example", now=now)
    account.vat_number = f"{BLATIMEN}MVA"
    account.save()
    assert same_number_in(sent(now=now), parent="") == account.number


def test_a10_drafts_declined_ones_and_the_business_itself_do_not_count(cast: Cast, now: datetime) -> None:
    declined = validating(NORDVIK, now=now, vat_number=f"{BLATIMEN}MVA")
    deciding.decline(application=declined, reason="No.", by=cast.vera.as_staff, now=now)
    Application.objects.filter(pk=draft_of("312420198", now=now).pk).update(vat_number=f"{BLATIMEN}MVA")
    sent(now=now)
    assert same_number_in(sent(now=now), parent="") == ""


def test_a10_the_later_of_two_applications_of_a_business_is_marked(now: datetime) -> None:
    first = sent(now=now)
    second = sent(now=now + timedelta(minutes=1), pdf=pdf_of(BLATIMEN, name="Blåtimen Film A/S"))
    assert (applied_in(first), applied_in(second)) == ("", first.number)
    assert checked(first, now=now).status == "approved"
    assert checked(second, now=now).checks.get(code="no_account_yet").reason == "has_account"


def test_a10_nobody_joins_an_account_automatically(cast: Cast, now: datetime) -> None:
    """An account that was opened between the checks and the decision stops it."""
    application = sent(now=now)
    people.open_account(name="Blåtimen Film AS", number=BLATIMEN, email="eva@blatimen.example", now=now)
    with pytest.raises(deciding.CameBetween):
        deciding.approve_as(application, by=SYSTEM, automatic=True, reason="", now=now)


def test_a7_each_look_elsewhere_uses_an_index(now: datetime, django_assert_max_num_queries: Any) -> None:
    from django.db import connection

    application = with_document(sent(now=now), picture=HASH)
    documents = list(application.evidence.all())
    (near,) = [elsewhere._alike(documents[0], elsewhere._sent_by_others(application))]
    numbers = forms_of("NO", BLATIMEN, f"{BLATIMEN}MVA")
    assert list(near) == []
    assert len(numbers) == 4
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "EXPLAIN QUERY PLAN SELECT 1 FROM applications_evidence WHERE "
                "SUBSTR(picture_hash, 1, 4) = '8f3c' OR SUBSTR(picture_hash, 5, 4) = '00ff'"
            )
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "evidence_band_1" in plan
        assert "evidence_band_5" in plan
