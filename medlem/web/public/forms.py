"""The public forms that are not steps of the application: links by mail, answers, signing in, passwords."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import get_default_password_validators
from django.utils.translation import gettext_lazy as _

from medlem.web.forms import Form
from medlem.web.public.fields import evidence_field


class ResumeForm(Form):
    """Where the link goes with which an application is continued."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)


class AnswerForm(Form):
    """The applicant's answer on the status page, in words, documents or both (A8)."""

    text = forms.CharField(
        label=_("Your answer"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"] = evidence_field()
        self.fields["evidence"].label = _("Documents")


class SignInForm(Form):
    """Address and password."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgotForm(Form):
    """Who wants a new link."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class PasswordForm(Form):
    """A new password, typed once: whoever slips asks for another link."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        [shortest] = [v.min_length for v in get_default_password_validators() if hasattr(v, "min_length")]
        self.fields["password"].help_text = _(
            "At least %(shortest)s characters, and neither your name, nor a common password, nor a few characters "
            "repeated. A short sentence is easy to remember."
        ) % {"shortest": shortest}
