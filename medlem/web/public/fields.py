"""What the public forms have in common: saving what is right of them, and taking several files (A1, A3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from medlem.programme import current
from medlem.web.forms import Form


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
    """The field *Evidence*, which sends its files by itself where a script may (A4)."""
    attrs = {
        "accept": ",".join(ending for kind in current().evidence.kinds for ending in EXTENSIONS[kind]),
        "hx-trigger": "change",
        "hx-target": "#evidence",
        "hx-swap": "outerHTML",
        "hx-encoding": "multipart/form-data",
    }
    return FilesField(label=_("Evidence"), help_text=limits(), widget=FilesInput(attrs=attrs))


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
