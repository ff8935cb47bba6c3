"""No password before approval; a mailed link sets one, once, for 72 hours (A9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from medlem.accounts import actions as accounts
from medlem.accounts.actions import LinkUsed
from medlem.accounts.models import PasswordLink, User
from medlem.accounts.queries import password_link
from medlem.core import links
from medlem.core.errors import Refused
from medlem.events.models import Event, Mail
from tests import people
from tests.factories import draft
from tests.people import PASSWORD, Cast
from tests.together import together

NEW = "enda en setning om torsk"


def opened(*, now: datetime, email: str = "ny@nystart.example") -> User:
    """The super user of an account that was opened this moment, with the link of its first mail."""
    people.open_account(name="Nystart AS", number="985589712", email=email, now=now)
    return User.objects.get(email=email)


def sign_in(email: str, password: str) -> User | None:
    return authenticate(RequestFactory().post("/"), email=email, password=password)  # type: ignore[return-value]


def newest_link(user: User) -> PasswordLink:
    return user.password_links.latest("id")


@pytest.mark.usefixtures("db")
def test_a9_an_unknown_address_is_mailed_nothing(now: datetime) -> None:
    accounts.request_password(email="nobody@blafjell.example", now=now)
    assert (Mail.objects.count(), PasswordLink.objects.count(), Event.objects.count()) == (0, 0, 0)


@pytest.mark.usefixtures("db")
def test_a9_an_applicant_is_mailed_nothing_before_approval(now: datetime) -> None:
    draft(now=now, email="ase@blafjell.example")
    accounts.request_password(email="ase@blafjell.example", now=now)
    assert (Mail.objects.count(), PasswordLink.objects.count(), User.objects.count()) == (0, 0, 0)


def test_a9_somebody_who_was_shut_out_is_mailed_nothing(cast: Cast, now: datetime) -> None:
    Mail.objects.all().delete()
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    accounts.request_password(email=cast.bob.email, now=now)
    assert (Mail.objects.count(), cast.bob.password_links.count()) == (0, 0)


@pytest.mark.usefixtures("db")
def test_a9_the_account_is_opened_without_a_password_and_mails_the_link(now: datetime) -> None:
    user = opened(now=now)
    link = newest_link(user)
    mail = Mail.objects.get()
    assert (user.has_usable_password(), link.expires_at - now, link.used_at) == (
        False,
        timedelta(hours=72),
        None,
    )
    assert (mail.template, mail.to, mail.values) == (
        "account_ready",
        "ny@nystart.example",
        {
            "name": "Ny",
            "business": "Nystart AS",
            "number": "100016",
            "hours": 72,
            "link": {
                "page": "public:password_set",
                "purpose": "password",
                "thing": str(link.public_id),
                "kwargs": {},
            },
        },
    )


@pytest.mark.parametrize("typed", ["ny@nystart.example", " NY@Nystart.example "])
@pytest.mark.usefixtures("db")
def test_a9_a_link_is_mailed_again_to_who_signs_in_however_the_address_is_typed(
    now: datetime, typed: str
) -> None:
    user = opened(now=now)
    Mail.objects.all().delete()
    accounts.request_password(email=typed, now=now)
    assert list(Mail.objects.values_list("template", "to")) == [("password_link", "ny@nystart.example")]
    event = Event.objects.get(name="password.link_sent")
    assert (event.actor_kind, event.subject_id, event.after) == ("system", user.public_id, {})


def test_a9_staff_ask_for_somebody_else_and_the_event_names_them(cast: Cast, now: datetime) -> None:
    accounts.request_password(email=cast.alice.email, by=cast.sara.as_staff, now=now)
    event = Event.objects.get(name="password.link_sent")
    assert (event.actor_id, event.account_id) == (cast.sara.public_id, cast.fjordlys.public_id)


@pytest.mark.usefixtures("db")
def test_a9_the_page_answers_before_anybody_looks_whether_the_address_is_known(now: datetime) -> None:
    """Asking leaves the same one task in the queue either way, and no mail yet."""
    from django_tasks_db.models import DBTaskResult

    opened(now=now)
    Mail.objects.all().delete()
    DBTaskResult.objects.all().delete()
    for email in ("ny@nystart.example", "nobody@nystart.example"):
        accounts.ask_for_password(email=email)
    queued = DBTaskResult.objects.values_list("task_path", "status")
    assert list(queued) == [("medlem.accounts.tasks.mail_password_link", "READY")] * 2
    assert Mail.objects.count() == 0


@pytest.mark.usefixtures("db", "english")
def test_a9_the_link_sets_a_password_once(now: datetime) -> None:
    user = opened(now=now)
    link = newest_link(user)
    assert accounts.set_password(link_id=link.pk, password=NEW, now=now) == user
    assert (sign_in(user.email, NEW), sign_in(user.email, PASSWORD)) == (user, None)
    with pytest.raises(LinkUsed, match="already used or has run out"):
        accounts.set_password(link_id=link.pk, password="noe helt annet igjen", now=now)
    assert sign_in(user.email, NEW) == user
    assert list(Event.objects.filter(name="password.set").values_list("actor_id", "after")) == [
        (user.public_id, {})
    ]


@pytest.mark.parametrize(
    ("later", "works"),
    [
        (timedelta(hours=72) - timedelta(seconds=1), True),
        (timedelta(hours=72), False),
        (timedelta(days=9), False),
    ],
)
@pytest.mark.usefixtures("db")
def test_a9_the_link_works_for_72_hours(now: datetime, later: timedelta, works: bool) -> None:
    user = opened(now=now)
    link = newest_link(user)
    found = password_link(links.sign("password", link.public_id), now=now + later)
    assert (found == link, found is None) == (works, not works)
    if works:
        accounts.set_password(link_id=link.pk, password=NEW, now=now + later)
    else:
        with pytest.raises(LinkUsed):
            accounts.set_password(link_id=link.pk, password=NEW, now=now + later)
    assert (sign_in(user.email, NEW) == user) == works


@pytest.mark.usefixtures("db")
def test_a9_a_newer_link_takes_the_place_of_the_older(now: datetime) -> None:
    user = opened(now=now)
    older = newest_link(user)
    accounts.request_password(email=user.email, now=now + timedelta(hours=1))
    newer = newest_link(user)
    with pytest.raises(LinkUsed):
        accounts.set_password(link_id=older.pk, password=NEW, now=now + timedelta(hours=2))
    assert password_link(links.sign("password", older.public_id), now=now + timedelta(hours=2)) is None
    assert accounts.set_password(link_id=newer.pk, password=NEW, now=now + timedelta(hours=2)) == user


@pytest.mark.parametrize("weak", ["kort", "password123", "1234567890", "ny@nystart.example", ""])
@pytest.mark.usefixtures("db")
def test_a9_a_weak_password_is_refused_and_the_link_stays(now: datetime, weak: str) -> None:
    user = opened(now=now)
    link = newest_link(user)
    with pytest.raises(Refused) as refused:
        accounts.set_password(link_id=link.pk, password=weak, now=now)
    assert (type(refused.value), refused.value.field) == (Refused, "password")
    link.refresh_from_db()
    user.refresh_from_db()
    assert (link.used_at, user.has_usable_password()) == (None, False)
    assert accounts.set_password(link_id=link.pk, password=NEW, now=now) == user


def test_a9_setting_a_password_ends_every_session_of_the_person(cast: Cast, now: datetime) -> None:
    overview = reverse("portal:overview")
    alice, bob = Client(), Client()
    for client, user in ((alice, cast.alice), (bob, cast.bob)):
        client.force_login(user)
        assert client.get(overview).status_code == 200
    accounts.request_password(email=cast.alice.email, now=now)
    accounts.set_password(link_id=newest_link(cast.alice).pk, password=NEW, now=now)
    assert [client.get(overview).status_code for client in (alice, bob)] == [302, 200]


def test_a9_a_link_opens_for_its_person_while_active_and_for_this_purpose_only(
    cast: Cast, now: datetime
) -> None:
    link = newest_link(cast.alice)
    token = links.sign("password", link.public_id)
    assert password_link(token, now=now) == link
    assert password_link(links.sign("status", link.public_id), now=now) is None
    assert password_link(links.sign("password", cast.alice.public_id), now=now) is None
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert password_link(token, now=now) is None


@pytest.mark.usefixtures("committing")
def test_a9_six_clicks_at_once_use_the_link_once(now: datetime) -> None:
    user = opened(now=now)
    link = newest_link(user)
    words = [f"setning nummer {place}" for place in range(6)]

    def click(word: str) -> str:
        accounts.set_password(link_id=link.pk, password=word, now=now)
        return word

    done: list[Any] = together(*[lambda word=word: click(word) for word in words])
    (used,) = (each for each in done if isinstance(each, str))
    assert [type(each) for each in done if each != used] == [LinkUsed] * 5
    assert sign_in(user.email, used) == user
    assert Event.objects.filter(name="password.set").count() == 1


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("aaaaaaaaaaaa", "This password repeats a few characters. Use at least 5 different ones."),
        ("1212121212Aa", "This password repeats a few characters. Use at least 5 different ones."),
        ("ny@nystart.example", "This password is too similar to your e-mail address."),
        ("nystart.example1", "This password is too similar to your e-mail address."),
        ("password123", "This password is too common."),
    ],
)
@pytest.mark.usefixtures("db")
def test_a9_an_easy_password_is_refused_in_plain_words(now: datetime, password: str, said: str) -> None:
    link = newest_link(opened(now=now))
    with override("en"), pytest.raises(Refused, match=said):
        accounts.set_password(link_id=link.pk, password=password, now=now)
