"""One business, one account; who acts for it, and who works at the manufacturer (A9, A10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from medlem.accounts import actions as accounts
from medlem.accounts.actions import AddressTaken
from medlem.accounts.models import Account, AccountPerson, StaffRole, User
from medlem.accounts.queries import (
    account_by_id,
    account_of,
    account_with_number,
    active_accounts,
    may_bind,
    names_of,
    people_of,
    roles_of,
    super_user_of,
)
from medlem.core.identifiers import has_check_digit, uuid7
from medlem.events.actors import SYSTEM
from medlem.events.models import Event, Mail
from tests import people
from tests.people import Cast
from tests.together import together


def apply_again(cast: Cast, email: str, *, now: datetime) -> Account:
    """Another application of Alice's business is approved."""
    return people.open_account(name="Fjordlys Foto AS", number="974760673", email=email, now=now)


def acting(account: Account) -> list[tuple[str, str]]:
    return [(person.user.email, person.role) for person in people_of(account)]


@pytest.mark.usefixtures("db")
def test_a9_an_account_is_opened_with_its_super_user(now: datetime) -> None:
    account = people.open_account(
        name="Fjordlys Foto AS", number="974760673", email="alice@fjordlys.example", now=now
    )
    user = User.objects.get()
    assert (account.number, account.status, account.opened_at) == ("100016", "active", now)
    assert acting(account) == [("alice@fjordlys.example", "super_user")]
    assert (super_user_of(account), may_bind(account, user.public_id)) == (user, True)
    assert list(Event.objects.values_list("name", "subject_id", "account_id", "after")) == [
        (
            "account.opened",
            account.public_id,
            account.public_id,
            {"number": "100016", "person": str(user.public_id), "role": "super_user"},
        )
    ]


def test_a10_a_second_person_is_added_to_the_account_that_exists(cast: Cast, now: datetime) -> None:
    before = Account.objects.count()
    account = apply_again(cast, "dina@fjordlys.example", now=now)
    assert (account, Account.objects.count()) == (cast.fjordlys, before)
    assert acting(account) == [
        ("alice@fjordlys.example", "super_user"),
        ("bob@fjordlys.example", "member"),
        ("dina@fjordlys.example", "member"),
    ]
    dina = User.objects.get(email="dina@fjordlys.example")
    event = Event.objects.latest("id")
    assert (event.name, event.after["person"], event.after["role"]) == (
        "account.person_added",
        str(dina.public_id),
        "member",
    )
    assert not may_bind(account, dina.public_id)
    assert list(Mail.objects.filter(to="dina@fjordlys.example").values_list("template", flat=True)) == [
        "account_ready"
    ]


def test_a10_who_acts_for_it_already_keeps_the_role_and_the_password(cast: Cast, now: datetime) -> None:
    apply_again(cast, "ALICE@fjordlys.example", now=now)
    assert acting(cast.fjordlys)[0] == ("alice@fjordlys.example", "super_user")
    assert Event.objects.latest("id").after["role"] == "super_user"
    cast.alice.refresh_from_db()
    assert cast.alice.check_password(people.PASSWORD)


@pytest.mark.parametrize(
    "email", ["charlie@nordkapp.example", "Charlie@Nordkapp.example", "vera@staff.example"]
)
def test_a10_an_address_that_signs_in_for_somebody_else_is_refused(
    cast: Cast, now: datetime, email: str
) -> None:
    everything = (Account, AccountPerson, User, Event, Mail)
    before = [model.objects.count() for model in everything]
    for number in ("974760673", "985589712"):
        with pytest.raises(AddressTaken) as refused:
            people.open_account(name="Annet AS", number=number, email=email, now=now)
        assert refused.value.field == "email"
    assert [model.objects.count() for model in everything] == before


def test_a10_the_database_keeps_one_account_a_business(cast: Cast) -> None:
    cast.fjordlys.pk, cast.fjordlys.public_id, cast.fjordlys.number = None, uuid7(), "999"
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.fjordlys.save(force_insert=True)


