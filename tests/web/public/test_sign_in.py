"""Signing in and passwords: nothing tells whether an address has an account (A9)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from medlem.accounts import actions
from medlem.accounts.models import PasswordLink, User
from medlem.accounts.tasks import mail_password_link
from medlem.core import links
from medlem.events.models import Mail
from tests import factories, people
from tests.people import PASSWORD, Cast
from tests.web.public.conftest import Clock
from tests.web.visits import lacking, words

SIGN_IN, FORGOT = "/en/sign-in/", "/en/password/forgot/"
NEW = "en ny lang setning om torsk"


def sign_in(client: Client, email: str, password: str = PASSWORD, to: str = "") -> str:
    """Where it leads; empty when it was refused."""
    response = client.post(SIGN_IN + (f"?next={to}" if to else ""), {"email": email, "password": password})
    return response.headers.get("Location", "") if response.status_code == 302 else ""


def link_of(user: User) -> str:
    made = PasswordLink.objects.filter(user=user).latest("id")
    return f"/en/password/{links.sign('password', made.public_id)}/"


# --- signing in -----------------------------------------------------------------------------------


def test_members_come_to_their_overview_and_staff_to_the_desk(cast: Cast) -> None:
    for email, page in [(cast.alice.email, "/en/overview/"), (cast.vera.email, "/en/desk/")]:
        client = Client()
        assert sign_in(client, email.upper()) == "/en/"
        assert client.get("/en/").headers["Location"] == page


def test_a9_unknown_wrong_and_not_yet_approved_are_answered_alike(cast: Cast, now: datetime) -> None:
    factories.draft(now=now, email="applicant@new.example")
    pages = []
    for email in ("nobody@nowhere.example", cast.alice.email, "applicant@new.example"):
        refused = Client().post(SIGN_IN, {"email": email, "password": "wrong wrong wrong"})
        assert refused.status_code == 422
        pages.append(words(refused))
    assert pages[0] == pages[1] == pages[2]
    assert "While an application is being validated there is no password yet" in pages[0]


def test_a9_a_person_without_password_cannot_sign_in_with_any(now: datetime) -> None:
    people.open_account(name="Ny AS", number="923609016", email="ny@ny.example", now=now)

    assert sign_in(Client(), "ny@ny.example", "!") == ""


def test_whoever_was_made_inactive_gets_the_same_answer(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)

    refused = Client().post(SIGN_IN, {"email": cast.bob.email, "password": PASSWORD})
    assert "This address and password do not belong together." in words(refused)


def test_one_comes_to_where_one_wanted_to_go_on_this_site_only(cast: Cast) -> None:
    assert sign_in(Client(), cast.alice.email, to="/en/products/") == "/en/products/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert sign_in(Client(), cast.alice.email, to=elsewhere) == "/en/"


def test_guessing_is_slowed_down(cast: Cast) -> None:
    client = Client()
    for _ in range(5):
        assert sign_in(client, cast.alice.email, "wrong wrong wrong") == ""

    refused = client.post(SIGN_IN, {"email": cast.alice.email, "password": PASSWORD})
    assert refused.status_code == 422
    assert "Too many attempts." in words(refused)


def test_a_password_never_comes_back_to_the_page(cast: Cast) -> None:
    refused = Client().post(SIGN_IN, {"email": cast.alice.email, "password": "wrong wrong wrong"})

    assert "wrong wrong wrong" not in refused.text
    assert cast.alice.email in refused.text


def test_signing_out_takes_a_post(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.alice.email)

    client.get("/en/sign-out/")
    assert client.get("/en/overview/").status_code == 200
    client.post("/en/sign-out/")
    assert client.get("/en/overview/").headers["Location"].startswith(SIGN_IN)


# --- forgotten ------------------------------------------------------------------------------------


def test_a9_the_answer_to_a_forgotten_password_is_always_the_same(cast: Cast, now: datetime) -> None:
    factories.draft(now=now, email="applicant@new.example")

    pages = []
    for email in ("nobody@nowhere.example", cast.alice.email, "applicant@new.example"):
        asked = Client().post(FORGOT, {"email": email}, follow=True)
        pages.append(words(asked))
    assert pages[0] == pages[1] == pages[2]
    assert "If this address signs in here, a link is on its way to it." in pages[0]


def test_a9_only_who_signs_in_is_mailed_and_never_in_the_request(
    cast: Cast, now: datetime, django_capture_on_commit_callbacks: object
) -> None:
    from django_tasks_db.models import DBTaskResult

    factories.draft(now=now, email="applicant@new.example")
    Mail.objects.all().delete()
    for email in (cast.alice.email, "applicant@new.example", "nobody@nowhere.example"):
        Client().post(FORGOT, {"email": email})
    assert Mail.objects.count() == 0

    asked = DBTaskResult.objects.filter(task_path="medlem.accounts.tasks.mail_password_link")
    for task in asked:
        mail_password_link.call(*task.args_kwargs["args"])
    assert list(Mail.objects.values_list("template", "to")) == [("password_link", cast.alice.email)]


def test_one_mailbox_is_not_filled(cast: Cast) -> None:
    from django_tasks_db.models import DBTaskResult

    for _ in range(9):
        assert Client().post(FORGOT, {"email": cast.alice.email}).status_code == 302
    assert DBTaskResult.objects.filter(task_path="medlem.accounts.tasks.mail_password_link").count() == 6


# --- setting a password ---------------------------------------------------------------------------


def test_a9_the_link_sets_the_password_once_and_signs_in(now: datetime) -> None:
    people.open_account(name="Ny AS", number="923609016", email="ny@ny.example", now=now)
    link = link_of(User.objects.get(email="ny@ny.example"))
    client = Client()
    assert "You sign in with ny@ny.example" in words(client.get(link))

    assert client.post(link, {"password": NEW}).headers["Location"] == "/en/"
    assert client.get("/en/overview/").status_code == 200
    assert sign_in(Client(), "ny@ny.example", NEW) == "/en/"
    for again in (Client().get(link), Client().post(link, {"password": "noe helt annet her"})):
        assert again.status_code == 410
    assert sign_in(Client(), "ny@ny.example", NEW) == "/en/"


def test_a9_the_link_lives_for_72_hours(cast: Cast, now: datetime, set_clock: Clock) -> None:
    actions.request_password(email=cast.alice.email, now=now)
    link = link_of(cast.alice)

    set_clock(now + timedelta(hours=71, minutes=59))
    assert Client().get(link).status_code == 200
    set_clock(now + timedelta(hours=72, minutes=1))
    dead = Client().get(link)
    assert dead.status_code == 410
    expected = [
        "This link no longer works",
        "It can be used once, within 72 hours",
        "Mail me a new link",
        "Sign in",
    ]
    assert lacking(words(dead), expected) == []


def test_a_newer_link_takes_the_place_of_the_old_one(cast: Cast, now: datetime) -> None:
    actions.request_password(email=cast.alice.email, now=now)
    old = link_of(cast.alice)
    actions.request_password(email=cast.alice.email, now=now)

    assert Client().get(old).status_code == 410
    assert Client().get(link_of(cast.alice)).status_code == 200


def test_an_easy_password_is_refused_with_the_reason(cast: Cast, now: datetime) -> None:
    actions.request_password(email=cast.alice.email, now=now)

    refused = Client().post(link_of(cast.alice), {"password": "passord"})
    assert refused.status_code == 422
    assert "Password : This password is too short." in words(refused)
    assert Client().get(link_of(cast.alice)).status_code == 200


@pytest.mark.parametrize("purpose", ["status", "resume", "former-email"])
def test_a_link_for_something_else_sets_nothing(cast: Cast, now: datetime, purpose: str) -> None:
    actions.request_password(email=cast.alice.email, now=now)
    made = PasswordLink.objects.latest("id")

    assert Client().get(f"/en/password/{links.sign(purpose, made.public_id)}/").status_code == 410


def test_pages_with_a_password_link_are_kept_by_nobody(cast: Cast, now: datetime) -> None:
    actions.request_password(email=cast.alice.email, now=now)

    page = Client().get(link_of(cast.alice))
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


def test_one_who_is_signed_in_has_nothing_to_do_on_the_sign_in_page(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.alice.email)

    assert client.get(SIGN_IN).headers["Location"] == reverse("home")
