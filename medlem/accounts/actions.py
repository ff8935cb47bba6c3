"""Every write to accounts and people: opening, passwords, staff."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import (
    Account,
    AccountPerson,
    NumberSeries,
    PasswordLink,
    StaffRole,
    User,
)
from medlem.accounts.queries import signs_in_elsewhere
from medlem.accounts.status import MemberRole
from medlem.core.errors import Refused
from medlem.core.identifiers import with_check_digit
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.programme import current


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What an approved application says about a business: the columns of its account."""

    name: str
    country: str
    registration_number: str
    organisation_form: str
    vat_registered: bool
    vat_number: str
    street: str
    postcode: str
    place: str
    delivery_street: str
    delivery_postcode: str
    delivery_place: str
    trade: str
    invoice_email: str
    e_invoice_address: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who an application names as contact."""

    email: str
    first_name: str
    last_name: str
    phone: str
    language: str


class AddressTaken(Refused):
    """The contact's address already signs in for another business or for staff."""


def next_number(series: str, *, first: int) -> str:
    """The next readable number of a series, with its check digit. Takes the series' lock until commit."""
    NumberSeries.objects.get_or_create(name=series, defaults={"next": first})
    row = NumberSeries.objects.select_for_update().get(name=series)
    taken = row.next
    row.next = taken + 1
    row.save(update_fields=["next"])
    return with_check_digit(taken)


@transaction.atomic
def open_account(*, business: Business, contact: Person, by: Actor, now: datetime) -> Account:
    """Opens the account of a business with its super user and mails the password link (A9, A10).

    Writes account, user, membership of the person, password link, event and mail, in this order. Where
    the business has an account already, the person is added to it as a member of staff instead, and its
    super users are written who it is.
    Raises AddressTaken when the contact's address signs in for somebody else.
    """
    columns: dict[str, Any] = {
        **asdict(business),
        # Asked only when the business has no account, so that no number is taken for nothing.
        "number": partial(next_number, "account", first=current().numbers.account_first),
        "opened_at": now,
    }
    account, is_new = Account.objects.get_or_create(
        country=business.country, registration_number=business.registration_number, defaults=columns
    )
    role = MemberRole.SUPER_USER if is_new else MemberRole.MEMBER
    user = _person(contact, account=account, now=now)
    person, is_added = AccountPerson.objects.get_or_create(
        account=account, user=user, defaults={"role": role, "since": now}
    )
    record(
        "account.opened" if is_new else "account.person_added",
        by=by,
        now=now,
        subject=account,
        account_id=account.public_id,
        after={"number": account.number, "person": str(user.public_id), "role": person.role},
    )
    _mail_password_link(user, template="account_ready", account=account, now=now)
    if is_added and not is_new:
        _tell_super_users(account, of=user, now=now)
    return account


def _tell_super_users(account: Account, *, of: User, now: datetime) -> None:
    """Whoever may bind the business learns who was let in, and can say that it is wrong (A10)."""
    for person in account.people.select_related("user").filter(
        role=MemberRole.SUPER_USER, user__is_active=True
    ):
        queue_mail(
            "person_added",
            to=person.user.email,
            language=person.user.language,
            now=now,
            account_id=account.public_id,
            name=person.user.first_name,
            business=account.name,
            added=of.name,
            added_email=of.email,
            link=link("portal:business"),
        )


def _person(contact: Person, *, account: Account, now: datetime) -> User:
    if signs_in_elsewhere(contact.email, account=account):
        raise AddressTaken(
            _("This e-mail address already signs in for another business. Ask for a different one."),
            field="email",
        )
    user = User.objects.filter(email__iexact=contact.email).first()
    if user is None:
        user = User(created_at=now, **asdict(contact))
        user.set_unusable_password()
        user.save()
    return user


def _mail_password_link(user: User, *, template: str, account: Account | None, now: datetime) -> None:
    """A new link takes the place of all that went before."""
    user.password_links.filter(used_at=None).update(expires_at=now)
    made = PasswordLink.objects.create(
        user=user,
        made_at=now,
        expires_at=now + timedelta(hours=current().deadlines.password_link_hours),
    )
    queue_mail(
        template,
        to=user.email,
        language=user.language,
        now=now,
        account_id=account.public_id if account else None,
        name=user.first_name,
        business=account.name if account else "",
        number=account.number if account else "",
        hours=current().deadlines.password_link_hours,
        link=link("public:password_set", "password", made.public_id),
    )


@transaction.atomic
def note_former_number(*, account: Account, number: str, by: Actor, now: datetime) -> None:
    """Keeps the number of a confirmed former membership, which is shown beside the new one (C5)."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    before = account.former_member_number
    account.former_member_number = number
    account.save(update_fields=["former_member_number"])
    record(
        "account.former_number_noted",
        by=by,
        now=now,
        subject=account,
        account_id=account.public_id,
        before={"former_member_number": before},
        after={"former_member_number": number},
    )


def ask_for_password(*, email: str) -> None:
    """Has a link to set a password mailed, if the address signs in (A9).

    The worker looks whether it does: the page answers the same, and as quickly, either way.
    """
    from medlem.accounts.tasks import mail_password_link

    mail_password_link.enqueue(email)


@transaction.atomic
def request_password(*, email: str, by: Actor = SYSTEM, now: datetime) -> None:
    """Mails a link to set a password, if the address signs in; tells nobody whether it does (A9).

    An applicant who was not approved is no user yet, so nothing is mailed to him that could be used.
    Staff ask for somebody else, and the event names them.
    """
    user = User.objects.select_for_update().filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        return
    person = user.accounts.select_related("account").first()
    _mail_password_link(user, template="password_link", account=person.account if person else None, now=now)
    record(
        "password.link_sent",
        by=by,
        now=now,
        subject=user,
        account_id=person.account.public_id if person else None,
    )


class LinkUsed(Refused):
    """The link was used, replaced by a newer one, or has run out."""


@transaction.atomic
def set_password(*, link_id: int, password: str, now: datetime) -> User:
    """Sets a password by a mailed link and uses the link up (A9); every other session of the person ends.

    Raises LinkUsed, and Refused (field `password`) for a password that is too easy.
    """
    used = PasswordLink.objects.select_for_update().select_related("user").get(pk=link_id)
    if used.used_at or used.expires_at <= now:
        raise LinkUsed(_("This link was already used or has run out. Ask for a new one."))
    user = used.user
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error
    user.set_password(password)  # sessions carry a hash of it, so all of them end
    user.save(update_fields=["password"])
    user.password_links.filter(used_at=None).update(used_at=now)
    record("password.set", by=user.as_member, now=now, subject=user)
    return user


@transaction.atomic
def create_staff(
    *, email: str, role: str, first_name: str, last_name: str, language: str, by: Actor, now: datetime
) -> User:
    """Gives somebody a role at the manufacturer; a new person is mailed a link to set a password."""
    user = User.objects.filter(email__iexact=email).first()
    is_new = user is None
    if user is None:
        user = User(
            email=email, first_name=first_name, last_name=last_name, language=language, created_at=now
        )
        user.set_unusable_password()
        user.save()
    _role, is_given = StaffRole.objects.get_or_create(user=user, role=role, defaults={"given_at": now})
    if is_given:
        record("staff.role_given", by=by, now=now, subject=user, after={"role": role})
    if is_new:
        _mail_password_link(user, template="password_link", account=None, now=now)
    return user
