"""Which passwords are too easy, in words of our own: Django has none in Norwegian. And how a demo's are hashed."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's rule; only the sentence is ours."""

    def get_error_message(self) -> str:
        return (
            ngettext(
                "This password is too short. It must contain at least %d character.",
                "This password is too short. It must contain at least %d characters.",
                self.min_length,
            )
            % self.min_length
        )


class VariedEnough:
    """Refuses `aaaaaaaaaaaa` and `121212121212`: what has so few characters is soon tried."""

    def __init__(self, least: int = 5) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002
        if len(set(password.casefold())) < self.least:
            raise ValidationError(
                _("This password repeats a few characters. Use at least %(least)s different ones.")
                % {"least": self.least}
            )

    def get_help_text(self) -> str:
        return _("At least %(least)s different characters.") % {"least": self.least}


class NobodysName:
    """Refuses what is nearly the person's name or address."""

    NEAR = 0.7

    def validate(self, password: str, user: Any = None) -> None:
        if user is None:
            return
        name, _sign, host = user.email.partition("@")
        known = {
            _("This password is too similar to your e-mail address."): [user.email, name, host],
            _("This password is too similar to your name."): [
                user.first_name,
                user.last_name,
                f"{user.first_name} {user.last_name}",
            ],
        }
        typed = password.casefold()
        for sentence, values in known.items():
            if any(self._near(typed, value.casefold()) for value in values if len(value) > 2):
                raise ValidationError(sentence)

    def get_help_text(self) -> str:
        return _("Neither your name nor your e-mail address.")

    def _near(self, typed: str, value: str) -> bool:
        return SequenceMatcher(a=typed, b=value).quick_ratio() >= self.NEAR


class HashedQuickly(Argon2PasswordHasher):
    """For demo, where all people have the one password that its first page shows: nothing is won by taking long."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
