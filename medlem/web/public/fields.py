"""What the public forms have in common: saving what is right of them, and taking several files (A1, A3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from medlem.applications.postcodes import place_of
from medlem.programme import current
from medlem.programme.schema import Country
from medlem.web.forms import Form
from medlem.web.templatetags.medlem import email, text


class StepForm(Form):
    """One step of the application. What is right can be saved while the rest is not (A1)."""

    columns: Sequence[str] = ()

    def answers(self) -> dict[str, Any]:
        """What can be saved, by column: each field without a mistake, and each that was left empty."""
        emptied = {name: "" for name in self.errors if name in self.columns and not self._raw(name)}
        return {
            **emptied,
            **{name: self.cleaned_data[name] for name in self.columns if name in self.cleaned_data},
        }

    def typed(self) -> dict[str, str]:
        """What cannot be saved as it stands, by field."""
        return {name: self._raw(name) for name in self.errors if name in self.columns and self._raw(name)}

    def _raw(self, name: str) -> str:
        return str(self[name].value() or "")


WRONG_POSTCODE = _("A postcode in %(country)s looks like %(example)s.")


class AtCountry(StepForm):
    """A step with an address, written as in the business's country."""

    at: Country

    def ask_for_place(self, *, before: str = "") -> None:
        """Has the place filled as soon as its post code is known, where a script may; one typed by hand stands.

        `before` stands before the names of both fields.
        """
        postcode, place = f"{before}postcode", f"{before}place"
        self.fields[postcode].widget.attrs |= {
            "hx-get": f"{reverse('public:place')}?country={self.at.code}",
            "hx-trigger": "input changed delay:200ms",
            "hx-swap": "none",
            "data-place": place,
        }
        shown = self.data or self.initial
        if shown.get(place) and shown[place] == place_of(country=self.at.code, code=shown.get(postcode, "")):
            self.fields[place].widget.attrs["data-filled"] = shown[place]

    def standard_postcode(self, typed: str) -> str:
        """A post code in its standard form. Raises ValidationError."""
        code = self.at.postcode(typed)
        if code is None:
            example = {"country": text(self.at.in_text), "example": self.at.postcode_example}
            raise forms.ValidationError(WRONG_POSTCODE % example)
        return code


class EmailField(forms.EmailField):
    """An address is shown again as it was written: browsers send a domain such as `sætherøy.no` in ASCII."""

    def prepare_value(self, value: Any) -> Any:
        return email(value) if isinstance(value, str) else value


class FilesInput(forms.FileInput):
    """A real file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files. What they are is looked at when they are taken in (`applications.evidence`)."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:  # noqa: ARG002
        return list(data or [])


EXTENSIONS = {
    "pdf": (".pdf",),
    "jpeg": (".jpg", ".jpeg"),
    "png": (".png",),
    "tiff": (".tif", ".tiff"),
    "heic": (".heic",),
    "webp": (".webp",),
}


def evidence_field() -> FilesField:
    """The field *Evidence*. Where a script may, it sends its files one by one (`c-upload`)."""
    accept = ",".join(ending for kind in current().evidence.kinds for ending in EXTENSIONS[kind])
    return FilesField(label=_("Evidence"), help_text=limits(), widget=FilesInput(attrs={"accept": accept}))


def limits() -> str:
    """What may be sent, in words (A3)."""
    evidence = current().evidence
    names = [kind.upper() if kind != "webp" else "WebP" for kind in evidence.kinds]
    kinds = _("%(others)s or %(last)s") % {"others": ", ".join(names[:-1]), "last": names[-1]}
    return str(
        _("%(kinds)s. At most %(most)s files of %(megabytes)s MB each.")
        % {
            "kinds": kinds if names[1:] else names[0],
            "most": evidence.max_files,
            "megabytes": evidence.max_bytes // 1_000_000,
        }
    )
