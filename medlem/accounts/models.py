"""Businesses that were let in, the people who act for them, and the manufacturer's staff (section A)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from medlem.accounts.status import ACCOUNT_TRANSITIONS, AccountStatus, MemberRole, Role
from medlem.core.identifiers import uuid7
from medlem.events.actors import Actor


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who can sign in: a business's member, or staff. Has no password until approval (A9)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(_("E-mail"))
    first_name = models.CharField(_("First name"), max_length=80)
    last_name = models.CharField(_("Last name"), max_length=80)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    language = models.CharField(_("Language"), max_length=5)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def as_member(self) -> Actor:
        return Actor("member", self.public_id)

    @property
    def as_staff(self) -> Actor:
        return Actor("staff", self.public_id)


class StaffRole(models.Model):
    """One thing that a member of the manufacturer's staff may do."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=12, choices=Role)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="staff_role_once")]

    def __str__(self) -> str:
        return self.role


class AccountQuerySet(models.QuerySet["Account"]):
    def of(self, user: Any) -> AccountQuerySet:
        """The accounts for which `user` may act."""
        return self.filter(people__user=user, status=AccountStatus.ACTIVE)


class Account(models.Model):
    """A business that was let in. One business, one account (A10)."""

    TRANSITIONS = ACCOUNT_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=12, unique=True)
    status = models.CharField(max_length=10, choices=AccountStatus, default=AccountStatus.ACTIVE)
    name = models.CharField(_("Business name"), max_length=200)
    country = models.CharField(_("Country"), max_length=2)
    registration_number = models.CharField(_("Registration number"), max_length=30)
    organisation_form = models.CharField(max_length=10, blank=True)
    vat_registered = models.BooleanField()
    vat_number = models.CharField(max_length=30, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=12)
    place = models.CharField(max_length=80)
    delivery_street = models.CharField(max_length=200, blank=True)
    delivery_postcode = models.CharField(max_length=12, blank=True)
    delivery_place = models.CharField(max_length=80, blank=True)
    trade = models.CharField(max_length=40, blank=True)
    invoice_email = models.EmailField()
    e_invoice_address = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5)
    former_member_number = models.CharField(max_length=30, blank=True)
    opened_at = models.DateTimeField()

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = "account"
        constraints = [
            models.UniqueConstraint(
                fields=["country", "registration_number"], name="one_business_one_account"
            ),
            models.CheckConstraint(
                condition=~Q(registration_number=""), name="account_has_registration_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccountPerson(models.Model):
    """A person who may act for a business."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="accounts")
    role = models.CharField(max_length=12, choices=MemberRole)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="person_once_an_account"),
            # Until one can choose between businesses after signing in, a person acts for one.
            models.UniqueConstraint(fields=["user"], name="person_acts_for_one_account"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class PasswordLink(models.Model):
    """A mailed link with which somebody sets a password, once, until it runs out (A9)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_links")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"password link of {self.made_at:%Y-%m-%d %H:%M}"


class NumberSeries(models.Model):
    """The next number of a readable series (accounts, applications, members); taken under its row's lock."""

    name = models.CharField(max_length=20, unique=True)
    next = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.next}"
