"""The forms of registering from pictures: parts of a file, a piece that was seen, and what all have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.gateways.photos import Doubt, Parts
from medlem.products.models import ProductModel
from medlem.products.photos import Chosen
from medlem.products.rules import MANDATORY, Details, model_called
from medlem.products.sightings import SeenPiece
from medlem.web.forms import Form
from medlem.web.portal.import_rows import unknown_model
from medlem.web.portal.product_form import Detail, ProductForm

MOST_PARTS = 500


class PartsForm(Form):
    """Parts of one picture, as the script sends them: `from` says where each `part` begins in the file."""

    batch = forms.UUIDField()
    filename = forms.CharField(max_length=255)
    size = forms.IntegerField(min_value=0, max_value=2**42)
    of_box = forms.BooleanField(required=False)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST)
        self.starts = request.POST.getlist("from")
        self.pieces = request.FILES.getlist("part")

    def clean(self) -> dict[str, Any]:
        numbers = [start for start in self.starts if start.isdecimal() and len(start) <= 13]
        if not len(self.starts) == len(self.pieces) == len(numbers) <= MOST_PARTS:
            raise forms.ValidationError("each part has a place")
        return self.cleaned_data

    def parts(self) -> Parts:
        """What has arrived of the file."""
        pieces = zip(self.starts, self.pieces, strict=True)
        return Parts(self.cleaned_data["size"], {int(start): piece.read() for start, piece in pieces})


class PieceForm(Form):
    """A piece that was seen: whether it is taken, its model and its serial number."""

    take = forms.BooleanField(required=False)
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "models", "spellcheck": "false"}),
    )
    serial_number = forms.CharField(
        label=gettext_lazy("Serial number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    later = frozenset({"model", "serial_number"})

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        piece: SeenPiece,
        models: Mapping[int, ProductModel],
        names: Mapping[str, int],
    ) -> None:
        model = models.get(piece.model_id or 0)
        initial = {
            "take": piece.certain,
            "model": model.name if model else "",
            "serial_number": piece.serial,
        }
        super().__init__(data, prefix=piece.key, initial=initial)
        self.piece, self.models, self.names = piece, models, names
        if self.unknown:
            self.fields["serial_number"].widget = forms.HiddenInput()
            self.fields["model"].label = _("Choose a model")
        if piece.candidates:
            self.fields["serial_number"].widget.attrs["list"] = f"{piece.key}-candidates"

    @property
    def unknown(self) -> bool:
        """Whether the catalogue knows no such model: it is taken by choosing one, and there is nothing to tick."""
        return self.piece.model_id is None

    @property
    def title(self) -> str:
        """What the piece is called: the catalogue's name of it, or what the picture calls it."""
        return str(self.initial["model"] or self.piece.name)

    @property
    def open_model(self) -> bool:
        """Whether the field for the model stands open: it is in doubt, or what was typed is no model."""
        return Doubt.BY_NUMBER in self.piece.doubts or "model" in self.errors

    @property
    def taken(self) -> bool:
        return bool(str(self["model"].value()).strip() if self.unknown else self["take"].value())

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.taken:
            return cleaned
        typed = cleaned.get("model", "")
        key = model_called(typed, self.names)
        if key is None:
            self.add_error(
                "model",
                unknown_model(typed) if typed else _("Choose the model."),
            )
        else:
            cleaned["model"] = self.models[key]
        return cleaned

    def chosen(self) -> Chosen:
        """The piece as it is to be registered."""
        return Chosen(
            key=self.piece.key,
            model=self.cleaned_data["model"],
            serial_number=self.cleaned_data["serial_number"],
        )


class PurchaseForm(ProductForm):
    """Where and when all of them were bought; each can be corrected later by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["serial_number"]

    @property
    def details_shown(self) -> list[Detail]:
        return [
            Detail(field=self[name], estimated=self[f"{name}_estimated"], missing=False)
            for name in MANDATORY
            if name in self.fields
        ]

    def details(self) -> Details:
        return Details(**self.cleaned_data)
