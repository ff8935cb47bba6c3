"""The base of every form that people fill in: plain Django forms, drawn by the components.

Pages write `<c-form :form="form" />` or `<c-field :field="form.email" />`; `{{ form }}` draws the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Widget
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from medlem.core.errors import Refused

AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "email": "email",
    "invoice_email": "email",
    "phone": "tel",
    "street": "street-address",
    "postcode": "postal-code",
    "place": "address-level2",
    "country": "country",
    "business_name": "organization",
}
"""What browsers may fill in by themselves, by the field's name (WCAG 1.3.5); a form adds its own."""

MISSING = {
    "text": _("Fill this in."),
    "textarea": _("Fill this in."),
    "select": _("Choose one."),
    "choices": _("Choose one."),
    "file": _("Choose a file."),
    "checkbox": _("Tick this to go on."),
}
"""What is said about a field left empty, by its shape, where the form does not say it better."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice with a line of explanation under it: `("card", Option(_("Card"), hint=_("…")))`."""

    label: Any
    hint: Any = ""

    def __str__(self) -> str:
        return str(self.label)


class DateInput(forms.DateInput):
    """The browser's own picker; it sends ISO 8601 and shows the day as the reader's country writes it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class Field(BoundField):
    """A field of one form, as `<c-field>` draws it."""

    @property
    def shape(self) -> str:
        """Which of the component's shapes fits: choices, checkbox, file, select, textarea or text."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "choices"
        shapes: dict[type[Widget], str] = {
            forms.CheckboxInput: "checkbox",
            forms.FileInput: "file",
            forms.Select: "select",
            forms.Textarea: "textarea",
        }
        return next((shape for kind, shape in shapes.items() if isinstance(widget, kind)), "text")

    @property
    def anchor(self) -> str:
        """The id that the error summary leads to: the control, or the first of a group."""
        return f"{self.auto_id}_0" if self.shape == "choices" else self.id_for_label

    @property
    def summary_label(self) -> str:
        """The label as the beginning of a sentence in the error summary."""
        return str(self.label).rstrip(".?:")

    @property
    def optional(self) -> bool:
        """Whether the word stands beside the label. A box that may be left unticked needs none."""
        later = getattr(self.form, "later", ())
        return not self.field.required and self.shape != "checkbox" and self.name not in later

    @property
    def described_by(self) -> str:
        """The ids of all that is said about the field outside of its label."""
        said = {"helptext": self.help_text, "optional": self.optional, "error": self.errors}
        return " ".join(f"{self.auto_id}_{name}" for name, there in said.items() if there)

    def build_widget_attrs(self, attrs: Mapping[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        form = self.form
        given = self.field.widget.attrs
        if self.described_by and not self.is_hidden:
            attrs = {"aria-describedby": self.described_by, **attrs}
        if isinstance(form, Form):
            autocomplete = {**AUTOCOMPLETE, **form.autocomplete}.get(self.name)
            if autocomplete and "autocomplete" not in given:
                attrs = {"autocomplete": autocomplete, **attrs}
            width = form.widths.get(self.name)
            if width and "class" not in given:
                attrs = {"class": f"width-{width}", **attrs}
        return super().build_widget_attrs(dict(attrs), widget)


class Renderer(DjangoTemplates):
    """Widgets are Django's own; forms and fields are the components."""

    form_template_name = "forms/fields.html"
    field_template_name = "forms/field.html"
    bound_field_class = Field

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/"):
            return super().get_template(template_name)
        return get_template(template_name)


class Form(forms.Form):
    """A form whose mistakes are listed on top and named at their fields; what was typed stays.

    The browser's own bubbles are off: they speak the browser's language and show one mistake at a time.
    """

    default_renderer = Renderer()
    use_required_attribute = False
    autocomplete: ClassVar[Mapping[str, str]] = {}
    widths: ClassVar[Mapping[str, str]] = {}
    later: ClassVar[frozenset[str]] = frozenset()
    """Fields that may be left empty for now, which does not make them optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            messages = field.error_messages
            if messages.get("required") is forms.Field.default_error_messages["required"]:
                # Not `self[name]`, which would keep the label of this moment.
                shape = getattr(field.get_bound_field(self, name), "shape", "text")
                messages["required"] = MISSING.get(shape, MISSING["text"])

    def refuse(self, error: Refused) -> None:
        """Says a refusal where it belongs: at its field when this form has it, else above all fields."""
        self.add_error(error.field if error.field in self.fields else None, str(error))
