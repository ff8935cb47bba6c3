"""Reads of accounts and people."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from medlem.accounts.models import Account, AccountPerson, PasswordLink, User
from medlem.accounts.status import AccountStatus, MemberRole, Role
from medlem.core import links


def account_of(user: Any) -> Account | None:
    """The business for which this person acts, or None: strangers, staff, closed accounts."""
    if not user.is_authenticated:
        return None
    return Account.objects.of(user).first()


def roles_of(user: Any) -> frozenset[str]:
    """The staff roles of this person; an administrator has all of them."""
    if not user.is_authenticated:
        return frozenset()
    roles = frozenset(user.staff_roles.values_list("role", flat=True))
    return frozenset(Role.values) if Role.ADMIN in roles else roles


def names_of(people: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """The names of people by their outside ids, for lists that say who did something."""
    ids = {person for person in people if person}
    return {user.public_id: user.name for user in User.objects.filter(public_id__in=ids)} if ids else {}


def account_with_number(*, country: str, registration_number: str) -> Account | None:
    """The account of a business, whatever its state (A10)."""
    return Account.objects.filter(country=country, registration_number=registration_number).first()


def account_with_any_number(*, country: str, numbers: Collection[str], but: str) -> Account | None:
    """An account whose registration or VAT number is one of `numbers`, other than that of `but` (A10)."""
    has_one = Q(registration_number__in=numbers) | Q(vat_number__in=numbers)
    found = Account.objects.filter(has_one, country=country).exclude(registration_number=but)
    return found.order_by("pk").first()


def staff_with(role: str) -> list[User]:
    """The members of staff who have a role; the administrators, where nobody has it."""
    active = User.objects.filter(is_active=True).order_by("pk")
    return list(active.filter(staff_roles__role=role)) or list(active.filter(staff_roles__role=Role.ADMIN))


def signs_in_elsewhere(email: str, *, account: Account | None) -> bool:
    """Whether an address signs in for staff or for another business than `account` (A10)."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        return False
    return user.staff_roles.exists() or user.accounts.exclude(account=account).exists()


def super_user_of(account: Account) -> User | None:
    """The person who may bind the business; who gets what concerns all of it."""
    person = account.people.select_related("user").filter(role="super_user").order_by("id").first()
    return person.user if person else None


def person_of(account: Account, public_id: uuid.UUID | None) -> User | None:
    """The person with this outside id, while acting for the business; None for anybody else."""
    if public_id is None:
        return None
    person = account.people.select_related("user").filter(user__public_id=public_id).first()
    return person.user if person else None


def people_of(account: Account) -> QuerySet[AccountPerson]:
    """Everybody who acts for the business, the super user first."""
    first = Case(
        When(role=MemberRole.SUPER_USER, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return account.people.select_related("user").order_by(first, "id")


def may_bind(account: Account, person_id: uuid.UUID) -> bool:
    """Whether this person may bind the business: its super users may."""
    return account.people.filter(user__public_id=person_id, role=MemberRole.SUPER_USER).exists()


def password_link(token: str, *, now: Any) -> PasswordLink | None:
    """The link that a mail carried, if it can still be used: signed by us, unused, not run out, its person active."""
    link_id = links.read("password", token)
    if link_id is None:
        return None
    return (
        PasswordLink.objects.select_related("user")
        .filter(public_id=link_id, used_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )


def password_state(email: str, *, account: Account, now: Any) -> str:
    """How far somebody of an account has come: `set`, `mailed` while the link can be used, else `run_out` (A9)."""
    person = account.people.select_related("user").filter(user__email__iexact=email).first()
    if person is None or person.user.has_usable_password():
        return "set"
    return (
        "mailed"
        if person.user.password_links.filter(used_at=None, expires_at__gt=now).exists()
        else "run_out"
    )


def account_by_id(public_id: uuid.UUID) -> Account | None:
    return Account.objects.filter(public_id=public_id).first()


def active_accounts() -> int:
    return Account.objects.filter(status=AccountStatus.ACTIVE).count()
