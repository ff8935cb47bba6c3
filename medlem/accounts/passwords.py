"""How long a password has to be, in words of our own: Django has none in Norwegian. And how a demo's are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import MinimumLengthValidator
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


class HashedQuickly(Argon2PasswordHasher):
    """For demo, where all people have the one password that its first page shows: nothing is won by taking long."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