def test_one_address_signs_in_once_whatever_its_case(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ALICE@Fjordlys.example", language="nb", created_at=now)


def test_a_person_acts_for_one_account(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountPerson.objects.create(account=cast.nordkapp, user=cast.bob, role="member", since=now)


def test_the_account_of_a_person(cast: Cast) -> None:
    assert [
        account_of(user) for user in (cast.alice, cast.bob, cast.charlie, cast.vera, AnonymousUser())
    ] == [
        cast.fjordlys,
        cast.fjordlys,
        cast.nordkapp,
        None,
        None,
    ]


def test_nobody_acts_for_a_closed_account(cast: Cast) -> None:
    assert active_accounts() == 2
    Account.objects.filter(pk=cast.fjordlys.pk).update(status="closed")
    assert (account_of(cast.alice), account_of(cast.bob), account_of(cast.charlie)) == (
        None,
        None,
        cast.nordkapp,
    )
    assert active_accounts() == 1
    closed = account_with_number(country="NO", registration_number="974760673")
    assert (closed, account_by_id(cast.fjordlys.public_id)) == (cast.fjordlys, cast.fjordlys)


def test_an_account_is_found_by_country_and_number(cast: Cast) -> None:
    assert account_with_number(country="SE", registration_number="974760673") is None
    assert account_by_id(uuid7()) is None


def test_names_of_people_by_their_outside_ids(
    cast: Cast, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = names_of([cast.alice.public_id, None, cast.vera.public_id, uuid7()])
    assert found == {cast.alice.public_id: "Alice Aas", cast.vera.public_id: "Vera Vik"}
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert names_of([None]) == {}


def test_what_staff_may_do(cast: Cast, now: datetime) -> None:
    admin = people.staff("ada@staff.example", "admin", now=now)
    assert [roles_of(user) for user in (cast.vera, cast.alice, AnonymousUser(), admin)] == [
        {"validator"},
        set(),
        set(),
        {"validator", "support", "finance", "manager", "admin"},
    ]


def test_staff_are_mailed_a_link_when_they_are_new_and_may_have_several_roles(
    cast: Cast, now: datetime
) -> None:
    Mail.objects.all().delete()

    def give(email: str, role: str) -> User:
        return accounts.create_staff(
            email=email, role=role, first_name="Nils", last_name="Ny", language="nb", by=SYSTEM, now=now
        )

    user = give("nils@staff.example", "support")
    for role in ("support", "finance"):
        assert give("Nils@Staff.example", role) == user
    assert roles_of(user) == {"support", "finance"}
    assert StaffRole.objects.filter(user=user).count() == 2
    assert list(Mail.objects.values_list("template", "to", "language")) == [
        ("password_link", "nils@staff.example", "nb")
    ]
    given = Event.objects.filter(name="staff.role_given", subject_id=user.public_id)
    assert [event.after for event in given.order_by("id")] == [{"role": "support"}, {"role": "finance"}]


@pytest.mark.usefixtures("db")
def test_numbers_of_a_series_follow_each_other_with_a_check_digit() -> None:
    given = [accounts.next_number("test", first=10_001) for _ in range(3)]
    assert given == ["100016", "100024", "100032"]
    assert all(has_check_digit(number) for number in given)
    assert accounts.next_number("other", first=1) == "18"


@pytest.mark.usefixtures("committing")
def test_no_number_is_given_twice_to_many_at_once() -> None:
    at_once, each = (20, 5) if connection.vendor == "postgresql" else (6, 3)

    def take() -> list[str]:
        taken = []
        for _ in range(each):
            with transaction.atomic():
                taken.append(accounts.next_number("test", first=1))
        return taken

    given = together(*[take] * at_once)
    assert [type(numbers) for numbers in given] == [list] * at_once
    taken = sorted(int(number[:-1]) for numbers in given for number in numbers)
    assert taken == list(range(1, at_once * each + 1))


@pytest.mark.usefixtures("committing")
def test_a10_two_approvals_of_one_business_at_once_open_one_account(now: datetime) -> None:
    done = together(
        *[
            lambda name=name: people.open_account(
                name="Nystart AS", number="985589712", email=f"{name}@nystart.example", now=now
            )
            for name in ("nora", "nils")
        ]
    )
    account = Account.objects.get()
    assert done == [account, account]
    assert list(account.people.order_by("id").values_list("role", flat=True)) == ["super_user", "member"]
    assert Event.objects.filter(name__startswith="account.").count() == 2


def test_the_former_number_is_noted_with_its_event(cast: Cast, now: datetime) -> None:
    accounts.note_former_number(account=cast.fjordlys, number="CPS-77", by=cast.sara.as_staff, now=now)
    cast.fjordlys.refresh_from_db()
    event = Event.objects.latest("id")
    assert cast.fjordlys.former_member_number == "CPS-77"
    assert (event.name, event.before, event.after) == (
        "account.former_number_noted",
        {"former_member_number": ""},
        {"former_member_number": "CPS-77"},
    )
