"""Applying in five steps (A1, A2, A5, A6): nothing typed is lost, and the register never blocks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from medlem.applications.models import Application
from medlem.applications.status import ApplicationStatus
from medlem.core import links
from medlem.events.models import Event, Mail
from medlem.web.public import steps
from tests.conftest import NOW
from tests.web.public.conftest import Clock
from tests.web.public.visitor import (
    CONTACT,
    HTMX,
    INFORMATION,
    NORDVIK,
    address,
    business_of,
    draft_of,
    fill,
    send,
)
from tests.web.visits import lacking, words

# --- A1: steps, back, later -----------------------------------------------------------------------


def test_a1_looking_at_the_first_page_begins_nothing(client: Client) -> None:
    assert client.get("/en/apply/", follow=True).status_code == 200
    assert Application.objects.count() == 0


def test_a1_every_page_has_its_steps_and_its_three_buttons(client: Client, invoice: bytes) -> None:
    fill(client, until="check", pdf=invoice)

    for step, button in [(step, "Continue") for step in list(steps.LABELS)[:-1]] + [
        ("check", "Send application")
    ]:
        page = words(client.get(address(step)))
        assert lacking(page, [button, "Back", "Continue later", "Business information", "Saved"]) == [], step


def test_a1_a_later_step_opens_once_those_before_it_are_complete(client: Client) -> None:
    for step in ("evidence", "contact", "information", "check"):
        assert client.get(address(step)).url == "/en/apply/"  # type: ignore[attr-defined]

    fill(client, until="evidence")
    assert client.get(address("evidence")).status_code == 200
    assert client.get(address("contact")).url == "/en/apply/"  # type: ignore[attr-defined]
    assert client.get("/en/apply/").url == address("evidence")  # type: ignore[attr-defined]


def test_a1_there_are_five_steps_and_no_sixth(client: Client) -> None:
    assert client.get(address("payment")).status_code == 404


def test_a1_back_saves_what_is_right_and_keeps_what_is_not(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)

    left = send(client, "contact", go="back", first_name="Kari", email="kari@")
    assert left.url == address("evidence")  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert (draft.first_name, draft.email) == ("Kari", "")
    page = client.get(address("contact")).text
    assert 'value="Kari"' in page
    assert 'value="kari@"' in page


def test_a1_what_was_emptied_is_empty_afterwards(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="information", pdf=invoice)

    send(client, "contact", **{**CONTACT, "email": ""}, go="back")
    draft.refresh_from_db()
    assert (draft.first_name, draft.email) == ("Kari", "")
    assert client.get(address("information")).url == "/en/apply/"  # type: ignore[attr-defined]


def test_a1_back_from_the_first_page_saves_and_leads_home_where_it_goes_on(client: Client) -> None:
    left = send(client, "business", go="back", country="NO", business_name="Nordvik")

    assert left.url == "/en/"  # type: ignore[attr-defined]
    assert draft_of(client).business_name == "Nordvik"
    assert "Continue your application" in words(client.get("/en/"))


def test_a1_an_incomplete_page_says_what_is_missing(client: Client, invoice: bytes) -> None:
    fill(client, until="contact", pdf=invoice)

    refused = send(client, "contact", first_name="Kari", email="kari@", phone="123")
    assert refused.status_code == 422
    expected = [
        "Last name : Enter the last name.",
        "E-mail : Enter a valid email address.",
        "Phone : This is not a number that can be called. Compare the digits.",
    ]
    assert lacking(words(refused), expected) == []


def test_a1_a_link_by_mail_continues_on_another_device(client: Client, invoice: bytes, now: Any) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    saved = send(client, "contact", go="later", first_name="Kari")
    assert saved.url == "/en/apply/continue-later/"  # type: ignore[attr-defined]

    client.post("/en/apply/continue-later/", {"email": "kari@nordvik.example"})
    mail = Mail.objects.get(template="resume")
    assert (mail.to, mail.values["days"]) == ("kari@nordvik.example", 30)
    elsewhere = Client()
    opened = elsewhere.get(f"/en/apply/resume/{links.sign('resume', draft.public_id)}/", follow=True)
    assert opened.redirect_chain[-1][0] == address("contact")
    assert 'value="Kari"' in opened.text


def test_a1_a_link_that_has_run_out_says_what_to_do(client: Client, set_clock: Clock, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    link = f"/en/apply/resume/{links.sign('resume', draft.public_id)}/"

    set_clock(NOW + timedelta(days=31))
    opened = Client().get(link)
    assert opened.status_code == 410
    assert "Apply for a business account" in words(opened)


def test_a1_a_link_keeps_working_while_the_application_is_written(
    client: Client, set_clock: Clock, invoice: bytes
) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    link = f"/en/apply/resume/{links.sign('resume', draft.public_id)}/"

    set_clock(NOW + timedelta(days=29))
    elsewhere = Client()
    elsewhere.get(link)
    send(elsewhere, "contact", go="back", first_name="Kari")
    set_clock(NOW + timedelta(days=58))
    assert Client().get(link).status_code == 302


# --- A1: nothing typed is lost, also not by another tab ---------------------------------------------


def test_a1_what_is_right_of_a_wrong_page_is_saved(client: Client, invoice: bytes, set_clock: Clock) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    set_clock(NOW + timedelta(minutes=42, seconds=30))

    refused = send(client, "contact", first_name="Kari", email="kari@")
    draft.refresh_from_db()
    assert (refused.status_code, draft.first_name, draft.email) == (422, "Kari", "")
    assert "Saved 10:42" in words(refused)
    assert 'value="kari@"' in client.get(address("contact")).text


def test_a1_the_list_of_steps_saves_on_the_way(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    page = client.get(address("contact")).text
    assert 'form="application" name="to" value="business"' in page
    assert 'value="information"' not in page  # it may not be opened yet

    left = client.post(address("contact"), {"first_name": "Kari", "email": "kari@", "to": "business"})
    assert left.url == address("business")  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert (draft.first_name, draft.email) == ("Kari", "")
    too_far = client.post(address("contact"), {"to": "check"})
    assert client.get(too_far.url).url == "/en/apply/"  # type: ignore[attr-defined]
    assert client.post(address("contact"), {"to": "https://else.where"}).url == address("evidence")  # type: ignore[attr-defined]


def test_a1_with_a_script_an_answer_is_saved_as_it_is_given(
    client: Client, invoice: bytes, set_clock: Clock
) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    assert f'data-keeps hx-post="{address("contact")}"' in client.get(address("contact")).text
    set_clock(NOW + timedelta(minutes=42, seconds=30))

    kept = send(client, "contact", go="keep", first_name="Kari", email="kari@")
    assert (kept.status_code, "Saved 10:42" in kept.text, "<h1" in kept.text) == (200, True, False)  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert (draft.first_name, draft.email) == ("Kari", "")
    assert 'value="kari@"' in client.get(address("contact")).text


def test_a1_a_wrong_number_takes_nothing_of_another_business_along(client: Client) -> None:
    draft = fill(client, until="evidence")

    typed = {"registration_number": "310003914", "business_name": "Blåtimen", "street": "Kaia 1"}
    assert send(client, "business", country="NO", **typed, seen="NO310313815").status_code == 422
    assert business_of(draft) == NORDVIK


def test_a1_two_tabs_write_each_its_own_step(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="check", pdf=invoice)

    send(client, "contact", **{**CONTACT, "first_name": "Karin"})
    send(client, "information", **{**INFORMATION, "trade": "video"})
    send(client, "contact", **{**CONTACT, "first_name": "Kaja"})
    draft.refresh_from_db()
    assert (draft.first_name, draft.trade) == ("Kaja", "video")


def test_a1_what_another_tab_emptied_is_asked_for_before_sending(
    client: Client, invoice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = fill(client, until="check", pdf=invoice)
    # The other tab is quicker than the look at what is complete, and slower than the page that was asked for.
    monkeypatch.setattr("medlem.web.public.apply.open_step", lambda _draft: "check")
    send(client, "contact", go="back", **{**CONTACT, "email": ""})

    assert send(client, "check", declared="on").url == address("contact")  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert draft.status == ApplicationStatus.DRAFT


@pytest.mark.parametrize("step", ["business", "evidence", "contact", "information", "check"])
def test_a1_a_tab_that_is_left_behind_leads_to_the_status_page(
    client: Client, invoice: bytes, step: str
) -> None:
    draft = fill(client, until="check", pdf=invoice)
    document = draft.evidence.get()
    sent = send(client, "check", declared="on").url  # type: ignore[attr-defined]

    assert client.get(address(step)).url == sent  # type: ignore[attr-defined]
    assert send(client, step, **CONTACT).url == sent  # type: ignore[attr-defined]
    assert client.post(f"/en/apply/evidence/{document.public_id}/remove/").url == sent  # type: ignore[attr-defined]
    asked = client.get("/en/apply/evidence/documents/?waiting=1", headers=HTMX)
    assert asked.headers["HX-Redirect"] == sent


@pytest.mark.parametrize("purpose", ["status", "password", "former-email"])
def test_a_link_for_something_else_continues_nothing(client: Client, purpose: str) -> None:
    draft = fill(client, until="evidence")

    assert Client().get(f"/en/apply/resume/{links.sign(purpose, draft.public_id)}/").status_code == 410


def test_nobody_continues_the_draft_of_another_browser(client: Client) -> None:
    fill(client, until="evidence")

    assert Client().get(address("evidence")).url == "/en/apply/"  # type: ignore[attr-defined]


def test_a1_the_limits_of_fields_are_those_of_the_columns() -> None:
    forms = (steps.BusinessForm, steps.EvidenceForm, steps.ContactForm, steps.InformationForm)
    longer = {
        (form.__name__, name)
        for form in forms
        for name, field in form.base_fields.items()
        if name in form.columns
        and getattr(field, "max_length", None)
        and field.max_length > Application._meta.get_field(name).max_length
    }
    # The phone is kept in E.164, which is shorter than what people type.
    assert longer == {("ContactForm", "phone")}


# --- steps 3 and 4 --------------------------------------------------------------------------------


def test_a1_phone_numbers_are_kept_as_telephone_systems_write_them(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)

    for typed, kept in [("22 33 44 55", "+4722334455"), ("0046 8 123 456 78", "+46812345678"), ("", "")]:
        send(client, "contact", **{**CONTACT, "phone": typed})
        draft.refresh_from_db()
        assert draft.phone == kept


def test_a1_goods_go_to_the_business_or_to_an_address_that_is_given(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="information", pdf=invoice)
    elsewhere = {key: value for key, value in INFORMATION.items() if key != "same_address"}

    refused = send(client, "information", **elsewhere)
    assert "Delivery address : Enter the delivery address." in words(refused)
    delivery = {"delivery_street": "Lager 2", "delivery_postcode": "5010", "delivery_place": "Bergen"}
    send(client, "information", **elsewhere, **delivery)
    draft.refresh_from_db()
    assert draft.delivery_street == "Lager 2"
    send(client, "information", **INFORMATION, **delivery)
    draft.refresh_from_db()
    assert draft.delivery_street == ""


def test_a5_the_former_address_is_taken_without_a_word_about_it(client: Client, invoice: bytes) -> None:
    from medlem.products.models import LegacyMember

    LegacyMember.objects.create(email="known@nordvik.example", number="1")
    fill(client, until="information", pdf=invoice)

    pages = []
    for former in ("known@nordvik.example", "nobody@nordvik.example"):
        response = send(client, "information", **{**INFORMATION, "former_email": former})
        pages.append((response.status_code, words(client.get(address("check"))).replace(former, "")))
    assert pages[0] == pages[1]


# --- A6: sending ----------------------------------------------------------------------------------


def test_a6_the_check_shows_every_answer_and_where_to_change_it(client: Client, invoice: bytes) -> None:
    fill(client, until="check", pdf=invoice)
    page = client.get(address("check"))

    expected = [
        "310 313 815, Norway",
        "NORDVIK & SØNN FOTO AS",
        "Yes, NO 310 313 815 MVA",
        "faktura.pdf",
        "Kari Nordvik",
        "Photography",
        "The business address",
        "gammel@nordvik.example",
    ]
    assert lacking(words(page), expected) == []
    assert [f"{address(step)}?change=1" in page.text for step in list(steps.LABELS)[:-1]] == [True] * 4


def test_a1_whoever_changed_an_answer_is_back_at_the_check(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="check", pdf=invoice)

    changed = client.post(f"{address('contact')}?change=1", {**CONTACT, "first_name": "Karin", "go": "next"})
    assert changed.url == address("check")  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert draft.first_name == "Karin"


def test_a3_nothing_is_sent_without_the_declaration(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="check", pdf=invoice)

    assert send(client, "check").status_code == 422
    draft.refresh_from_db()
    assert draft.status == ApplicationStatus.DRAFT


def test_a6_sending_leads_to_the_status_page_and_a_double_click_sends_once(
    client: Client, invoice: bytes
) -> None:
    draft = fill(client, until="check", pdf=invoice)

    first, second = send(client, "check", declared="on"), send(client, "check", declared="on")
    assert first.url == second.url == f"/en/status/{links.sign('status', draft.public_id)}/"  # type: ignore[attr-defined]
    assert Event.objects.filter(name="application.sent").count() == 1
    assert client.get(address("contact")).url == first.url  # type: ignore[attr-defined]
    mail = Mail.objects.get(template="application_received")
    assert (mail.to, mail.language) == ("kari@nordvik.example", "en")


def test_a6_the_answer_comes_in_the_language_in_which_it_was_sent(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="check", pdf=invoice)

    client.post("/nb/apply/check/", {"go": "next", "declared": "on"})
    draft.refresh_from_db()
    assert draft.language == "nb"


def test_a1_after_sending_a_new_application_can_be_begun(client: Client, invoice: bytes) -> None:
    fill(client, until="check", pdf=invoice)
    send(client, "check", declared="on")

    assert client.get("/en/apply/").url == address("business")  # type: ignore[attr-defined]
    assert (
        "value="
        not in client.get(address("business")).text.split('name="registration_number"')[1].split(">")[0]
    )


def test_a_step_asks_the_database_as_often_for_three_documents_as_for_one(
    client: Client,
    invoice: bytes,
    picture: bytes,
    foreign_invoice: bytes,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from tests.web.public.visitor import EVIDENCE, file

    fill(client, until="contact", pdf=invoice)
    with django_assert_num_queries(6):
        client.get(address("evidence"))
    send(client, "evidence", **EVIDENCE, evidence=[file(picture, "a.png"), file(foreign_invoice, "b.pdf")])
    with django_assert_num_queries(6):
        client.get(address("evidence"))
