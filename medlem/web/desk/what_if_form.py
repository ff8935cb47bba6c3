"""The form of the what-if: a planned catalogue, one model, or thresholds, all of them optional (B7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.core import clock
from medlem.products.models import ProductModel
from medlem.products.planning import Thresholds
from medlem.products.queries import model_named
from medlem.products.workbooks import read_planned
from medlem.programme import current
from medlem.programme.catalogue import MOST_POINTS, CatalogueModel, DatedPoints
from medlem.programme.contradictions import not_rising
from medlem.programme.problems import Problem
from medlem.programme.schema import Level
from medlem.web.forms import DateInput, Form
from medlem.web.templatetags.medlem import text

MOST_BYTES = 2_000_000


class PlanForm(Form):
    """What is planned. Each level has a field of its own, `level_<code>`, with the present figure in it."""

    file = forms.FileField(
        label=gettext_lazy("Planned catalogue"),
        help_text=gettext_lazy(
            "CSV or XLSX with the columns of the catalogue file; only what differs counts."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste its rows"),
        help_text=gettext_lazy("With the line of column names on top."),
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "models", "spellcheck": "false"}),
    )
    points = forms.IntegerField(
        label=gettext_lazy("New points"), required=False, min_value=1, max_value=MOST_POINTS
    )
    from_on = forms.DateField(label=gettext_lazy("From"), required=False, widget=DateInput())
    qualifies_until = forms.DateField(
        label=gettext_lazy("Last day on which it counts"), required=False, widget=DateInput()
    )
    invitation = forms.IntegerField(label=gettext_lazy("Invitation"), min_value=1, max_value=MOST_POINTS)
    widths = {
        "invitation": "short",
        "points": "short",
        "from_on": "short",
        "qualifies_until": "short",
        "model": "medium",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        programme = current()
        tomorrow = clock.today(programme.timezone) + timedelta(days=1)
        initial = {"from_on": tomorrow, "invitation": programme.membership.invitation_points}
        super().__init__(*args, initial=initial, **kwargs)
        for level in programme.levels:
            self.fields[f"level_{level.code}"] = forms.IntegerField(
                label=text(level.name),
                min_value=1,
                max_value=MOST_POINTS,
                initial=level.points,
                widget=forms.NumberInput(attrs={"class": "width-short"}),
            )

    @property
    def threshold_names(self) -> list[str]:
        return ["invitation", *(name for name in self.fields if name.startswith("level_"))]

    @property
    def threshold_fields(self) -> list[Any]:
        return [self[name] for name in self.threshold_names]

    def clean_file(self) -> bytes:
        """The content; it is read here, as it is needed once only."""
        file = self.cleaned_data["file"]
        if file is None:
            return b""
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("A catalogue is smaller than that. Is it the right file?"))
        content: bytes = file.read()
        return content

    def clean_model(self) -> ProductModel | None:
        typed = self.cleaned_data["model"]
        model = model_named(typed) if typed else None
        if typed and model is None:
            raise forms.ValidationError(
                _("We do not know “%(typed)s”. Choose a model from the list.") % {"typed": typed}
            )
        return model

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        planned = cleaned.get("points") or cleaned.get("qualifies_until")
        if cleaned.get("model") and not planned and "points" not in self.errors:
            self.add_error("points", _("Give the new points, or the last day on which the model counts."))
        if planned and not cleaned.get("model") and "model" not in self.errors:
            self.add_error("model", _("Choose the model."))
        if not self.errors:
            for where, _reason in not_rising(self._levels()):
                name = f"level_{current().levels[int(where[0])].code}"
                self.add_error(name, _("Each level needs more points than the one before it."))
        return cleaned

    def planned(self, known: Mapping[str, ProductModel]) -> tuple[list[CatalogueModel], list[Problem]]:
        """The planned models of file, pasted rows and fields, and the rows that cannot be read."""
        planned: list[CatalogueModel] = []
        problems: list[Problem] = []
        # Not stripped: a row may end in an empty column.
        for content in (self.cleaned_data["file"], self.cleaned_data["pasted"].encode()):
            if content.strip():
                models, wrong = read_planned(content, Path())
                planned += models
                problems += wrong
        if self.cleaned_data["model"]:
            planned.append(self._one(known[self.cleaned_data["model"].code]))
        return planned, problems

    def thresholds(self) -> Thresholds:
        return Thresholds(invitation=self.cleaned_data["invitation"], levels=self._levels())

    def _levels(self) -> tuple[Level, ...]:
        return tuple(
            level.model_copy(update={"points": self.cleaned_data[f"level_{level.code}"]})
            for level in current().levels
        )

    def _one(self, model: ProductModel) -> CatalogueModel:
        points: int | None = self.cleaned_data["points"]
        from_on: date = self.cleaned_data["from_on"] or self.initial["from_on"]
        return CatalogueModel(
            code=model.code,
            name=model.name,
            brand=model.brand,
            kind=model.kind,
            ean=model.ean,
            points=(DatedPoints(from_on, points),) if points else (),
            qualifies_until=self.cleaned_data["qualifies_until"],
            serial_hint=model.serial_hint,
            former_names=tuple(model.former_names),
        )
