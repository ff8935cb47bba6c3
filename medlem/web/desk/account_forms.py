"""The forms with which staff help an account. What cannot be taken back is shown before it is done (A5, B7)."""

from __future__ import annotations

from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.core.identifiers import uuid7
from medlem.programme import current
from medlem.web.forms import Form


class ShownFirst(Form):
    """Is sent twice: the first time what it would do is shown, the second time it is done.

    `sure` keeps what was shown, so that whatever was changed since is shown once more.
    """

    about = ""
    sure = forms.CharField(widget=forms.HiddenInput(), required=False)

    @property
    def was_shown(self) -> bool:
        return bool(self.cleaned_data["sure"] == str(self.cleaned_data[self.about]))

    def shown(self) -> Self:
        """The same form, to be sent once more."""
        data = {**dict(self.data.items()), self.add_prefix("sure"): str(self.cleaned_data[self.about])}
        form = type(self)(data, prefix=self.prefix)
        form.full_clean()
        return form

    def said(self) -> dict[str, Any]:
        """What was said, as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}


class PointsForm(ShownFirst):
    """What staff add or take; `public_id` is the entry's id, so that sending twice adjusts once."""

    about = "points"
    public_id = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid7, required=False)
    points = forms.IntegerField(
        label=gettext_lazy("Points to add"),
        help_text=gettext_lazy("Write a minus before it to take points away, such as -40."),
        min_value=-100_000,
        max_value=100_000,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("The member reads it."), max_length=200
    )
    widths = {"points": "short"}

    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        if points == 0:
            raise forms.ValidationError(_("Nothing would change. Give a number of points."))
        return points

    @property
    def is_large(self) -> bool:
        """Whether it is worth a second look: as many points as bring an invitation."""
        return bool(abs(self.cleaned_data["points"]) >= current().membership.invitation_points)


class FormerAddressForm(ShownFirst):
    about = "email"
    email = forms.EmailField(label=gettext_lazy("Former e-mail address"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("How do you know that the address was theirs?"),
        max_length=200,
    )
    despite = forms.BooleanField(
        label=gettext_lazy("I made sure that the address was this business's."),
        help_text=gettext_lazy("The others are told by e-mail that it went to another business."),
        required=False,
    )
    autocomplete = {"email": "off"}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).casefold()
