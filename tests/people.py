"""One cast for all tests, made through the same actions as in life.

Alice owns Fjordlys Foto AS, Bob is on her team, Charlie owns another business and must get 404. Vera
validates, Finn is finance, Sara support, Mona manages the programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from medlem.accounts import actions as accounts
from medlem.accounts.models import Account, AccountPerson, User
from medlem.events.actors import SYSTEM

PASSWORD = "en lang setning om fisk"


@dataclass(frozen=True)
class Cast:
    alice: User
    bob: User
    charlie: User
    vera: User
    finn: User
    sara: User
    mona: User
    fjordlys: Account
    nordkapp: Account


def make_cast(*, now: datetime) -> Cast:
    fjordlys = open_account(
        name="Fjordlys Foto AS", number="974760673", email="alice@fjordlys.example", now=now
    )
    nordkapp = open_account(
        name="Nordkapp Film AS", number="923609016", email="charlie@nordkapp.example", now=now
    )
    alice = with_password(User.objects.get(email="alice@fjordlys.example"))
    bob = with_password(
        User.objects.create(
            email="bob@fjordlys.example", first_name="Bob", last_name="Bakke", language="nb", created_at=now
        )
    )
    AccountPerson.objects.create(account=fjordlys, user=bob, role="member", since=now)
    return Cast(
        alice=alice,
        bob=bob,
        charlie=with_password(User.objects.get(email="charlie@nordkapp.example")),
        vera=staff("vera@staff.example", "validator", now=now),
        finn=staff("finn@staff.example", "finance", now=now),
        sara=staff("sara@staff.example", "support", now=now),
        mona=staff("mona@staff.example", "manager", now=now),
        fjordlys=fjordlys,
        nordkapp=nordkapp,
    )


def open_account(*, name: str, number: str, email: str, now: datetime, language: str = "en") -> Account:
    return accounts.open_account(
        business=accounts.Business(
            name=name,
            country="NO",
            registration_number=number,
            organisation_form="AS",
            vat_registered=True,
            vat_number=f"{number}MVA",
            street="Storgata 1",
            postcode="0155",
            place="Oslo",
            delivery_street="",
            delivery_postcode="",
            delivery_place="",
            trade="",
            invoice_email=f"faktura@{email.split('@')[1]}",
            e_invoice_address="",
            language=language,
        ),
        contact=accounts.Person(
            email=email,
            first_name=email.split("@")[0].title(),
            last_name="Aas",
            phone="+4722334455",
            language=language,
        ),
        by=SYSTEM,
        now=now,
    )


def staff(email: str, role: str, *, now: datetime) -> User:
    return with_password(
        accounts.create_staff(
            email=email,
            role=role,
            first_name=email.split("@")[0].title(),
            last_name="Vik",
            language="en",
            by=SYSTEM,
            now=now,
        )
    )


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user
